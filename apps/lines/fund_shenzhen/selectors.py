"""What the steps of fund settlement in Shenzhen compute with, and the figures that the run page shows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.lines.core.layouts import Row
from apps.lines.corrections.conf import Corrected
from apps.lines.fund_distribution.core.ofd import BadOfd, read_ofd
from apps.lines.fund_shenzhen import conf
from apps.lines.fund_shenzhen.core.amounts import FundFacts
from apps.lines.fund_shenzhen.core.evening import Owed, Posting, agency_in, flow_of, postings_in
from apps.lines.fund_shenzhen.core.rows import (
    CONFIRMATIONS,
    MONEY,
    ORDERS,
    REGISTER,
    Client,
    Confirmed,
    announced_in,
    clients_in,
    confirmations_in,
    funds_in,
    orders_in,
    register_in,
    shares,
)
from apps.lines.fund_shenzhen.core.terms import FundTerms, FundType, Reading
from apps.lines.fund_shenzhen.models import FundItem, FundNeed
from apps.lines.fund_shenzhen.states import FundItemState
from apps.lines.fund_shenzhen.store import ANNOUNCED, announced_items, confirmed_items, layouts, ofd_columns
from apps.lines.rtgs_shenzhen.core.rows import Cash, Details, Outcome, cash_in, details_in, money, outcomes_in
from apps.lines.selectors import NotHere, bytes_of, comparable, fen_sum, file_of, table_of, yuan_of
from apps.recon.conf import Table
from apps.recon.core.matcher import Item, joined
from apps.recon.errors import SourceNotHere

LISTED = 20
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
TOLD_STATES = (
    FundItemState.SETTLED,
    FundItemState.POSTED,
    FundItemState.FAILED,
    FundItemState.RETURNED,
    FundItemState.POSTPONED,
)
SETTLED_STATES = (FundItemState.SETTLED, FundItemState.POSTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Booked:
    """A line of the counter's journal of fund money (`jjszrz`). CNY, > 0 to the client."""

    cash_account: str
    fund: str
    type: str
    serial: str
    amount: Decimal
    units: Decimal


def packaged_terms() -> FundTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return FundTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "fund_terms", {}))


def rows_on(business_date: date, code: str) -> tuple[ArrivedFile, list[Row]]:
    """The rows of a file by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file, layout = file_of(conf.LINE, business_date, code), layouts()[code]
    if layout.kind == "table":
        return file, layout.rows_of_table(table_of(file))
    return file, layout.rows_of_text(bytes_of(file))


def clients_on(day: date) -> dict[str, Client]:
    return clients_in(rows_on(day, "jjszkh")[1])


def funds_on(day: date) -> dict[str, FundFacts]:
    return funds_in(rows_on(day, "jjszcs")[1])


def reserves_on(day: date) -> tuple[ArrivedFile, dict[str, Cash]]:
    """The reserve accounts of the morning by number, with their file."""
    file, rows = rows_on(day, "szrtzj")
    return file, {one.cash_account: one for one in cash_in(rows)}


def confirmed_on(day: date, terms: FundTerms) -> tuple[dict[str, ArrivedFile], list[Confirmed]]:
    """The amounts of the morning's files, of each reading that is switched on. Raises NotHere, UnreadableFile and BadRow."""
    types, files, found = terms.types_on(day), dict[str, ArrivedFile](), list[Confirmed]()
    if Reading.EXCHANGE in terms.readings:
        files[ORDERS], rows = rows_on(day, ORDERS)
        found += orders_in(rows, types, day)
    if Reading.REGISTER in terms.readings:
        files[REGISTER], rows = rows_on(day, REGISTER)
        found += register_in(rows, terms, types)
        files[CONFIRMATIONS] = file_of(conf.LINE, day, CONFIRMATIONS)
        try:
            records = read_ofd(bytes_of(files[CONFIRMATIONS]), ofd_columns(), kind="04", day=day)
        except BadOfd as fault:
            raise BadOfd(f"{CONFIRMATIONS}: {fault}") from fault
        found += confirmations_in(records, types)
    return files, found


def announced_sums(day: date, terms: FundTerms, reserves: Mapping[str, Cash]) -> dict[str, Item]:
    """Money that the register announces for the day, by reserve account, fund and flow."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in announced_in(rows_on(day, MONEY)[1], terms.register_marks, day):
        for account, amount in ((one.payer, -one.amount), (one.receiver, one.amount)):
            if account in reserves:
                sums[joined(account, one.fund, flow_of(amount))] += amount
    return {key: Item(amount=amount) for key, amount in sums.items()}


def due_sums(run_id: int, day: date) -> dict[str, Item]:
    """Register money that we hold to be due on the day, by the same key. One query."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    rows = items_of(run_id).filter(settle_date=day, reading=Reading.REGISTER).exclude(state=FundItemState.FAILED)
    for account, fund, amount in rows.values_list("cash_account", "fund", "amount"):
        sums[joined(account, fund, flow_of(amount))] += amount
    return {key: Item(amount=amount) for key, amount in sums.items()}


