"""Words of this line as plain data: stages of the comparison, kinds of rows, classes of breaks (options-margin 8 and 9)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """In this order: a later one does not start while an earlier one has open breaks that nobody waived."""

    POSITIONS = "positions", _("Positions (op_hycc)")
    COMBINATIONS = "combinations", _("Combinations (op_zhccmx)")
    PRICES = "prices", _("Prices (clpr03)")
    DETAIL = "detail", _("Margin detail (op_bzjmx)")
    ACCOUNT = "account", _("Margin account (op_bzjzh)")


class Part(TextChoices):
    """Which set of an account a row belongs to."""

    DECLARED = "declared", _("As declared")
    BEST = "best", _("Cheapest set")


STRATEGY_NAMES: dict[str, Any] = {
    "CNSJC": _("Bull call spread"),
    "CXSJC": _("Bear call spread"),
    "PNSJC": _("Bull put spread"),
    "PXSJC": _("Bear put spread"),
    "KS": _("Short straddle"),
    "KKS": _("Short strangle"),
    "ZBD": _("Conversion to covered"),
}
"""By the exchange's code (options-margin 5.1, guides of 2019)."""


class Declaring(TextChoices):
    BUILD = "build", _("Build")
    DISSOLVE = "dissolve", _("Dissolve")


class DeclarationState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CHOSEN = "chosen", _("Chosen")
    LEFT_OUT = "left_out", _("Left out")
    SENT = "sent", _("Sent")


class BreakClass(StrEnum):
    """Section 9: what kind of break it is decides where to look first."""

    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    QUANTITY = "quantity"
    UNDERLYING = "underlying"
    CONTRACT = "contract"
    ROUNDING = "rounding"
    THEIR_PRODUCT = "their_product"
    TOTAL = "total"


@dataclass(frozen=True)
class Suspicion:
    title: object
    first: object


SUSPICIONS: dict[BreakClass, Suspicion] = {
    BreakClass.ONLY_OURS: Suspicion(
        _("Only ours"), _("A position break: settle op_hycc first; or a combination that was dissolved, or a missing record.")
    ),
    BreakClass.ONLY_THEIRS: Suspicion(
        _("Only theirs"),
        _("A position break: settle op_hycc first; or a combination declared late, or a record sent twice."),
    ),
    BreakClass.QUANTITY: Suspicion(_("Quantity"), _("The order of netting, an assignment, or a single-side close.")),
    BreakClass.UNDERLYING: Suspicion(
        _("All contracts of an underlying"), _("The close of the underlying (an ex-date?), or the ratios a and b.")
    ),
    BreakClass.CONTRACT: Suspicion(_("One contract"), _("Its settlement price, or its adjusted unit or strike.")),
    BreakClass.ROUNDING: Suspicion(_("One fen"), _("Rounding: change the convention, not the tolerance.")),
    BreakClass.THEIR_PRODUCT: Suspicion(
        _("JE2 is not JE1 × SL1"), _("Their file is wrong in itself: report it to the depository.")
    ),
    BreakClass.TOTAL: Suspicion(_("Totals only"), _("The order of the files, a missing record, or one that came twice.")),
}
