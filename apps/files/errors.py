"""Refusals of this app. Those about the bytes of a file are made where bytes are read, in `core`."""

from django.utils.translation import gettext_lazy as _

from apps.files.core.dbf import DoesNotFit
from apps.files.core.problems import StillBeingWritten, UnreadableFile
from apps.kernel.errors import DomainError

__all__ = [
    "CopyDamaged",
    "DoesNotFit",
    "KeyReused",
    "NameTaken",
    "NotATable",
    "NotReleasable",
    "SourceUnreachable",
    "StillBeingWritten",
    "UnreadableFile",
    "WordsNeeded",
]


class CopyDamaged(DomainError):
    """Our own copy is missing or no longer what it was."""

    code, http_status = "copy_damaged", 500
    sentence = _("The stored copy of the file is missing or damaged: {name}.")


class NotATable(DomainError):
    """Only a DBF table has rows to open."""

    code = "not_a_table"
    sentence = _("“{name}” is not a table.")


class SourceUnreachable(DomainError):
    """The folder of a source cannot be listed."""

    code = "source_unreachable"
    sentence = _("The folder {path} of the source {source} cannot be read: {reason}.")


class NotReleasable(DomainError):
    """Something else than its time stands against the file."""

    code, http_status = "not_releasable", 409
    sentence = _("“{name}” cannot be released: more than its time stands against it. Ask the market for a sound file.")


class WordsNeeded(DomainError):
    """A file was to be released or rejected without words."""

    code, http_status = "words_needed", 422
    sentence = _("Say why: what becomes of a file in quarantine is decided with a reason.")


class KeyReused(DomainError):
    """The same key was used for other bytes: one of the two is wrong."""

    code, http_status = "key_reused", 409
    sentence = _("Under the key {key} another file was sent already.")


class NameTaken(DomainError):
    """A different file lies where this one should go; it is never overwritten."""

    code, http_status = "name_taken", 409
    sentence = _("Another file lies at {path}; nothing was overwritten.")
