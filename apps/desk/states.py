"""How every state in the product looks: one colour tone, one icon and one letter, never a colour alone."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """`tone` is a CSS class suffix, `icon` a name in the sprite, `letter` what stands where an icon has no room."""

    tone: str
    icon: str
    letter: str
    label: object


LOOKS: dict[str, Look] = {
    # steps and runs
    "waiting": Look("waiting", "clock", "W", _("Waiting")),
    "ready": Look("ready", "circle-dot", "Q", _("Ready")),
    "held": Look("person", "hand", "H", _("On hold")),
    "paused": Look("person", "pause", "H", _("Paused")),
    "running": Look("running", "play", "R", _("Running")),
    "offered": Look("person", "hourglass", "U", _("Waiting for a person")),
    "claimed": Look("person", "user-check", "U", _("In hand")),
    "done": Look("done", "check", "S", _("Done")),
    "failed": Look("failed", "x", "F", _("Failed")),
    "incident": Look("failed", "triangle-alert", "F", _("Incident")),
    "skipped": Look("skipped", "skip-forward", "K", _("Skipped")),
    "cancelled": Look("cancelled", "ban", "C", _("Cancelled")),
    # process versions
    "draft": Look("waiting", "file-text", "D", _("Draft")),
    "in_review": Look("person", "eye", "V", _("In review")),
    "approved": Look("ready", "shield-check", "A", _("Approved")),
    "published": Look("done", "check-check", "P", _("Published")),
    "retired": Look("skipped", "archive", "T", _("Retired")),
    # approvals
    "deciding": Look("person", "hourglass", "V", _("Being decided")),
    "returned": Look("waiting", "undo-2", "D", _("Back with its author")),
    "rejected": Look("failed", "x", "F", _("Rejected")),
    "withdrawn": Look("skipped", "ban", "C", _("Withdrawn")),
    "same": Look("done", "check", "A", _("Approved in an earlier stage")),
    "closed": Look("skipped", "circle-slash", "K", _("Not needed any more")),
    # breaks
    "open": Look("failed", "circle-alert", "O", _("Unexplained")),
    "explained": Look("done", "check", "E", _("Explained")),
    # files
    "arriving": Look("waiting", "loader", "W", _("Arriving")),
    "accepted": Look("done", "file-check", "S", _("Accepted")),
    "quarantined": Look("failed", "file-warning", "F", _("Quarantined")),
    "duplicate": Look("skipped", "circle-slash", "K", _("Duplicate")),
    "replaced": Look("skipped", "refresh-cw", "K", _("Replaced")),
    "sent": Look("done", "send", "S", _("Sent")),
}

UNKNOWN = Look("waiting", "circle-help", "?", "")


def look_of(state: str) -> Look:
    """The look of a state, or a neutral one that shows the state's own word."""
    return LOOKS.get(str(state), UNKNOWN)
