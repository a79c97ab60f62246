"""What the other lines hold of a settlement day: dues by account, transfers on the way, and the account at the Gold Exchange.

Only the newest run of a line and day counts. A due of ours never is a due of the file: the terms say which mode comes from where.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.states import ItemState
from apps.lines.fund_shenzhen.models import FundItem
from apps.lines.fund_shenzhen.states import FundItemState
from apps.lines.funds_monitoring.core.projection import Due, Opening
from apps.lines.funds_monitoring.core.terms import LINES, FundsTerms
from apps.lines.funds_monitoring.selectors.files import Key
from apps.lines.funds_monitoring.states import House, Mode
from apps.lines.models import MetalClearing, Obligation
from apps.lines.preclearing.models import PreclearingAccount
from apps.lines.rtgs_shenzhen.models import GrossNeed
from apps.lines.selectors import fen_sum, yuan_of
from apps.lines.states import SETTLED_STATES, Guarantee, InstructionState

DETAIL = "003"  # JLLX of a settlement result [S7]
GONE = (InstructionState.FAILED, InstructionState.CANCELLED)
LEFT = (ItemState.POSTPONED, ItemState.FAILED, ItemState.RETURNED)


def dues_of_lines(settle_date: date, terms: FundsTerms) -> dict[Key, list[Due]]:
    """Gross and agency dues of the lines by clearing house and account. A few queries, however many rows the lines have.

    Instructions of Shenzhen settle on the day they are given, so the balances of the evening before cannot hold them: they are a
    kind of money of their own. Agency dues of Shenzhen are fund money, where the terms take it from the lines.
    """
    found: dict[Key, list[Due]] = defaultdict(list)
    shanghai, shenzhen = House.SHANGHAI.value, House.SHENZHEN.value
    sums = [(shanghai, Mode.GROSS, row) for row in (*_instructions(settle_date, shanghai), *_announced(settle_date))]
    sums += [(shanghai, Mode.AGENCY, row) for row in _agency(settle_date)]
    sums += [(shenzhen, Mode.SAME_DAY, row) for row in _instructions(settle_date, shenzhen)]
    if terms.tells(shenzhen, Mode.AGENCY, LINES, settle_date):
        sums += [(shenzhen, Mode.AGENCY, row) for row in _fund_money(settle_date)]
    for house, mode, (account, line, run, is_settled, fen, count) in sums:
        if fen and terms.tells(house, mode, LINES, settle_date):
            due = Due(mode=mode, amount=yuan_of(fen), is_settled=bool(is_settled), origin=line, count=count, run=run)
            found[house, account].append(due)
    return dict(found)


def _instructions(settle_date: date, market: str) -> Iterable[tuple[Any, ...]]:
    """Instructions of gross settlement: open ones, and those that settled in the day. What failed is not paid."""
    rows = Obligation.objects.filter(settle_date=settle_date, market=market, result__isnull=False).exclude(_is(GONE))
    return _summed(_newest(rows.annotate(settled=_yes_if(_is(SETTLED_STATES))), settle_date), "cash_account", "net_cash")


def _announced(settle_date: date) -> Iterable[tuple[Any, ...]]:
    """Gross items of an earlier evening that settle on the day in a batch."""
    rows = Obligation.objects.filter(settle_date=settle_date, business_date__lt=settle_date, guarantee=Guarantee.GROSS_BATCH)
    rows = rows.filter(record_type=DETAIL, result_code="0000", result__isnull=True)
    return _summed(_newest(rows.annotate(settled=_yes_if(Q(pk__lt=0))), settle_date), "cash_account", "net_cash")


def _agency(settle_date: date) -> Iterable[tuple[Any, ...]]:
    """Announced agency items that are to be paid on the day; paid ones are settled, postponed ones are asked for again later."""
    paid = Q(state=ItemState.PAID) | Q(state=ItemState.POSTED, posted_as=ItemState.PAID)
    rows = AgencyItem.objects.filter(settle_date=settle_date, is_held=False, is_retried=False)
    rows = rows.exclude(Q(state__in=LEFT) | Q(state=ItemState.POSTED, posted_as__in=LEFT))
    return _summed(_newest(rows.annotate(settled=_yes_if(paid)), settle_date), "account", "amount")


def _fund_money(settle_date: date) -> Iterable[tuple[Any, ...]]:
    """Agency money of funds in Shenzhen that is to move on the day, of the newest run that holds it: what the day carries over is
    no longer counted of the day before. What failed or was returned is not paid."""
    settled = Q(state__in=(FundItemState.SETTLED, FundItemState.POSTED))
    rows = FundItem.objects.filter(settle_date=settle_date, mode="agency", business_date__lte=settle_date)
    runs = {}
    for line, run in rows.values_list("line_id", "run_id").order_by("business_date", "run_id").distinct():
        runs[line] = run
    rows = rows.filter(run_id__in=runs.values()).exclude(state__in=(FundItemState.FAILED, FundItemState.RETURNED))
    return _summed(rows.annotate(settled=_yes_if(settled)), "cash_account", "amount")


def _is(states: Iterable[str]) -> Q:
    return Q(result__state__in=states) | Q(result__state=InstructionState.CLOSED, result__closed_as__in=states)


def _yes_if(condition: Q) -> Case:
    return Case(When(condition, then=Value("1")), default=Value(""), output_field=CharField())


def _newest(rows: QuerySet[Any], settle_date: date) -> QuerySet[Any]:
    """Rows of the newest run of each line and day, whatever became of its other rows. Two queries."""
    runs: dict[tuple[int, date], int] = {}
    of_day = rows.model._default_manager.filter(settle_date=settle_date)
    for line, day, run in of_day.values_list("line_id", "business_date", "run_id").distinct().order_by("run_id"):
        runs[line, day] = run
    return rows.filter(run_id__in=runs.values())


def _summed(rows: QuerySet[Any], account: str, amount: str) -> Iterable[tuple[Any, ...]]:
    """Receipts and payments apart: account, line, run, whether settled, fen, rows. One query."""
    flow = Case(When(**{f"{amount}__lt": 0}, then=Value("-")), default=Value("+"), output_field=CharField())
    keys = (account, "line__code", "run_id", "settled")
    apart = rows.annotate(flow=flow).values_list(*keys, "flow")
    sums = apart.annotate(fen=fen_sum(amount), found=Count("pk")).order_by(*keys, "flow")
    return [(*row[:4], row[5], row[6]) for row in sums]


def transfers_of_lines(settle_date: date) -> dict[Key, Decimal]:
    """What the agency line and the gross line of Shenzhen have sent to their accounts on the day. Nobody says yet that it came.

    Four queries.
    """
    agency = _sent(AgencyFunding.objects.filter(run__business_date=settle_date, is_sent=True), "account", "amount")
    gross = _sent(GrossNeed.objects.filter(run__business_date=settle_date, sent__gt=0), "cash_account", "sent")
    found = {(House.SHANGHAI.value, account): yuan_of(fen) for account, fen in agency}
    return found | {(House.SHENZHEN.value, account): yuan_of(fen) for account, fen in gross}


def _sent(rows: QuerySet[Any], account: str, amount: str) -> list[tuple[str, int]]:
    """By account, of the newest run alone. Two queries."""
    newest = list(rows.order_by("-run_id").values_list("run_id", flat=True)[:1])
    sums = rows.filter(run_id__in=newest).values_list(account).annotate(fen=fen_sum(amount)).order_by(account)
    return list(sums)


def forecasts_of_lines(business_date: date) -> dict[Key, Decimal]:
    """Guaranteed net of accounts in Shanghai as pre-clearing had it on the day, whose money is paid on the next. Two queries."""
    rows = PreclearingAccount.objects.filter(business_date=business_date).exclude(basis="")
    newest = list(rows.order_by("-run_id").values_list("run_id", flat=True)[:1])
    nets = rows.filter(run_id__in=newest).order_by("account").values_list("account", "pre_net")
    return {(House.SHANGHAI.value, account): net for account, net in nets}


def gold_account(settle_date: date) -> tuple[Opening, Decimal, int] | None:
    """Our seat at the Gold Exchange before the day: balance, margin as minimum; what was sent, and its run. One query."""
    one = MetalClearing.objects.filter(next_date=settle_date).exclude(member="").order_by("-run_id").first()
    if one is None:
        return None
    opening = Opening(house=House.GOLD.value, account=one.member, balance=one.balance, min_reserve=one.margin)
    return opening, one.topped_up, one.run_id
