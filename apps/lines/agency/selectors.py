"""What the steps of agency payments compute with, and the figures that the run page shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from apps.calendars.selectors import next_business_day, shift_business_day
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.lines.agency import conf
from apps.lines.agency.core.funding import Cash, Need, needs_of, payable, usable_after
from apps.lines.agency.core.items import (
    DETAILS,
    FUND_MONEY,
    SUBSTITUTES,
    SUMMARY,
    Announced,
    Key,
    Known,
    Read,
    fund_money_in,
    known_in,
    same_day_in,
    substitutes_in,
    totals_in,
)
from apps.lines.agency.core.settling import Group, Open
from apps.lines.agency.core.terms import AgencyTerms
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.states import Batch, ItemState
from apps.lines.agency.store import layouts
from apps.lines.core.balances import cash_balances, movements_by_voucher
from apps.lines.core.details import Leg
from apps.lines.core.layouts import Row
from apps.lines.selectors import bytes_of, details_in, fen_sum, file_of, table_of, yuan_of

LISTED = 20
RESULT = "003"  # JLLX of a settlement result [S7]
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
NOTHING = Decimal("0.00")


def packaged_terms() -> AgencyTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return AgencyTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "agency_terms", {}))


def next_day(business_date: date) -> date:
    """The day on which what is postponed today is retried."""
    return next_business_day(conf.CALENDAR, business_date)


def days_from(business_date: date) -> Callable[[int], date]:
    """The trading day so many after the date, before it when negative. Two queries a call."""
    return partial(shift_business_day, conf.CALENDAR, business_date)


def last_retries(dues: Iterable[date], terms: AgencyTerms) -> dict[date, date]:
    """For each original settlement date the last day on which its items may be retried. Two queries a date."""
    return {due: shift_business_day(conf.CALENDAR, due, terms.most_days) for due in set(dues)}


def rows_on(business_date: date, code: str) -> list[Row]:
    """The rows of a file by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file, layout = file_of(conf.LINE, business_date, code), layouts()[code]
    if layout.kind == "table":
        return layout.rows_of_table(table_of(file))
    return [row for row in layout.rows_of_text(bytes_of(file)) if any(row.values.values())]


def known_on(business_date: date) -> Known:
    """What the counter knows in the morning."""
    return known_in(rows_on(business_date, "dszl"))


def announced_on(business_date: date, batch: str, known: Known, terms: AgencyTerms) -> list[tuple[ArrivedFile, Read]]:
    """What a batch announces, by file: the second one is of fund money alone. Raises NotHere, UnreadableFile and BadRow."""
    day = business_date
    if batch == Batch.SECOND:
        return [(file_of(conf.LINE, day, "kffzmxb"), fund_money_in(rows_on(day, "kffzmxb"), known))]
    same_day = [one.code for one in terms.items if one.file == SUMMARY and one.is_on(day)]
    return [
        (file_of(conf.LINE, day, "kffzmxa"), fund_money_in(rows_on(day, "kffzmxa"), known)),
        (file_of(conf.LINE, day, "zjhz"), same_day_in(rows_on(day, "zjhz"), same_day, known)),
        (file_of(conf.LINE, day, "cil_kj"), substitutes_in(rows_on(day, "cil_kj"), terms.substitutes_account)),
    ]


def postponed_before(business_date: date) -> dict[Key, AgencyItem]:
    """What the newest earlier day left postponed, by key: it is retried today, whether it is announced again or not."""
    items = AgencyItem.objects.filter(line__code=conf.LINE, business_date__lt=business_date).order_by("-business_date", "-run_id")
    newest = list(items.values_list("run_id", flat=True)[:1])
    left = AgencyItem.objects.filter(run_id__in=newest, state=ItemState.POSTPONED, is_retried=False).select_related("file")
    return {(one.serial, one.voucher, one.account): one for one in left.order_by("pk")}


