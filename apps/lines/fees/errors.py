from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class NoRateToRemove(DomainError):
    """No rate of this key is in force that could be withdrawn."""

    code, http_status = "no_rate_to_remove", 409
    sentence = _("No rate “{name}” is in force.")


class NoRatesKept(DomainError):
    """The fee table says nothing about such trades on that business date."""

    code, http_status = "no_rates_kept", 422
    sentence = _("The fee table has no rate of {what} for business date {day}.")
