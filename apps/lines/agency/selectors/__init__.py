"""What the steps of agency payments compute with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.db.models import Count, Q

from apps.calendars.selectors import next_business_day, shift_business_day
from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.files.selectors import accepted_file
from apps.kernel import dmn
from apps.lines.agency import conf
from apps.lines.agency.core.checking import Checked, checked
from apps.lines.agency.core.funding import Cash, Need, needs_of, payable, usable_after
from apps.lines.agency.core.items import (
    DETAILS,
    FUND_MONEY,
    NEXT_DAY,
    SUBSTITUTES,
    SUMMARY,
    TAX,
    Announced,
    Key,
    Known,
    Read,
    fund_money_in,
    known_in,
    next_day_in,
    same_day_in,
    substitutes_in,
    taxes_in,
    totals_in,
)
from apps.lines.agency.core.settling import Group, Open
from apps.lines.agency.core.terms import AgencyTerms
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.states import Batch, ItemState
from apps.lines.agency.store import Entry, items_in, layouts
from apps.lines.core.balances import cash_balances, movements_by_voucher
from apps.lines.core.details import Leg
from apps.lines.core.layouts import Row
from apps.lines.corrections.conf import Corrected
from apps.lines.selectors import bytes_of, details_in, file_of, table_of

RESULT = "003"  # JLLX of a settlement result [S7]
PACKAGED_TERMS = Path(__file__).parents[1] / "data" / "terms.dmn"
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


def announced_on(
    run_id: int, business_date: date, batch: str, known: Known, terms: AgencyTerms
) -> list[tuple[ArrivedFile, Read]]:
    """What a batch announces, by file. Raises NotHere, UnreadableFile and BadRow.

    The second one is of fund money, and of the files that need not come every day and came after the first.
    """
    day = business_date
    if batch == Batch.SECOND:
        taken = set(AgencyItem.objects.filter(run_id=run_id, batch=Batch.FIRST).values_list("file_id", flat=True))
        more = [(file, read) for file, read in _not_daily(day, known, terms) if file.pk not in taken]
        return [(file_of(conf.LINE, day, "kffzmxb"), fund_money_in(rows_on(day, "kffzmxb"), known)), *more]
    same_day = [one.code for one in terms.items if one.file == SUMMARY and one.is_on(day)]
    return [
        (file_of(conf.LINE, day, "kffzmxa"), fund_money_in(rows_on(day, "kffzmxa"), known)),
        (file_of(conf.LINE, day, "zjhz"), same_day_in(rows_on(day, "zjhz"), same_day, known)),
        (file_of(conf.LINE, day, "cil_kj"), substitutes_in(rows_on(day, "cil_kj"), terms.substitutes_account)),
        *_not_daily(day, known, terms),
    ]


def _not_daily(day: date, known: Known, terms: AgencyTerms) -> list[tuple[ArrivedFile, Read]]:
    """Fund money of the next day and dividend tax, as far as they have come."""
    found = []
    next_day = accepted_file(conf.LINE, day, NEXT_DAY)
    if next_day:
        found.append((next_day, next_day_in(rows_on(day, NEXT_DAY), known)))
    tax = accepted_file(conf.LINE, day, TAX)
    if tax:
        found.append((tax, taxes_in(rows_on(day, TAX), terms.pays_tax)))
    return found


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


def entries_on(
    run_id: int, day: date, batch: str, terms: AgencyTerms
) -> tuple[list[Entry], Checked, list[tuple[ArrivedFile, Read]], int]:
    """The legs of a batch as they are kept, what does not fit, what each file said, and how many come from the day before.

    The first batch begins with what the day before left postponed. Raises NotHere, UnreadableFile and BadRow.
    """
    known = known_on(day)
    read = announced_on(run_id, day, batch, known, terms)
    waiting = postponed_before(day) if batch == Batch.FIRST else {}
    legs = [(leg, file) for file, found in read for leg in found.legs]
    announced = {leg.key for leg, _file in legs}
    silent = [(carried(item, day), item.file) for key, item in waiting.items() if key not in announced]
    tries = {key: item.tries + 1 for key, item in waiting.items()}
    every = silent + legs
    last = last_retries((leg.due for leg, _file in every), terms)
    tomorrow = next_day(day)
    verdict = checked((leg for leg, _file in every), known=known, terms=terms, day=day, last_retry=last)
    entries = [
        Entry(
            leg=leg,
            file=file,
            tries=tries.get(leg.key, 0),
            is_held=place in verdict.held,
            last_chance=tomorrow > last[leg.due],
        )
        for place, (leg, file) in enumerate(every)
    ]
    return entries, verdict, read, len(silent)


def corrected_tables() -> list[Corrected]:
    """Announced items, as corrected files reverse them. Held ones are counted nowhere, so they move nothing."""
    return [
        Corrected(
            line=conf.LINE,
            files=("kffzmxa", "kffzmxb", "zjhz", "cil_kj"),
            table=AgencyItem,
            key=("serial", "voucher", "account"),
            measures=("amount",),
            words=("counterparty", "code", "fund", "outlet", "due_date", "settle_date", "is_held"),
            cash="amount",
            quantity=None,
            cash_account="account",
            account=None,
            security=None,
            settles=_is_counted,
            read=_items,
            outgoing=conf.OUTGOING,
        )
    ]


def _items(run: Run, file: ArrivedFile) -> list[AgencyItem]:
    """The items of one file of a batch, checked together with the others of it."""
    said = run.variables.get("terms")
    terms = AgencyTerms.model_validate(said) if said else packaged_terms()
    batch = Batch.SECOND if file.file_code == "kffzmxb" else Batch.FIRST
    entries, *_rest = entries_on(run.pk, run.business_date, batch, terms)
    return items_in(run, batch, [one for one in entries if one.file.pk == file.pk])


def _is_counted(item: AgencyItem) -> bool:
    return not item.is_held


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
    """What the market says at the end of the day. `taxes`: those of the details that are dividend tax, which the summary of what
    settles the same day does not hold. `later`: agency details that settle on another day.
    """

    details: dict[Group, Decimal]
    settled_by_unit: dict[Group, Decimal]
    taxes: dict[Group, Decimal]
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
    taxes = [one for one in today if terms.tax_detail and one.biz_type == terms.tax_detail]
    summed = [one for one in today if one not in taxes]
    matched = [one for one in summed if posted.get((one.cash_account, one.group_no)) == details[one.cash_account, one.group_no]]
    return Evening(
        details=details,
        settled_by_unit=_sums(((one.cash_account, one.unit), one.net_cash) for one in matched),
        taxes=_sums(((one.cash_account, one.group_no), one.net_cash) for one in taxes),
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
    """What of funds, substitutes and dividend tax is paid, as counter and TA should have booked it. One query."""
    rows = AgencyItem.objects.filter(run_id=run_id, source__in=(FUND_MONEY, SUBSTITUTES, NEXT_DAY, TAX))
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


def tax_totals(run_id: int) -> dict[Group, Decimal]:
    """Announced dividend tax by cash account and settlement number, held rows left out. One query."""
    rows = AgencyItem.objects.filter(run_id=run_id, source=TAX, is_held=False, is_retried=False).order_by("pk")
    return _sums(((account, voucher), amount) for account, voucher, amount in rows.values_list("account", "voucher", "amount"))
