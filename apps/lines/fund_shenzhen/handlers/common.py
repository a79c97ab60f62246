"""What several steps of fund settlement Shenzhen are told, and how they say what they refuse."""

from django.utils.translation import gettext as _
from pydantic import Field

from apps.lines.fund_shenzhen.core.decisions import Refusal, Refused
from apps.lines.fund_shenzhen.core.terms import FundTerms
from apps.lines.handlers import Strict

SHOWN = 20


class WithTerms(Strict):
    terms: FundTerms = Field(description="Readings, types, settlement days and codes, as the decision model says")


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be followed, for people."""
    return {
        Refusal.NO_WORDS: _("“%(text)s”: the line has other words than it should have."),
        Refusal.NOT_OPEN: _("“%(text)s”: no amount of this number is left to decide."),
        Refusal.TWICE: _("“%(text)s”: it is there twice."),
        Refusal.NO_DAY: _("“%(text)s”: the day is no day after today."),
        Refusal.FINAL: _("“%(text)s”: the depository has said that it failed; it can only be returned."),
        Refusal.UNDECIDED: _("“%(text)s”: did not settle, and no line decides it."),
    }[refused.reason] % {"text": refused.text}