def carried(item: AgencyItem, business_date: date) -> Announced:
    """A postponed item as it is retried on the day; its trail stays the file that announced it first."""
    return Announced(
        file=item.source,
        row_no=item.row_no,
        serial=item.serial,
        voucher=item.voucher,
        account=item.account,
        counterparty=item.counterparty,
        code=item.code,
        fund=item.fund,
        outlet=item.outlet,
        amount=item.amount,
        due=item.due_date,
        settles=business_date,
    )


def usable_balances(business_date: date) -> dict[str, Decimal]:
    """What each account can pay with in the morning: its balance without what is frozen and without the minimum reserve."""
    rows = cash_balances(table_of(file_of(conf.LINE, business_date, "zjye")))
    return {row.cash_account: row.balance - row.frozen - row.min_reserve for row in rows}


def counted(run_id: int, batch: str) -> list[AgencyItem]:
    """The items of a batch that are to be paid in it: neither held nor retried in the next one. One query."""
    rows = AgencyItem.objects.filter(run_id=run_id, batch=batch, is_held=False, is_retried=False)
    return list(rows.order_by("pk"))


def needs_on(run_id: int, business_date: date, batch: str, terms: AgencyTerms) -> list[Need]:
    """The need of each account of a batch. The second one counts what was sent for the first, never its receipts."""
    usable = usable_balances(business_date)
    if batch == Batch.SECOND:
        sent = dict(AgencyFunding.objects.filter(run_id=run_id, batch=Batch.FIRST).values_list("account", "amount"))
        before = _by_account(_cash(counted(run_id, Batch.FIRST), business_date, terms))
        accounts = usable.keys() | sent.keys() | before.keys()
        usable = {
            one: usable_after(usable.get(one, NOTHING), sent.get(one, NOTHING), payable(before.get(one, []))) for one in accounts
        }
    return needs_of(_cash(counted(run_id, batch), business_date, terms), usable)


def _cash(items: Iterable[AgencyItem], day: date, terms: AgencyTerms) -> list[Cash]:
    return [
        Cash(
            account=one.account,
            kind=f"{one.source}/{one.code}",
            amount=one.amount,
            nets=terms.nets(one.source, one.code, day),
        )
        for one in items
    ]


def _by_account(cash: Iterable[Cash]) -> dict[str, list[Cash]]:
    found: dict[str, list[Cash]] = {}
    for one in cash:
        found.setdefault(one.account, []).append(one)
    return found


def sent_before(run_id: int, batch: str) -> Decimal:
    """What was sent for other batches of the run, CNY: the limit of one pair of eyes is a limit of the day."""
    rows = AgencyFunding.objects.filter(run_id=run_id, is_sent=True).exclude(batch=batch)
    return sum(rows.values_list("amount", flat=True), NOTHING)


@dataclass(frozen=True)
class Evening:
    """What the market says at the end of the day. `later`: agency details that settle on another day."""

    details: dict[Group, Decimal]
    settled_by_unit: dict[Group, Decimal]
    posted: dict[Group, Decimal]
    later: list[Leg]


def evening_on(business_date: date, known: Known, terms: AgencyTerms) -> Evening:
    """Details and postings of the day on accounts of ours. Postings of other business on the same account are left out.

    Raises NotHere, UnreadableFile and CannotNormalise.
    """
    legs = details_in(file_of(conf.LINE, business_date, "jsmx")).legs
    postings = movements_by_voucher(table_of(file_of(conf.LINE, business_date, "zjbd")))
    agency = [one for one in legs if _is_agency(one, business_date, terms)]
    today = [one for one in agency if one.settle_date == business_date and one.result_code == terms.settled_code]
    others = {(one.cash_account, one.group_no) for one in legs} - {(one.cash_account, one.group_no) for one in agency}
    posted = {group: amount for group, amount in postings.items() if group[0] in known.accounts and group not in others}
    details = _sums(((one.cash_account, one.group_no), one.net_cash) for one in today)
    matched = [one for one in today if posted.get((one.cash_account, one.group_no)) == details[one.cash_account, one.group_no]]
    return Evening(
        details=details,
        settled_by_unit=_sums(((one.cash_account, one.unit), one.net_cash) for one in matched),
        posted=posted,
        later=[one for one in agency if one.settle_date is not None and one.settle_date > business_date],
    )


