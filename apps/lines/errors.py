from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class PersonMissing(DomainError):
    """Installing asks for two people, one who writes and one who approves."""

    code, http_status = "person_missing", 422
    sentence = _("There is no active person “{username}”: a process has an author and another person who approves it.")


class NoSimulatedDay(DomainError):
    """The simulated market has no such day in the folder; `simulated` is the day that it has there, if any."""

    code, http_status = "no_simulated_day", 404
    sentence = _("No such day was simulated in {folder}.")
