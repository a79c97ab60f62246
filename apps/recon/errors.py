from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class ReasonNeeded(DomainError):
    """A break was to be explained without words."""

    code, http_status = "reason_needed", 422
    sentence = _("Say why: a break is explained by words, not by a click.")
