"""What the page of a run shows of agency collection and payment."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.states import ItemState
from apps.lines.selectors import fen_sum, yuan_of

LISTED = 20
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class OfSource:
    """What one file announced; amounts in CNY, payments without sign."""

    file: str
    items: int
    payments: Decimal
    receipts: Decimal


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY, payments without sign."""

    items: int
    held: int
    paid: int
    postponed: int
    failed: int
    returned: int
    payments: Decimal
    receipts: Decimal
    paid_amount: Decimal
    postponed_amount: Decimal
    fundings: list[AgencyFunding]
    open_items: list[AgencyItem]
    sources: list[OfSource]

    @property
    def need(self) -> Decimal:
        return sum((one.need for one in self.fundings), NOTHING)

    @property
    def sent(self) -> Decimal:
        return sum((one.amount for one in self.fundings if one.is_sent), NOTHING)


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None before its first batch was read. Four queries."""
    rows = AgencyItem.objects.filter(run_id=run_id)
    counts = Q(is_held=False, is_retried=False)
    of = {name: Q(state=name) | Q(posted_as=name) for name in ("paid", "failed", "returned")}
    of["postponed"] = Q(state=ItemState.POSTPONED)
    found = rows.aggregate(
        items=Count("pk", filter=Q(is_retried=False)),
        held=Count("pk", filter=Q(is_held=True)),
        **{name: Count("pk", filter=counts & where) for name, where in of.items()},
        sum_payments=fen_sum("amount", counts & Q(amount__lt=0)),
        sum_receipts=fen_sum("amount", counts & Q(amount__gt=0)),
        sum_paid=fen_sum("amount", counts & of["paid"]),
        sum_postponed=fen_sum("amount", counts & of["postponed"]),
    )
    if not rows.exists():
        return None
    sums: dict[str, Any] = {name: yuan_of(found.pop(f"sum_{name}")) for name in ("payments", "receipts", "paid", "postponed")}
    return Figures(
        **found,
        payments=-sums["payments"],
        receipts=sums["receipts"],
        paid_amount=sums["paid"],
        postponed_amount=sums["postponed"],
        sources=_by_source(rows.filter(counts)),
        fundings=list(AgencyFunding.objects.filter(run_id=run_id).order_by("pk")),
        open_items=list(
            rows.filter(is_retried=False)
            .filter(Q(is_held=True) | Q(is_odd=True) | Q(state__in=(ItemState.POSTPONED, ItemState.FAILED, ItemState.RETURNED)))
            .order_by("pk")[:LISTED]
        ),
    )


def _by_source(rows: QuerySet[AgencyItem]) -> list[OfSource]:
    sums = (
        rows.order_by("source")
        .values_list("source")
        .annotate(items=Count("pk"), pays=fen_sum("amount", Q(amount__lt=0)), comes=fen_sum("amount", Q(amount__gt=0)))
    )
    return [OfSource(source, items, -yuan_of(pays), yuan_of(comes)) for source, items, pays, comes in sums]
