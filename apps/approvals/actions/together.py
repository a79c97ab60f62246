"""One decision on many approvals, with an outcome for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.approvals.actions.deciding import decide
from apps.kernel.errors import DomainError, NotFound
from apps.people.models import User

TOGETHER = ("approve", "reject")


@dataclass(frozen=True)
class Outcome:
    """What became of one; `refusal` is the sentence for people, empty when it is done."""

    approval: int
    refusal: str = ""


def decide_all(*, seen: Mapping[int, int], verb: str, actor: User, reason: str = "") -> list[Outcome]:
    """Approves or rejects each by itself, in its own transaction; `seen` has the revision of each that the person looked at.

    A refusal of one leaves the others as they are decided; what has a form is refused. Raises NotFound for any other verb.
    """
    if verb not in TOGETHER:
        raise NotFound(what="verb")
    return [_outcome(approval, revision, verb, actor, reason) for approval, revision in seen.items()]


def _outcome(approval: int, revision: int, verb: str, actor: User, reason: str) -> Outcome:
    try:
        decide(approval_id=approval, verb=verb, actor=actor, reason=reason, revision=revision, together=True)
    except DomainError as refusal:
        return Outcome(approval, str(refusal))
    return Outcome(approval)
