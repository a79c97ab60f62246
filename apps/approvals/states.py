"""What a stage asks for, what a seat has said, and where an approval stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Rule(TextChoices):
    """How many of a stage's people have to agree."""

    ALL = "all", _("All of them")
    ANY = "any", _("Any one of them")
    COUNT = "count", _("A number of them")
    PERCENT = "percent", _("A percentage of them")
    IN_ORDER = "in_order", _("All of them, one after the other")


class DueUnit(TextChoices):
    """In what the time of a stage is counted."""

    HOURS = "hours", _("Hours")
    BUSINESS_DAYS = "days", _("Business days")


class Decision(TextChoices):
    NONE = "", _("Not decided")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SAME = "same", _("Approved in an earlier stage")
    CLOSED = "closed", _("Not needed any more")


class ApprovalState(TextChoices):
    OPEN = "deciding", _("Being decided")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    RETURNED = "returned", _("Back with its author")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Where(TextChoices):
    """When an added signer has to decide, seen from who adds them."""

    BEFORE = "before", _("Before me")
    AFTER = "after", _("After me")
    PARALLEL = "parallel", _("Beside me")


class Deed(TextChoices):
    """Whatever people do with an approval, as its history says it. The values are those of the journal."""

    SUBMIT = "submit", _("Submitted")
    RESUBMIT = "resubmit", _("Submitted again")
    APPROVE = "approve", _("Approved")
    REJECT = "reject", _("Rejected")
    SEND_BACK = "send-back", _("Sent back")
    HAND_OVER = "hand-over", _("Handed over")
    ADD_SIGNER = "add-signer", _("Added a signer")
    REMOVE_SIGNER = "remove-signer", _("Took a signer back")
    WITHDRAW = "withdraw", _("Taken back")
    REASSIGN = "reassign", _("Reassigned")
    COMMENT = "approval.commented", _("Commented")
    REMIND = "approval.reminded", _("Reminded")
    COPY = "approval.copied", _("Copied in")
    NOBODY_ON_DUTY = "approval.nobody_on_duty", _("Nobody was on duty: others are asked")
    LATE = "approval.late", _("Not decided in time")
    STAND_BY = "stand-by", _("Given to the backup")
    LAPSE = "lapse", _("Lapsed: things had moved on")


AGREED = (Decision.APPROVED, Decision.SAME)
SAID = (Decision.APPROVED, Decision.REJECTED)
ENDED = (ApprovalState.APPROVED, ApprovalState.REJECTED, ApprovalState.WITHDRAWN)
