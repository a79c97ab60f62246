from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class NoUpliftToRemove(DomainError):
    """No rule of this key is in force that could be withdrawn."""

    code, http_status = "no_uplift_to_remove", 409
    sentence = _("No uplift “{name}” is in force.")
