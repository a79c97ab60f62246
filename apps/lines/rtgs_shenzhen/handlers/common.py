"""What several steps of RTGS settlement Shenzhen are told, and how they say what they refuse."""

from django.utils.translation import gettext as _
from pydantic import Field

from apps.lines.handlers import Strict
from apps.lines.rtgs_shenzhen.core.lines import Refusal, Refused
from apps.lines.rtgs_shenzhen.core.terms import GrossTerms

SHOWN = 20


class WithTerms(Strict):
    terms: GrossTerms = Field(description="Business types and failure codes, as the decision model says")


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be followed, for people."""
    return {
        Refusal.NO_WORDS: _("“%(text)s”: the line has other words than it should have."),
        Refusal.NO_ACCOUNT: _("“%(text)s”: no reserve account of the day has this number."),
        Refusal.NO_AMOUNT: _("“%(text)s”: the amount is no amount of fen from 0."),
        Refusal.NOT_FAILED: _("“%(text)s”: no trade of this number and account failed."),
        Refusal.TWICE: _("“%(text)s”: it is there twice."),
        Refusal.UNDECIDED: _("“%(text)s”: failed, and no line decides it."),
    }[refused.reason] % {"text": refused.text}
