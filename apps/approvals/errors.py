from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.approvals.core.moves import Because
from apps.kernel.errors import DomainError


class SamePerson(DomainError):
    """The one who made something is never the one who approves it."""

    code, http_status = "same_person", 403
    sentence = _("Four eyes: {person} made or submitted this and cannot decide it as well.")


class UnusableFlow(DomainError):
    """An approval flow whose stages nobody could ever pass."""

    code = "unusable_flow"
    sentence = _("Stage {stage} of this flow cannot work: {problem}.")


class SubjectLapsed(DomainError):
    """What was decided on is no longer as it was; its approval ends, and nothing is done."""

    code, http_status = "subject_lapsed", 409
    sentence = _("Things have moved on since this was submitted, so that it cannot be decided any more.")


class NotDecidable(DomainError):
    """A move on an approval that its rules do not allow now."""

    code = "not_decidable"
    sentences: ClassVar[dict[Because, Any]] = {
        Because.ENDED: _("This approval has ended."),
        Because.NOT_YOUR_TURN: _("It is not your turn: nothing here waits for you now."),
        Because.DECIDED_ALREADY: _("You have decided in this stage already; one person has one voice."),
        Because.TOO_FEW_PEOPLE: _("At least {least} different people have to agree: somebody else must decide here."),
        Because.NO_SUCH_STAGE: _("It can only be sent back to an earlier stage or to its author."),
        Because.NOT_RETURNED: _("It is not with its author."),
        Because.NOT_THE_SUBMITTER: _("Only who submitted it can do this."),
        Because.SEATED_ALREADY: _("{person} already has a voice in this stage."),
        Because.NOT_ADDED_BY_YOU: _("Only a signer whom you added, and who has not decided, can be taken back."),
        Because.NOT_TO_AUTHOR: _("This does not go back to who asked for it: reject it with a reason, and they may ask again."),
        Because.NOT_TAKEN_BACK: _("This is not taken back: it is decided on, or it ends with what it is about."),
        Because.ASKS_NOTHING: _("Nothing is filled in here: it asks for a decision and a reason."),
        Because.TOO_MANY: _("A stage has at most {most} signers."),
        Because.MAKER: _("Who made or submitted it has no voice in it: {person}."),
    }
    forbidden = (Because.NOT_YOUR_TURN, Because.NOT_THE_SUBMITTER, Because.NOT_ADDED_BY_YOU)
    late = (Because.ENDED, Because.DECIDED_ALREADY, Because.NOT_RETURNED)

    def __init__(self, because: Because, **facts: Any) -> None:
        super().__init__(because=because.value, **facts)
        self.sentence = self.sentences[because]  # type: ignore[misc]
        self.http_status = 403 if because in self.forbidden else 409 if because in self.late else 422  # type: ignore[misc]


class NeedsItsForm(DomainError):
    """One decision on many, where each wants something filled in."""

    code = "needs_its_form"
    sentence = _("“{title}” needs its form: decide on it by itself.")


class NobodyToRemind(DomainError):
    """A reminder while nobody is asked to decide."""

    code, http_status = "nobody_to_remind", 409
    sentence = _("It waits for nobody's decision now.")


class RemindedLately(DomainError):
    """A second reminder within the hour."""

    code, http_status = "reminded_lately", 409
    sentence = _("They were reminded at {at}; once an hour is enough.")


class UnusableStandIn(DomainError):
    """A stand-in who could never decide, or one that is named already."""

    code = "unusable_stand_in"
    sentence = _("This stand-in cannot be named: {problem}.")
