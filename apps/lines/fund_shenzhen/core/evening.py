"""What the depository says in the evening, and what it makes of each amount (fact book, line L05, steps 10 and 11). Pure.

Gross orders are settled or failed by their row of SJSJG. Agency money has no result: its posting in SJSZJ says that it moved.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.lines.core.details import Leg, day_of
from apps.lines.core.layouts import Row
from apps.lines.core.sides import numbered
from apps.lines.rtgs_shenzhen.core.rows import FEES, GROSS_MODES, Outcome, money, units
from apps.recon.core.matcher import Item, joined

AGENCY = "Z"
DATES = ("MXCJRQ", "MXQSRQ", "MXFSRQ")
Link = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyDetail:
    """A row of SJSMX2 in mode Z: cash that moves on a later day. `fee`: what the row's fees come to, signed."""

    row_no: int
    type: str
    serial: str
    order_no: str
    account: str
    cash_account: str
    unit: str
    fund: str
    units: int
    cash: Decimal
    fee: Decimal
    due: date


@dataclass(frozen=True)
class AgencyDetails:
    """`odd_days`: rows that were not cleared on the day, or settle on it already; `odd_sums`: not explained by their fees."""

    rows: list[AgencyDetail]
    odd_days: list[int]
    odd_sums: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A row of SJSZJ."""

    type: str
    cash_account: str
    fund: str
    serial: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """An amount that is due today, as its evidence is looked for. `posts_as`: the type its money is posted under."""

    key: int
    posts_as: str
    cash_account: str
    fund: str
    serial: str
    cash: Decimal


def agency_in(rows: Iterable[Row], types: Iterable[str], day: date) -> AgencyDetails:
    """The agency rows of these types. Cleared on the day, settled on a later one (S4). Raises BadRow."""
    wanted, found, odd_days, odd_sums = frozenset(types), [], [], []
    for row in rows:
        if row["MXJSFS"] != AGENCY or row["MXYWLB"] not in wanted:
            continue
        fee = sum((money(row, column) for columns in FEES.values() for column in columns), Decimal(0))
        cash, due = money(row, "MXSFJE"), day_of(row["MXJSRQ"])
        if due is None or due <= day or any(day_of(row[column]) != day for column in DATES):
            odd_days.append(row.number)
        if money(row, "MXQSBJ") + fee != cash:
            odd_sums.append(row.number)
        found.append(
            AgencyDetail(
                row_no=row.number,
                type=row["MXYWLB"],
                serial=row["MXYWLSH"],
                order_no=row["MXDDBH"],
                account=row["MXZQZH"],
                cash_account=row["MXBFZH"],
                unit=row["MXTGDY"],
                fund=row["MXZQDM"],
                units=units(row, "MXQSSL"),
                cash=cash,
                fee=fee,
                due=due or day,
            )
        )
    return AgencyDetails(found, odd_days, odd_sums)


def flow_of(amount: Decimal) -> str:
    """Agency money that we pay and that we receive is told in rows of its own, without netting (S4)."""
    return "pay" if amount < 0 else "receive"


def detail_sums(legs: Iterable[Leg], agency: Iterable[AgencyDetail]) -> dict[str, Decimal]:
    """Net cash as SJSQS sums it up: by type, reserve account, security, unit and mode; agency rows apart by flow."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for leg in legs:
        sums[joined(leg.biz_type, leg.cash_account, leg.security, leg.unit, leg.record_type, "")] += leg.net_cash
    for one in agency:
        sums[joined(one.type, one.cash_account, one.fund, one.unit, AGENCY, flow_of(one.cash))] += one.cash
    return dict(sums)


def summary_sums(rows: Iterable[Row], types: Iterable[str]) -> dict[str, Decimal]:
    """The rows of SJSQS of these types, by the same key. Raises BadRow."""
    wanted, sums = frozenset(types), defaultdict[str, Decimal](Decimal)
    for row in rows:
        mode, net = row["QSJSFS"], money(row, "QSSFJE")
        if row["QSYWLB"] in wanted and (mode in GROSS_MODES or mode == AGENCY):
            flow = flow_of(net) if mode == AGENCY else ""
            sums[joined(*(row[name] for name in ("QSYWLB", "QSZJZH", "QSZQDM", "QSTGDY")), mode, flow)] += net
    return dict(sums)


