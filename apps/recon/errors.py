from typing import Any

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


class SourceUnreadable(DomainError):
    """A file is here, and a row of it does not say what it should; `why` names the row and the column."""

    code, http_status = "source_unreadable", 422
    sentence = _("“{source}” of {day} cannot be read: {why}")


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


STATEMENTS: dict[str, Any] = {
    "empty": _("there is no statement"),
    "too_long": _("a statement has 20,000 characters at most"),
    "not_select": _("a statement begins with SELECT or WITH"),
    "several": _("only one statement is run"),
    "writes": _("a statement only reads; a column of this name is written in double quotes"),
    "parameter": _("only :business_date, :business_day and :line are given"),
    "catalogue": _("tables about the database itself are not read"),
    "function": _("this function is not on the list of those that have no side effects"),
    "prefix": _("texts and names in quotes stand alone, without a letter before them"),
    "sign": _("this sign is not used in statements"),
}
"""Why a statement is not run, by the rules of `core.statements`."""
ANSWERS: dict[str, Any] = {
    "too_many_rows": _("the answer has more rows than this"),
    "too_large": _("the answer is larger than this many bytes"),
    "float": _("floating point numbers are never compared: make it numeric, or text with printf"),
    "not_finite": _("not every number of this column is one"),
    "no_such_type": _("values of this type are not compared: make it text, numeric or date"),
    "same_name": _("two columns have this name"),
    "no_name": _("every column has a name of 40 characters at most: write AS"),
}
"""Why an answer is not compared, by the rules of `core.databases`."""


class StatementRefused(DomainError):
    """An SQL statement breaks a rule; row, column and word say where."""

    code, http_status = "statement_refused", 422
    sentence = _("Row {row}, column {column}, “{word}”: {why}")


class StatementNotApproved(DomainError):
    """Nobody has approved a statement of this code for the line."""

    code, http_status = "statement_not_approved", 409
    sentence = _("No statement “{statement}” of this line has been approved.")


class StatementUnchanged(DomainError):
    """What is proposed says what is in force already."""

    code, http_status = "statement_unchanged", 409
    sentence = _("“{statement}” says this already.")


class DatabaseNotForLine(DomainError):
    """The operator of the installation named no such database for the line."""

    code, http_status = "database_not_for_line", 422
    sentence = _("Statements of this line may not read the database “{source}”.")


class DatabaseIsOurOwn(DomainError):
    """Rights on rows of the product are asked in the product, not in its tables."""

    code, http_status = "database_is_our_own", 403
    sentence = _("“{source}” is the database of this product: compare its tables as tables of the line.")


class DatabaseUnreachable(DomainError):
    code, http_status = "database_unreachable", 503
    sentence = _("The database “{source}” cannot be reached now.")


class DatabaseRefused(DomainError):
    """The database did not run the statement; its own words say why."""

    code, http_status = "database_refused", 422
    sentence = _("“{source}” refuses the statement: {why}")


class DatabaseTooSlow(DomainError):
    code, http_status = "database_too_slow", 422
    sentence = _("“{source}” did not answer within {seconds} seconds: let the statement read less.")


class AnswerDoesNotFit(DomainError):
    """What came cannot be compared; `place` is the column, or the bound that was passed."""

    code, http_status = "answer_does_not_fit", 422
    sentence = _("Answer of “{source}”, “{place}”: {why}")
