"""Refusals of corrections."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class NotCorrectable(DomainError):
    """The line has not declared how rows of this file are posted."""

    code, http_status = "not_correctable", 422
    sentence = _("Rows of “{file}” are not posted by its line in a way that can be reversed; do the step of the run again.")


class DoesNotCount(DomainError):
    """Another file of the code counts for the day, or this one was set aside."""

    code, http_status = "does_not_count", 409
    sentence = _("“{file}” is not the file that counts for {day}: only that one corrects what was posted.")


class NothingPosted(DomainError):
    """No run has made rows of an earlier file of the code, or none has sent anything of them yet."""

    code, http_status = "nothing_posted", 409
    sentence = _("Nothing of “{file}” of {day} has been posted: a run that has not sent anything yet reads the file again.")


class NothingChanges(DomainError):
    """The file says of every row what was posted."""

    code, http_status = "nothing_changes", 409
    sentence = _("“{file}” says of every row what was posted: there is nothing to correct.")


class OtherDifference(DomainError):
    """The difference is not the one that the person looked at."""

    code, http_status = "other_difference", 409
    sentence = _("What “{file}” changes is not what you have looked at. Look again before you ask.")


class ReasonMissing(DomainError):
    """A correction was to be asked for without words."""

    code, http_status = "reason_missing", 422
    sentence = _("Say why: what was posted is reversed for a reason, not by a click.")


class DoesNotClose(DomainError):
    """What was posted and the postings would not come to what the file says. Nothing is written."""

    code, http_status = "does_not_close", 500
    sentence = _("The postings for “{file}” do not add up to the file. Nothing was posted.")


class RowsPosted(DomainError):
    """Rows that were posted, or corrected, would have been overwritten by those of another file."""

    code, http_status = "rows_posted", 409
    sentence = _("Rows of {code_} have been posted and are not overwritten: ask for a correction on the page of the file.")


class CannotBeRead(DomainError):
    """The step of the line would not take the file either."""

    code, http_status = "cannot_be_read", 422
    sentence = _("“{file}” cannot be compared with what was posted: {problem}.")