def legs_on(day: date, types: Mapping[str, FundType]) -> Details:
    """The gross rows of SJSMX0 of this line's types. Raises NotHere and BadRow."""
    return details_in([row for row in rows_on(day, "sjsmx0")[1] if row["MXYWLB"] in types], day)


def outcomes_on(day: date, types: Mapping[str, FundType]) -> tuple[ArrivedFile, list[Outcome]]:
    """The results of gross orders of this line's types, with their file."""
    file, rows = rows_on(day, "sjsjg")
    return file, outcomes_in(rows, types)


def booked_on(day: date) -> list[Booked]:
    """What the counter has booked of fund money (`jjszrz`). Raises NotHere and BadRow."""
    return [
        Booked(
            cash_account=row["CashAccount"],
            fund=row["Fund"],
            type=row["Type"],
            serial=row["Serial"],
            amount=money(row, "Amount"),
            units=shares(row, "Units"),
        )
        for row in rows_on(day, "jjszrz")[1]
    ]


def items_of(run_id: int) -> QuerySet[FundItem]:
    return FundItem.objects.filter(run_id=run_id).order_by("pk")


def of_the_day_before(line: str, day: date) -> list[FundItem]:
    """Gross orders that settled in the newest run of the newest earlier day: their cash is corrected today. Two queries."""
    earlier = FundItem.objects.filter(line__code=line, business_date__lt=day).order_by("-business_date", "-run_id")
    newest = list(earlier.values_list("run_id", flat=True)[:1])
    return list(FundItem.objects.filter(run_id__in=newest, mode="gross", state__in=SETTLED_STATES).order_by("pk"))


def due_today(run_id: int) -> list[FundItem]:
    """What had to settle in this run, whatever became of it: all that fell due, without what was refused in the morning."""
    wanted = (FundItemState.DUE, FundItemState.SETTLED, FundItemState.FAILED, FundItemState.POSTPONED)
    rows = items_of(run_id).filter(state__in=wanted)
    return [one for one in rows if one.state != FundItemState.FAILED or one.settle_date is not None]


def owed_of(items: Iterable[FundItem]) -> list[Owed]:
    return [
        Owed(
            key=one.pk,
            posts_as=one.posts_as,
            cash_account=one.cash_account,
            fund=one.fund,
            serial=one.serial[:16],
            cash=one.amount,
        )
        for one in items
    ]


def told_today(run_id: int) -> list[FundItem]:
    """What became of the amounts of the day, in the order they came."""
    return list(items_of(run_id).filter(state__in=TOLD_STATES))


def unsettled_of(run_id: int) -> dict[str, FundItem]:
    """What a person decides about, by the number it is called by: due without its money, and failed without a word about it.

    Two amounts of one number are told apart by a second one.
    """
    found: dict[str, FundItem] = {}
    for one in items_of(run_id).filter(state__in=(FundItemState.DUE, FundItemState.FAILED), reason="", flaw=""):
        number, again = one.serial, 1
        while number in found:
            again += 1
            number = f"{one.serial}#{again}"
        found[number] = one
    return found


def open_dues(run_id: int) -> dict[str, list[tuple[date, Decimal]]]:
    """Amounts by reserve account and day that are still to move. One query."""
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    rows = items_of(run_id).filter(state__in=(FundItemState.CONFIRMED, FundItemState.DUE), settle_date__isnull=False)
    for account, day, amount in rows.values_list("cash_account", "settle_date", "amount"):
        if day:
            found[account].append((day, amount))
    return found


def unsettled_of_lines(day: date) -> dict[int, int]:
    """How many amounts of the day nobody has decided about, by the key of the business line: of its newest run. Two queries."""
    of_day = FundItem.objects.filter(business_date=day).order_by()
    newest = [run for _line, run in of_day.values_list("line_id").annotate(Max("run"))]
    rows = of_day.filter(run__in=newest, state__in=(FundItemState.DUE, FundItemState.FAILED), reason="", flaw="")
    return dict(rows.values_list("line_id").annotate(Count("pk")))


def comparable_tables() -> list[Table]:
    """What of this line reconciliations may be defined over."""
    kinds = ("state", "reading", "mode", "kind", "biz_type", "posts_as")
    names = ("serial", "order_no", "account", "client", "cash_account", "unit", "fund")
    posted = {
        "cash_account": _("cash account"),
        "fund": _("fund"),
        "type": _("business type"),
        "serial": _("confirmation number"),
        "flow": _("paid or received"),
        "amount": _("amount"),
        "count": _("rows"),
    }
    booked = posted | {"units": _("units")}
    return [
        comparable("fund_items", FundItem, *kinds, *names, "units", "amount", "fee", "settle_date"),
        Table("fund_booked", _("Fund money in the counter's journal"), booked, _booked_rows),
        Table("fund_posted", _("Fund money posted by the depository"), posted, _posted_rows),
    ]


def _booked_rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """The counter's journal of the day, `amount` in CNY, > 0 to the client. Raises SourceNotHere."""
    try:
        return _told_rows(booked_on(day), names)
    except NotHere as missing:
        raise SourceNotHere(source=missing, day=day) from missing


