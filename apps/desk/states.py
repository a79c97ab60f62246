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
    # changes
    "change_draft": Look("waiting", "file-text", "D", _("Being put together")),
    "submitted": Look("person", "hourglass", "V", _("Being decided")),
    "scheduled": Look("ready", "calendar-days", "A", _("Approved, takes effect on its date")),
    "active": Look("done", "check-check", "P", _("In effect")),
    "not_activated": Look("failed", "triangle-alert", "F", _("Could not take effect")),
    "rolled_back": Look("skipped", "rotate-ccw", "T", _("Rolled back")),
    "discarded": Look("skipped", "ban", "C", _("Discarded")),
    # approvals
    "deciding": Look("person", "hourglass", "V", _("Being decided")),
    "returned": Look("waiting", "undo-2", "D", _("Back with its author")),
    "rejected": Look("failed", "x", "F", _("Rejected")),
    "withdrawn": Look("skipped", "ban", "C", _("Withdrawn")),
    "same": Look("done", "check", "A", _("Approved in an earlier stage")),
    "closed": Look("skipped", "circle-slash", "K", _("Not needed any more")),
    # tickets
    "triaged": Look("waiting", "list", "T", _("Triaged")),
    "in_progress": Look("running", "wrench", "R", _("In progress")),
    "in_test": Look("person", "scan-search", "V", _("In test")),
    "released": Look("done", "check-check", "P", _("Released")),
    "planned": Look("waiting", "calendar-days", "W", _("Planned")),
    # breaks
    "open": Look("failed", "circle-alert", "O", _("Unexplained")),
    "explained": Look("done", "check", "E", _("Explained")),
    "carried": Look("failed", "circle-alert", "O", _("Carried over")),
    "corrected": Look("waiting", "wrench", "R", _("Corrected")),
    # monitors
    "unjudged": Look("waiting", "circle-help", "?", _("Not judged")),
    "normal": Look("done", "check", "N", _("In bounds")),
    "warning": Look("person", "triangle-alert", "W", _("Warning")),
    "alarm": Look("failed", "circle-alert", "A", _("Alarm")),
    # files
    "arriving": Look("waiting", "loader", "W", _("Arriving")),
    "accepted": Look("done", "file-check", "S", _("Accepted")),
    "quarantined": Look("failed", "file-warning", "F", _("Quarantined")),
    "duplicate": Look("skipped", "circle-slash", "K", _("Duplicate")),
    "replaced": Look("skipped", "refresh-cw", "K", _("Replaced")),
    "expected": Look("waiting", "clock", "W", _("Expected")),
    "here": Look("done", "file-check", "S", _("Here")),
    "late": Look("person", "alarm-clock", "L", _("Late")),
    "bad": Look("failed", "file-warning", "F", _("Bad")),
    "not_expected": Look("cancelled", "circle-slash", "–", _("Not expected")),
    "after_close": Look("person", "file-warning", "C", _("After the close")),
    "asked": Look("person", "hourglass", "V", _("Waits for the second person")),
    "posted": Look("done", "check-check", "P", _("Posted")),
    "refused": Look("failed", "x", "F", _("Refused")),
    "lapsed": Look("skipped", "circle-slash", "K", _("Lapsed")),
    "sent": Look("done", "send", "S", _("Sent")),
    # rosters and hand-overs
    "no_primary": Look("failed", "users", "!", _("Nobody is on duty")),
    "too_few_on_site": Look("failed", "users", "!", _("Too few on site")),
    "absent": Look("person", "user", "A", _("Absent")),
    "no_backup": Look("person", "user", "B", _("No backup")),
    "given": Look("person", "hourglass", "V", _("Signed by one side")),
    "taken": Look("done", "check-check", "S", _("Signed by both sides")),
}

UNKNOWN = Look("waiting", "circle-help", "?", "")


def look_of(state: str) -> Look:
    """The look of a state, or a neutral one that shows the state's own word."""
    return LOOKS.get(str(state), UNKNOWN)
