"""What a contract and a declaration can be and become, as plain data on one screen (fact book, line L07, States)."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LENDING_CLASS, REPO_CLASS = "009", "007"
"""WDQLB of a bond lending and of a protocol repo (fact book 4.1)."""


class ContractType(TextChoices):
    BOND_LENDING = "bond_lending", _("Bond lending")
    PROTOCOL_REPO = "protocol_repo", _("Protocol repo")


class Origin(TextChoices):
    """Where a contract of the run comes from."""

    OWN = "own", _("Own book")
    ROLLED = "rolled", _("Rolled today")
    MARKET = "market", _("Only the market's file")
    LINKED = "linked", _("For a pledge")


class ContractState(TextChoices):
    NEW = "new", _("New")
    STARTED = "started", _("Started")
    COLLATERAL_CHANGED = "collateral_changed", _("Collateral changed")
    MATURING = "maturing", _("Maturing")
    RETURNED = "returned", _("Returned")
    ROLLED = "rolled", _("Rolled")
    DEFAULT = "default", _("Not returned")
    CLOSED = "closed", _("Closed")


class Verb(TextChoices):
    """What is declared about a contract."""

    RETURN = "return", _("Return")
    ROLL = "roll", _("Roll")
    SUBSTITUTE = "substitute", _("Substitute collateral")


class DeclarationState(TextChoices):
    CHOSEN = "chosen", _("Chosen")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


@dataclass(frozen=True)
class Move:
    sources: frozenset[ContractState]
    target: ContractState


def _move(sources: str, target: ContractState) -> Move:
    return Move(frozenset(ContractState(source) for source in sources.split()), target)


CONTRACT_MOVES: dict[str, Move] = {
    "start": _move("new", ContractState.STARTED),
    "change_collateral": _move("started collateral_changed", ContractState.COLLATERAL_CHANGED),
    "return": _move("maturing", ContractState.RETURNED),
    "roll": _move("maturing", ContractState.ROLLED),
    "default": _move("maturing", ContractState.DEFAULT),
    "close": _move("returned rolled", ContractState.CLOSED),
}

OPEN_STATES = frozenset(
    {
        ContractState.NEW,
        ContractState.STARTED,
        ContractState.COLLATERAL_CHANGED,
        ContractState.MATURING,
        ContractState.DEFAULT,
    }
)
"""The bond is lent: the market's file of open contracts has to have it."""

ENDED_STATES = frozenset({ContractState.RETURNED, ContractState.ROLLED})
"""The bond went back, or the contract was replaced by another: its fee is due."""
