from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class NothingSaid(DomainError):
    """A comment without words."""

    code = "nothing_said"
    sentence = _("A comment needs words.")


class TooLong(DomainError):
    code = "too_long"
    sentence = _("A comment has at most {most} characters; this one has {length}.")


class NotTheAuthor(DomainError):
    """Only who wrote a comment changes it."""

    code, http_status = "not_the_author", 403
    sentence = _("Only {author} may change this comment.")


class Settled(DomainError):
    """A decision was made since the comment was written: it may have rested on these words."""

    code, http_status = "settled", 409
    sentence = _("A decision was made after this comment was written, so it stays as it is. Write another one.")


class NoFile(DomainError):
    """Nothing was chosen, or an empty file."""

    code = "no_file"
    sentence = _("Choose a file that is not empty.")


class FileTooLarge(DomainError):
    code, http_status = "file_too_large", 413
    sentence = _("{name} has {size} bytes; an attachment has at most {most}.")


class MediaRefused(DomainError):
    """By its content, a file is nothing that may be attached."""

    code = "media_refused"
    sentence = _("{name} is by its content nothing that may be attached. Taken are: {kinds}.")


class EndingDiffers(DomainError):
    """The name of a file says something else than its content."""

    code = "ending_differs"
    sentence = _("{name} is by its content {kind}: its name has to end with {endings}.")


class BringsMore(DomainError):
    """A document with macros, controls, scripts or other files inside."""

    code = "brings_more"
    sentence = _("{name} brings macros, scripts, links to other files or files inside. Attach it without them.")


class NoRoomBeside(DomainError):
    """The thing has as many attachments as it may."""

    code = "no_room_beside"
    sentence = _(
        "{name} does not fit: {title} has {files} attachments with {bytes} bytes; {most_files} and {most_bytes} are allowed."
    )


class NoRoomForPerson(DomainError):
    code = "no_room_for_person"
    sentence = _("{name} does not fit: you have attached {bytes} bytes; {most} are allowed. Remove what is not needed any more.")


class NotWhoAttached(DomainError):
    """An attachment is removed by who has brought it, or by who administers the line."""

    code, http_status = "not_who_attached", 403
    sentence = _("Only {person}, or who administers the line, may remove {name}.")


class AttachmentSettled(DomainError):
    """A decision was made since the file was attached: it may have rested on it."""

    code, http_status = "attachment_settled", 409
    sentence = _("A decision was made after {name} was attached, so it stays.")


class AttachmentDamaged(DomainError):
    """What lies on the disk is not what was attached."""

    code, http_status = "attachment_damaged", 409
    sentence = _("{name} is not on the disk any more as it was attached. Tell who runs this installation.")