def _posted_rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """What SJSZJ posted on the day under the types of the packaged terms. Raises SourceNotHere."""
    types = {one.posts_as for one in packaged_terms().types_on(day).values()}
    try:
        return _told_rows(postings_in(rows_on(day, "sjszj")[1], types, day), names)
    except NotHere as missing:
        raise SourceNotHere(source=missing, day=day) from missing


def _told_rows(rows: Iterable[Booked | Posting], names: list[str]) -> list[tuple[Any, ...]]:
    """Numbered as they come. Agency money that is paid and that is received is told apart: the two are never netted (S4)."""
    of_row: dict[str, Callable[[Any], Any]] = {"flow": lambda one: flow_of(one.amount), "count": lambda one: 1}
    reads = [of_row.get(name, attrgetter(name)) for name in names]
    return [(number, *(read(one) for read in reads)) for number, one in enumerate(rows, start=1)]


@dataclass(frozen=True)
class StateFigures:
    """The amounts of the run in one state; `rows` are the first of them. `cash` is CNY net."""

    label: str
    count: int
    cash: Decimal
    rows: list[FundItem]


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY. No reserve account nets another."""

    amounts: int
    carried: int
    announced: int
    left: int
    returned: int
    settled_cash: Decimal
    need: Decimal
    later: Decimal
    sent: Decimal
    needs: list[FundNeed]
    states: list[StateFigures]
    unsettled: dict[str, FundItem]


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None when it has no amounts yet. A query for each state, and six more."""
    rows = items_of(run_id)
    counts = rows.values_list("state").annotate(Count("pk"), cash=fen_sum("amount")).order_by("state")
    states = [_state(rows, state, count, cash) for state, count, cash in counts]
    needs = list(FundNeed.objects.filter(run_id=run_id).select_related("file", "run").order_by("cash_account", "settle_date"))
    if not states and not needs:
        return None
    numbers = {state: (count, yuan_of(cash)) for state, count, cash in counts}

    def total(*wanted: str) -> tuple[int, Decimal]:
        found = [numbers[one] for one in wanted if one in numbers]
        return sum(count for count, _cash in found), sum((cash for _count, cash in found), Decimal(0))

    return Figures(
        amounts=sum(one.count for one in states),
        carried=rows.filter(carried_from__isnull=False).count(),
        announced=rows.filter(file_code=ANNOUNCED, carried_from=None).count(),
        left=total("confirmed", "due", "postponed")[0],
        returned=total("failed", "returned")[0],
        settled_cash=total("settled", "posted")[1],
        need=sum((one.need for one in needs if one.settle_date == one.run.business_date), Decimal(0)),
        later=sum((one.need for one in needs if one.settle_date > one.run.business_date), Decimal(0)),
        sent=sum((one.sent for one in needs), Decimal(0)),
        needs=needs,
        states=states,
        unsettled=unsettled_of(run_id),
    )


def _state(rows: QuerySet[FundItem], state: str, count: int, cash: int | None) -> StateFigures:
    of_state = rows.filter(state=state).select_related("file").order_by("pk")
    return StateFigures(str(FundItemState(state).label), count, yuan_of(cash), list(of_state[:LISTED]))


def corrected_tables() -> list[Corrected]:
    """Confirmations of the registers and announced agency money, as corrected files reverse them; what was refused moves nothing.

    Own orders are not among them: their cash is computed by us, and a counter that sends other orders asks for other cash.
    """
    facts: dict[str, Any] = {
        "line": conf.LINE,
        "table": FundItem,
        "key": ("serial", "account", "fund"),
        "measures": ("units", "amount", "fee"),
        "words": ("biz_type", "order_no", "unit", "client", "code"),
        "cash": "amount",
        "quantity": None,
        "cash_account": "cash_account",
        "account": "account",
        "security": "fund",
        "settles": _is_accepted,
        "outgoing": conf.OUTGOING,
    }
    return [
        Corrected(**facts, files=(REGISTER, CONFIRMATIONS), read=_confirmed),
        Corrected(**facts, files=(ANNOUNCED,), read=_announced),
    ]


def _confirmed(run: Run, file: ArrivedFile) -> list[FundItem]:
    day, terms = run.business_date, _terms_of(run)
    files, rows = confirmed_on(day, terms)
    mine = [one for one in rows if files[one.file_code].pk == file.pk]
    return list(confirmed_items(run, files, mine, types=terms.types_on(day), clients=clients_on(day)))


def _announced(run: Run, file: ArrivedFile) -> list[FundItem]:
    day, terms = run.business_date, _terms_of(run)
    types = terms.types_on(day)
    rows = agency_in(rows_on(day, ANNOUNCED)[1], types, day).rows
    return list(announced_items(run, file, rows, types=types, clients=clients_on(day)))


def _terms_of(run: Run) -> FundTerms:
    said = run.variables.get("terms")
    return FundTerms.model_validate(said) if said else packaged_terms()


def _is_accepted(item: FundItem) -> bool:
    return not item.code
