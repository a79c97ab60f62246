"""Where a change stands, what kind it is, and what it risks."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChangeState(TextChoices):
    DRAFT = "change_draft", _("Being put together")
    SUBMITTED = "submitted", _("Being decided")
    APPROVED = "scheduled", _("Approved, takes effect on its date")
    ACTIVE = "active", _("In effect")
    INCIDENT = "not_activated", _("Could not take effect")
    ROLLED_BACK = "rolled_back", _("Rolled back")
    DISCARDED = "discarded", _("Discarded")


class Urgency(TextChoices):
    """Only an emergency takes effect at once; what is standard is of a kind that was approved beforehand."""

    NORMAL = "normal", _("Normal")
    STANDARD = "standard", _("Standard")
    EMERGENCY = "emergency", _("Emergency")


class Risk(TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Severity(TextChoices):
    """What a problem stands in the way of."""

    WARNING = "warning", _("Warning")
    SUBMISSION = "submission", _("Keeps it from being submitted")
    APPROVAL = "approval", _("Keeps it from being approved")


CHANGE = "change"
"""The name under which changes take part in approvals."""

AFTER_CHANGE = "change.after"
"""The name under which emergencies are approved afterwards."""


class LinkKind(TextChoices):
    """How one process leads to another, or a file to a process."""

    CALL = "call", _("calls")
    MESSAGE = "message", _("sends the message")
    SIGNAL = "signal", _("sends the signal")
    FILE = "file", _("waits for the file")


class GateLoss(TextChoices):
    """What becomes of a gate: a step of a person, a second pair of eyes, a deadline or a window."""

    GONE = "gone", _("The step is gone: nobody is asked any more.")
    AUTOMATIC = "automatic", _("No person does it any more.")
    UNCHECKED = "unchecked", _("The second pair of eyes is gone.")
    OTHER_ROLE = "other_role", _("Another role does it.")
    AVOIDABLE = "avoidable", _("It can be passed by: there is a way around it now.")
    FEWER_ANSWERS = "fewer_answers", _("Its form asks for less.")
    NO_DEADLINE = "no_deadline", _("Its deadline is gone.")
    NO_WINDOW = "no_window", _("Its window holds for a step that is not there any more.")


class ReplayState(TextChoices):
    GOING = "going", _("Being played")
    ENDED = "ended", _("Played")


class Deed(TextChoices):
    """Whatever happened to a change, as its history says it. The values are those of the journal."""

    CREATED = "change.created", pgettext_lazy("change", "Begun")
    EDITED = "change.edited", _("Edited")
    ITEM_ADDED = "change.item_added", _("Put in")
    ITEM_REMOVED = "change.item_removed", _("Taken out")
    SUBMITTED = "change.submitted", _("Submitted")
    SENT_BACK = "change.sent_back", _("Sent back")
    REJECTED = "change.rejected", _("Rejected")
    WITHDRAWN = "change.withdrawn", _("Taken back")
    APPROVED = "change.approved", _("Approved")
    ACTIVATED = "change.activated", _("Took effect")
    FAILED = "change.failed", _("Could not take effect")
    ROLLED_BACK = "change.rolled_back", _("Rolled back")
    DISCARDED = "change.discarded", _("Discarded")
    REPLAYED = "replay.begun", _("Replay begun")
    REPLAY_ENDED = "replay.ended", _("Replay ended")
    WAIVER_ASKED = "replay.waiver_asked", _("Asked to do without the replay")
    WAIVER_SIGNED = "replay.waiver_signed", _("Agreed to do without the replay")
    AFTER_ASKED = "change.after_approval_asked", _("Approval afterwards asked for")
    AFTER_GIVEN = "change.after_approval_given", _("Approved afterwards")
    AFTER_REFUSED = "change.after_approval_refused", _("Not approved afterwards")
