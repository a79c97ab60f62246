from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class SamePerson(DomainError):
    """The one who made something is never the one who approves it."""

    code, http_status = "same_person", 403
    sentence = _("Four eyes: {person} made or submitted this and cannot decide it as well.")
