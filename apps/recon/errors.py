from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class ReasonNeeded(DomainError):
    """A break was to be explained without words."""

    code, http_status = "reason_needed", 422
    sentence = _("Say why: a break is explained by words, not by a click.")


class DefinitionUnsound(DomainError):
    """A definition breaks a rule; `place` names the column or the side."""

    code, http_status = "definition_unsound", 422
    sentence = _("“{place}”: {why}")


class NotDefined(DomainError):
    """No definition of this code counts on the date."""

    code, http_status = "not_defined", 404
    sentence = _("No reconciliation “{code_}” is defined for {day}.")


class SourceNotHere(DomainError):
    """A file has not come, or nobody has brought the sheet."""

    code, http_status = "source_not_here", 409
    sentence = _("“{source}” is not here for {day}.")


class ColumnMissing(DomainError):
    code, http_status = "column_missing", 422
    sentence = _("“{source}” has no column “{column}”.")


class KeyTooLong(DomainError):
    code, http_status = "key_too_long", 422
    sentence = _("Keys of “{source}” are longer than {most} bytes.")


class SheetUnreadable(DomainError):
    """An uploaded sheet breaks a rule of sheets, in this row."""

    code, http_status = "sheet_unreadable", 422
    sentence = _("Row {row}: {why}")


class NoSuchSheet(DomainError):
    """No definition of the line compares a sheet of this code on that date."""

    code, http_status = "no_such_sheet", 422
    sentence = _("No definition of this line compares a sheet “{sheet}” on {day}.")


class SumDoesNotFit(DomainError):
    code, http_status = "sum_does_not_fit", 422
    sentence = _("The sum of “{column}” under one key is too large.")


class TooManyBreaks(DomainError):
    """So many differences that the sources cannot belong together."""

    code, http_status = "too_many_breaks", 422
    sentence = _("{count} breaks, more than {most}: these sources do not belong together. Nothing was kept.")


class LaterDayCompared(DomainError):
    """Its breaks have been carried to a later day."""

    code, http_status = "later_day_compared", 409
    sentence = _("{later} has been compared already and has taken over the breaks of {day}. Compare {later} again.")


class NobodyThere(DomainError):
    """The person is not there, or may not see the line."""

    code, http_status = "nobody_there", 422
    sentence = _("Nobody of this line is called “{username}”.")
