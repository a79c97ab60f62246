"""What the steps of bond lending compute with, and the figures that the run page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from apps.calendars.selectors import is_business_day, next_business_day
from apps.files.models import ArrivedFile
from apps.lines.bond_lending import conf
from apps.lines.bond_lending.core.book import BORROWER, LENDER, Key, OwnContract, own_book, prices_in
from apps.lines.bond_lending.core.choices import Decision
from apps.lines.bond_lending.core.evening import Evening
from apps.lines.bond_lending.core.opened import Answer, Kind, Meaning, OpenRow, Sorted, open_rows, sorted_rows, traded_codes
from apps.lines.bond_lending.core.terms import Conventions
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration
from apps.lines.bond_lending.states import OPEN_STATES, ContractState, ContractType, Origin, Verb
from apps.lines.bond_lending.store import layouts
from apps.lines.core.layouts import Row
from apps.lines.selectors import bytes_of, fen_sum, file_of, table_of, yuan_of
from apps.recon.conf import Table

LISTED = 20


def trading_day_from(day: date) -> date:
    """The day itself when it is a trading day, else the next one."""
    return day if is_business_day(conf.CALENDAR, day) else next_business_day(conf.CALENDAR, day)


def rows_of(business_date: date, code: str) -> list[Row]:
    """A text of the counter by its layout. Raises NotHere, UnreadableFile and BadRow."""
    return layouts()[code].rows_of_text(bytes_of(file_of(conf.LINE, business_date, code)))


def book_on(business_date: date) -> tuple[ArrivedFile, list[OwnContract]]:
    """The morning's own book and its file. Raises NotHere, UnreadableFile and BadRow."""
    file = file_of(conf.LINE, business_date, "zyjdhy")
    return file, own_book(rows_of(business_date, "zyjdhy"), rows_of(business_date, "zyjdzy"), trading_day_from)


def prices_on(business_date: date) -> dict[str, Decimal]:
    return prices_in(rows_of(business_date, "zyjdjg"))


def open_rows_on(business_date: date) -> list[OpenRow]:
    """The market's open contracts with the codes of today's legs."""
    traded = traded_codes(table_of(file_of(conf.LINE, business_date, "jsmx")))
    return open_rows(table_of(file_of(conf.LINE, business_date, "wdq")), traded)


def market_on(business_date: date, meanings: dict[Kind, Meaning]) -> Sorted:
    return sorted_rows(open_rows_on(business_date), meanings)


def own_book_of(run_id: int) -> list[OwnContract]:
    """The book as the run read it in the morning, whatever became of it since. Two queries."""
    rows = LendingContract.objects.filter(run_id=run_id, origin=Origin.OWN).order_by("pk").prefetch_related("pledges")
    return [
        OwnContract(
            row_no=row.row_no,
            contract_class=row.contract_class,
            number=row.number,
            account=row.account,
            unit=row.unit,
            counterparty=row.counterparty,
            security=row.security,
            side=row.side,
            quantity=row.quantity,
            amount=row.amount or Decimal(0),
            rate=row.rate or Decimal(0),
            code=row.code,
            start=row.start_date,
            maturity=row.maturity_date,
            due=row.due_date,
            line=row.agreed_line,
            pledges={pledge.security: pledge.quantity for pledge in row.pledges.all() if pledge.quantity},
        )
        for row in rows
    ]


def evening_of(run_id: int, business_date: date, conventions: Conventions, answers: dict[str, Answer]) -> Evening:
    """What the evening is computed from besides book and market. One query."""
    decisions: dict[Key, tuple[Decision, ...]] = {}
    answered: dict[tuple[Key, Verb], Answer] = {}
    for row in LendingDeclaration.objects.filter(run_id=run_id).select_related("contract").order_by("position"):
        key = (row.contract.contract_class, row.contract.number, row.contract.account)
        decisions[key] = (*decisions.get(key, ()), _decision(key, row))
        if row.number in answers:
            answered[key, Verb(row.verb)] = answers[row.number]
    return Evening(
        day=business_date,
        conventions=conventions,
        prices=prices_on(business_date),
        next_trading_day=trading_day_from,
        decisions=decisions,
        answers=answered,
    )


