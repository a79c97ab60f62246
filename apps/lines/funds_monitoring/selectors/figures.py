"""Transfers, what monitors watch, and the figures that the run page shows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from apps.lines.funds_monitoring.models import FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.selectors.files import packaged_terms
from apps.lines.funds_monitoring.selectors.looking import minutes_left
from apps.lines.funds_monitoring.states import PAID_STATES, Colour, House
from apps.lines.selectors import fen_sum, yuan_of

LISTED = 200


def short_accounts(run_id: int) -> list[FundsPosition]:
    """Accounts that a top-up is planned for. The seat at the Gold Exchange is topped up by its own line. One query."""
    rows = FundsPosition.objects.filter(run_id=run_id, shortfall__gt=0).exclude(house=House.GOLD)
    return list(rows.order_by("house", "account"))


def top_ups(run_id: int) -> QuerySet[FundsTopUp]:
    return FundsTopUp.objects.filter(run_id=run_id)


def sent_by_bank(run_id: int) -> dict[str, Decimal]:
    """What each bank has sent before in this run. One query."""
    rows = top_ups(run_id).filter(state__in=PAID_STATES).order_by("bank")
    return {bank: yuan_of(fen) for bank, fen in rows.values_list("bank").annotate(fen=fen_sum("amount"))}


def short_of_lines(day: date) -> dict[int, int]:
    """Accounts that are short for this settlement day, by the key of the business line."""
    return _of_lines(day, Q(shortfall__gt=0))


def tight_of_lines(day: date) -> dict[int, int]:
    """Accounts that are covered by less than the terms ask for."""
    return _of_lines(day, Q(colour=Colour.AMBER))


def urgent_of_lines(day: date) -> dict[int, int]:
    """Accounts that are short when less time is left before the last top-up than the packaged terms call urgent."""
    rows = FundsPosition.objects.filter(settle_date=day).order_by("-run_id").values_list("business_date", flat=True)[:1]
    near = [one for one in rows if minutes_left(one) < packaged_terms().urgent_minutes]
    return short_of_lines(day) if near else {}


def _of_lines(day: date, where: Q) -> dict[int, int]:
    """Of the newest run of each line. One query."""
    rows = FundsPosition.objects.filter(settle_date=day)
    sums = rows.values_list("line_id", "run_id").annotate(found=Count("pk", filter=where)).order_by("line_id", "run_id")
    return {line_id: found for line_id, _run, found in sums}


@dataclass(frozen=True)
class OfHouse:
    """One clearing house: what is due from us, what was sent, what came, what is short. CNY without sign."""

    label: str
    accounts: int
    due: Decimal
    sent: Decimal
    arrived: Decimal
    shortfall: Decimal


@dataclass(frozen=True)
class Figures:
    """The screen of a settlement day. Amounts in CNY; `due`, `sent` and the like are sums of its positions."""

    settle_date: date
    computed_at: datetime
    accounts: int
    green: int
    amber: int
    red: int
    black: int
    stale: int
    due: Decimal
    sent: Decimal
    arrived: Decimal
    shortfall: Decimal
    withdrawable: Decimal
    houses: list[OfHouse]
    positions: list[FundsPosition]
    top_ups: list[FundsTopUp]


def figures_of(run_id: int) -> Figures | None:
    """The screen of a run of this line, or None as long as nothing is computed. Five queries."""
    rows = FundsPosition.objects.filter(run_id=run_id)
    found: dict[str, Any] = rows.aggregate(
        accounts=Count("pk"),
        stale=Count("pk", filter=Q(is_stale=True)),
        at=Max("computed_at"),
        settle_date=Max("settle_date"),
        **{colour.value: Count("pk", filter=Q(colour=colour)) for colour in Colour},
    )
    if not found["accounts"]:
        return None
    houses = _houses(rows)
    listed = rows.select_related("file", "source_run").prefetch_related("dues__file", "dues__source_run")
    counts: dict[str, Any] = {name: found[name] for name in ("accounts", "green", "amber", "red", "black", "stale")}
    sums: dict[str, Any] = {
        name: sum((getattr(one, name) for one in houses), Decimal(0)) for name in ("due", "sent", "arrived", "shortfall")
    }
    return Figures(
        settle_date=found["settle_date"],
        computed_at=found["at"],
        **counts,
        **sums,
        withdrawable=yuan_of(rows.aggregate(fen=fen_sum("withdrawable"))["fen"]),
        houses=houses,
        positions=list(listed.order_by("-shortfall", "house", "account")[:LISTED]),
        top_ups=list(top_ups(run_id).order_by("pk")[:LISTED]),
    )


def _houses(rows: QuerySet[FundsPosition]) -> list[OfHouse]:
    """By clearing house. A guaranteed net that we receive is nothing due."""
    columns = ("gross_pay", "agency_pay", "subscription_pay", "sent", "arrived", "shortfall")
    sums: dict[str, Any] = {f"fen_{name}": fen_sum(name) for name in columns}
    sums["fen_net"] = fen_sum("guaranteed_net", Q(guaranteed_net__lt=0))
    found: Any = rows.values("house").annotate(accounts=Count("pk"), **sums).order_by("house")
    return [_of_house(one, {name: yuan_of(one[f"fen_{name}"]) for name in (*columns, "net")}) for one in found]


def _of_house(one: dict[str, Any], amounts: dict[str, Decimal]) -> OfHouse:
    return OfHouse(
        label=str(House(one["house"]).label),
        accounts=one["accounts"],
        due=amounts["gross_pay"] + amounts["agency_pay"] + amounts["subscription_pay"] - amounts["net"],
        sent=amounts["sent"],
        arrived=amounts["arrived"],
        shortfall=amounts["shortfall"],
    )