def _is_agency(leg: Leg, day: date, terms: AgencyTerms) -> bool:
    return leg.record_type == RESULT and terms.rule_of(DETAILS, leg.biz_type, day) is not None


def _sums(rows: Iterable[tuple[Group, Decimal]]) -> dict[Group, Decimal]:
    found: dict[Group, Decimal] = {}
    for key, amount in rows:
        found[key] = found.get(key, NOTHING) + amount
    return found


def to_settle(run_id: int) -> tuple[list[Open], list[Open]]:
    """Items that the evening is asked about: those posted by their number, and those of the cash summary. One query.

    What a person decided is not asked about again.
    """
    rows = AgencyItem.objects.filter(run_id=run_id, is_held=False, is_retried=False).order_by("pk")
    asked = rows.exclude(state__in=(ItemState.FAILED, ItemState.RETURNED, ItemState.POSTED))
    numbered: list[Open] = []
    summed: list[Open] = []
    for row in asked:
        (summed if row.source == SUMMARY else numbered).append(as_open(row))
    return numbered, summed


def as_open(row: AgencyItem) -> Open:
    return Open(pk=row.pk, key=(row.serial, row.voucher, row.account), amount=row.amount, last_chance=row.last_chance)


def undecided(run_id: int) -> list[AgencyItem]:
    """Postponed items and those paid otherwise, whom a person decides about. One query."""
    rows = AgencyItem.objects.filter(run_id=run_id, is_retried=False)
    return list(rows.filter(Q(state=ItemState.POSTPONED) | Q(is_odd=True)).order_by("pk"))


def paid_by_key(run_id: int) -> dict[Key, Decimal]:
    """What of funds and substitutes is paid, as counter and TA should have booked it. One query."""
    rows = AgencyItem.objects.filter(run_id=run_id, source__in=(FUND_MONEY, SUBSTITUTES))
    settled = rows.filter(Q(state=ItemState.PAID) | Q(posted_as=ItemState.PAID)).order_by("pk")
    found: dict[Key, Decimal] = {}
    for serial, voucher, account, amount in settled.values_list("serial", "voucher", "account", "amount"):
        key = serial, voucher, account
        found[key] = found.get(key, NOTHING) + amount
    return found


def confirmed_on(business_date: date) -> Mapping[Key, Decimal]:
    return totals_in(rows_on(business_date, "dsqr"))


def postponed_of_lines(day: date) -> dict[int, int]:
    """How many items of the day's newest run are postponed, by the key of the business line. One query."""
    rows = AgencyItem.objects.filter(business_date=day, state=ItemState.POSTPONED, is_retried=False)
    sums = rows.values_list("line_id", "run_id").annotate(items=Count("pk")).order_by("line_id", "run_id")
    return {line_id: items for line_id, _run, items in sums}


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

    @property
    def need(self) -> Decimal:
        return sum((one.need for one in self.fundings), NOTHING)

    @property
    def sent(self) -> Decimal:
        return sum((one.amount for one in self.fundings if one.is_sent), NOTHING)


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None before its first batch was read. Three queries."""
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
        fundings=list(AgencyFunding.objects.filter(run_id=run_id).order_by("pk")),
        open_items=list(
            rows.filter(is_retried=False)
            .filter(Q(is_held=True) | Q(is_odd=True) | Q(state__in=(ItemState.POSTPONED, ItemState.FAILED, ItemState.RETURNED)))
            .order_by("pk")[:LISTED]
        ),
    )