def _decision(key: Key, row: LendingDeclaration) -> Decision:
    return Decision(
        key=key,
        verb=Verb(row.verb),
        code=row.code,
        out_security=row.out_security,
        out_quantity=row.out_quantity,
        in_security=row.in_security,
        in_quantity=row.in_quantity,
    )


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY. `received` and `paid` are fees of today, without sign."""

    contracts: int
    open: int
    new: int
    maturing: int
    returned: int
    rolled: int
    defaults: int
    repos: int
    declared: int
    refused: int
    stopped: int
    lent: Decimal
    borrowed: Decimal
    received: Decimal
    paid: Decimal
    short: list[LendingContract]
    overdue: list[LendingContract]
    stopped_rows: list[dict[str, Any]]


_ENDED = {"returned": ContractState.RETURNED, "rolled": ContractState.ROLLED}


def figures_of(run_id: int, variables: dict[str, Any] | None = None) -> Figures | None:
    """The figures of a run of this line, or None before its book was read. At most six queries."""
    rows = LendingContract.objects.filter(run_id=run_id)
    lendings = Q(contract_type=ContractType.BOND_LENDING)
    is_open = lendings & Q(state__in=OPEN_STATES)
    counts = rows.aggregate(
        contracts=Count("pk", filter=lendings),
        open=Count("pk", filter=is_open),
        new=Count("pk", filter=lendings & Q(opening_state=ContractState.NEW)),
        maturing=Count("pk", filter=lendings & Q(opening_state=ContractState.MATURING)),
        defaults=Count("pk", filter=Q(state=ContractState.DEFAULT)),
        repos=Count("pk", filter=Q(contract_type=ContractType.PROTOCOL_REPO)),
        **{name: Count("pk", filter=Q(state=state) | Q(closed_as=state)) for name, state in _ENDED.items()},
    )
    if not counts["contracts"] and not counts["repos"]:
        return None
    values = dict(rows.filter(is_open).values_list("side").annotate(total=fen_sum("value")).order_by())
    fees = dict(rows.filter(lendings).values_list("side").annotate(total=fen_sum("fee_due")).order_by())
    declared = LendingDeclaration.objects.filter(run_id=run_id).aggregate(
        declared=Count("pk"), refused=Count("pk", filter=Q(state="refused"))
    )
    return Figures(
        **counts,
        **declared,
        stopped=int((variables or {}).get("stopped") or 0),
        lent=yuan_of(values.get(LENDER)),
        borrowed=yuan_of(values.get(BORROWER)),
        received=yuan_of(fees.get(LENDER)),
        paid=yuan_of(fees.get(BORROWER)),
        short=list(rows.filter(is_short=True).order_by("ratio", "pk")[:LISTED]),
        stopped_rows=(variables or {}).get("stopped_rows") or [],
        overdue=list(rows.filter(state=ContractState.DEFAULT).order_by("pk")[:LISTED]),
    )


BOOK = {
    "class": _("class"),
    "number": _("contract"),
    "account": _("securities account"),
    "security": _("security"),
    "quantity": _("quantity"),
    "pledged": _("quantity pledged"),
    "amount": _("value at the start"),
    "due": _("due"),
}


def comparable_tables() -> list[Table]:
    """What of this line reconciliations may be defined over."""
    return [Table("lending_book", _("Own open contracts with their collateral"), BOOK, _own_rows)]


def _own_rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """What has to be open at the market, as the newest run of the day left it: a row a contract, and one a bond that secures it.

    As in the market's file a row of collateral has no quantity and no value of its own.
    """
    of_day = LendingContract.objects.filter(line__code=line, business_date=day)
    newest = list(of_day.order_by("-run").values_list("run_id", flat=True)[:1])
    ours = of_day.filter(run_id__in=newest, origin__in=(Origin.OWN, Origin.ROLLED), state__in=OPEN_STATES)
    number = 0
    for one in ours.order_by("pk").prefetch_related("pledges"):
        base: dict[str, Any] = {
            "class": one.contract_class,
            "number": one.number,
            "account": one.account,
            "due": one.due_date,
        }
        rows = [base | {"security": one.security, "quantity": one.quantity, "pledged": 0, "amount": one.amount}]
        for pledge in one.pledges.all():
            if pledge.quantity_after:
                nothing = {"quantity": 0, "amount": Decimal("0.00")}
                rows.append(base | nothing | {"security": pledge.security, "pledged": pledge.quantity_after})
        for row in rows:
            number += 1
            yield (number, *(row[name] for name in names))
