"""Combinations of an evening as rows: what is declared, or what the cheapest sets consist of. Amounts are CNY."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max, Min, Q, QuerySet

from apps.engine.selectors import run_for
from apps.kernel.pages import cut
from apps.lines.options_margin.models import MarginAccount, MarginRow, OptionContract
from apps.lines.options_margin.selectors.accounts import PAGE
from apps.lines.options_margin.states import STRATEGY_NAMES, Part
from apps.people.models import User

_CHUNK = 2000


@dataclass(frozen=True)
class WantedCombinations:
    """What is asked for; what is empty leaves nothing out. `account`: how it begins; `contract`: of either leg."""

    part: str = Part.DECLARED
    account: str = ""
    strategy: str = ""
    contract: str = ""
    underlying: str = ""


def combinations_of(user: User, run_id: int, wanted: WantedCombinations) -> QuerySet[MarginRow]:
    """Combinations of a run that the person may see, by account. Three queries; NotFound without the run.

    Accounts of a run stand together, so their first and last keys bound what the database looks at.
    """
    run = run_for(user, run_id)
    accounts = MarginAccount.objects.filter(run=run).aggregate(first=Min("pk"), last=Max("pk"))
    if accounts["first"] is None:
        return MarginRow.objects.none()
    rows = MarginRow.objects.filter(
        account__gte=accounts["first"], account__lte=accounts["last"], account__run=run, part=wanted.part
    ).exclude(strategy="")
    if wanted.account:
        rows = rows.filter(account__account__startswith=wanted.account)
    if wanted.strategy:
        rows = rows.filter(strategy=wanted.strategy)
    if wanted.contract:
        rows = rows.filter(Q(contract=wanted.contract) | Q(second_contract=wanted.contract))
    if wanted.underlying:
        listed = OptionContract.objects.filter(run=run, underlying=wanted.underlying)
        rows = rows.filter(contract__in=listed.values("number"))
    return rows.select_related("account", "uplift_rule").order_by("account_id", "pk")


def after_row(rows: QuerySet[MarginRow], after: int | None) -> QuerySet[MarginRow]:
    """What follows a row of the list; nothing follows one that is not there. One query where a row is named."""
    if after is None:
        return rows
    account = MarginRow.objects.filter(pk=after).values_list("account_id", flat=True).first()
    return rows.none() if account is None else rows.filter(Q(account_id__gt=account) | Q(account_id=account, pk__gt=after))


def page_of(rows: QuerySet[MarginRow], after: int | None) -> tuple[list[MarginRow], int | None]:
    """One page by key, and the key that the next page begins after. Two queries."""
    page = cut(after_row(rows, after), PAGE)
    return page.rows, page.last.pk if page.last else None


def in_chunks(rows: QuerySet[MarginRow]) -> Iterator[MarginRow]:
    """All rows, a few thousand in memory at a time."""
    return rows.iterator(chunk_size=_CHUNK)


def underlyings_of(run_id: int) -> list[str]:
    """Underlyings of the contracts that were listed. One query."""
    found = OptionContract.objects.filter(run_id=run_id).order_by("underlying")
    return list(found.values_list("underlying", flat=True).distinct())


def strategy_name(code: str) -> str:
    """The exchange's name of a strategy; empty for a code that nobody knows, which is shown as it is."""
    return str(STRATEGY_NAMES.get(code, ""))
