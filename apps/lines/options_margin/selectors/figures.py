"""Figures of an evening of options margin, as the run page and programs show them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from apps.engine.models import Run
from apps.lines.options_margin.models import BreakWaiver, CombinationDeclaration, MarginAccount, OptionContract
from apps.lines.options_margin.selectors.breaks import ClassOfBreaks, breaks_by_class, waivers_in_force
from apps.lines.selectors import fen_sum, yuan_of

LISTED = 20
_SUMS = ("single_margin", "margin", "client_margin", "best_margin", "call")


@dataclass(frozen=True)
class Figures:
    """Amounts in CNY; `called` and `cliff` are the first of the accounts that have to bring money tonight or soon."""

    accounts: int
    contracts: int
    single_margin: Decimal
    margin: Decimal
    client_margin: Decimal
    best_margin: Decimal
    call: Decimal
    calls: int
    cliffs: int
    refused: int
    shortfalls: int
    proposed: int
    chosen: int
    called: list[MarginAccount]
    cliff: list[MarginAccount]
    breaks: list[ClassOfBreaks]
    waivers: list[BreakWaiver]

    @property
    def saved(self) -> Decimal:
        """What the combinations that are declared save against single margins."""
        return self.single_margin - self.client_margin

    @property
    def saving(self) -> Decimal:
        """What the cheapest sets would save besides."""
        return self.client_margin - self.best_margin


def figures_of(run: Run) -> Figures | None:
    """The figures of a run of this line, or None before anything was computed. At most ten queries."""
    accounts = MarginAccount.objects.filter(run=run)
    counts = accounts.aggregate(
        accounts=Count("pk"),
        calls=Count("pk", filter=Q(call__gt=0)),
        cliffs=Count("pk", filter=Q(peak_margin__gt=F("client_margin"))),
        refused=Count("pk", filter=~Q(refused=[])),
        shortfalls=Count("pk", filter=~Q(shortfalls=[])),
    )
    if not counts["accounts"]:
        return None
    sums = {name: yuan_of(fen) for name, fen in accounts.aggregate(**{name: fen_sum(name) for name in _SUMS}).items()}
    declarations = CombinationDeclaration.objects.filter(run=run).aggregate(
        proposed=Count("pk", filter=Q(is_added=False)), chosen=Count("pk", filter=Q(state__in=["chosen", "sent"]))
    )
    return Figures(
        **counts,
        **declarations,
        single_margin=sums["single_margin"],
        margin=sums["margin"],
        client_margin=sums["client_margin"],
        best_margin=sums["best_margin"],
        call=sums["call"],
        contracts=OptionContract.objects.filter(run=run).count(),
        called=list(_first(accounts.filter(call__gt=0), "-call")),
        cliff=list(_first(accounts.filter(peak_margin__gt=F("client_margin")), "-peak_margin")),
        breaks=breaks_by_class(run.pk),
        waivers=list(waivers_in_force(run)),
    )


def _first(accounts: QuerySet[MarginAccount], order: str) -> QuerySet[MarginAccount]:
    return accounts.order_by(order, "pk")[:LISTED]