def postings_in(rows: Iterable[Row], types: Iterable[str], day: date) -> list[Posting]:
    """What was posted on the day under these types. Raises BadRow."""
    wanted = frozenset(types)
    return [
        Posting(
            type=row["ZJYWLB"],
            cash_account=row["ZJZJZH"],
            fund=row["ZJZQDM"],
            serial=row["ZJLSH"],
            amount=money(row, "ZJFSJE"),
        )
        for row in rows
        if row["ZJYWLB"] in wanted and day_of(row["ZJJZRQ"]) == day
    ]


def link_of(by: str) -> Callable[[Posting | Owed], Link]:
    """What an amount and its posting have in common: account, type, fund, and the serial or only the flow."""

    def link(one: Posting | Owed) -> Link:
        kind, cash = (one.type, one.amount) if isinstance(one, Posting) else (one.posts_as, one.cash)
        return one.cash_account, kind, one.fund, one.serial if by == "serial" else flow_of(cash)

    return link


def sums_by(rows: Sequence[Posting | Owed], by: str) -> dict[str, Item]:
    """Cash and number of rows by what links them, as a side of a comparison."""
    link, sums = link_of(by), defaultdict[Link, Decimal](Decimal)
    for one in rows:
        sums[link(one)] += one.amount if isinstance(one, Posting) else one.cash
    return {joined(*key): Item(amount=amount) for key, amount in sums.items() if amount}


def paid_of(owed: Sequence[Owed], postings: Sequence[Posting], by: str) -> set[int]:
    """Keys of the amounts whose postings come to exactly what is owed; of a link all or nothing, nobody guesses a part."""
    link = link_of(by)
    posted, due = defaultdict[Link, Decimal](Decimal), defaultdict[Link, Decimal](Decimal)
    seen = set()
    for one in postings:
        posted[link(one)] += one.amount
        seen.add(link(one))
    for item in owed:
        due[link(item)] += item.cash
    return {item.key for item in owed if link(item) in seen and posted[link(item)] == due[link(item)]}


def gross_of(legs: Iterable[Leg], outcomes: Iterable[Outcome]) -> dict[tuple[str, str, str], Outcome]:
    """What became of each order (type, order number, account). Of several rows of an order the first that failed counts: all or
    nothing."""
    said = {(one.trade_no, one.account): one for one in outcomes}
    found: dict[tuple[str, str, str], Outcome] = {}
    for leg in legs:
        one, key = said.get((leg.ref_no, leg.account)), (leg.biz_type, leg.order_no, leg.account)
        if one and (key not in found or found[key].is_settled):
            found[key] = one
    return found


def leg_items(legs: Iterable[Leg]) -> dict[str, Item]:
    """SJSMX0 as a side: by type, order, account and fund."""
    return numbered(
        (
            joined(leg.biz_type, leg.order_no, leg.account, leg.security),
            Item(quantity=abs(leg.quantity), amount=leg.net_cash),
        )
        for leg in legs
    )


def result_sides(legs: Iterable[Leg], outcomes: Iterable[Outcome]) -> tuple[dict[str, Item], dict[str, Item]]:
    """Details and results by type, trade and account."""
    details = numbered(
        (joined(leg.biz_type, leg.ref_no, leg.account), Item(quantity=leg.quantity, amount=leg.net_cash)) for leg in legs
    )
    results = numbered(
        (joined(one.biz_type, one.trade_no, one.account), Item(quantity=one.quantity, amount=one.net_cash)) for one in outcomes
    )
    return details, results


def money_items(amounts: Mapping[str, Decimal]) -> dict[str, Item]:
    """Amounts by key as a side of a comparison."""
    return {key: Item(amount=amount) for key, amount in amounts.items() if amount}
