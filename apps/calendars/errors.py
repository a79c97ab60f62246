from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class UnknownCalendar(DomainError):
    """No calendar has this code."""

    code, http_status = "unknown_calendar", 404
    sentence = _("There is no calendar “{code}”.")


class UnknownTimeNode(DomainError):
    """No time node has this key on this date."""

    code, http_status = "unknown_time_node", 404
    sentence = _("There is no time node “{key}” that is valid on {day}.")


class NoBusinessDay(DomainError):
    """The calendar's days leave no open day nearby, so they must be wrong."""

    code, http_status = "no_business_day", 422
    sentence = _("The calendar “{code}” has no business day near {day}; its days need a look.")
