"""What the steps of pre-clearing compute with, and the figures that the run page shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.db.models.functions import Abs

from apps.calendars.selectors import previous_business_day
from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.kernel.money import CENT, parse_amount
from apps.lines.core.balances import cash_balances
from apps.lines.core.details import Leg
from apps.lines.core.layouts import BadRow, Row
from apps.lines.corrections.conf import Corrected
from apps.lines.fees.core.rates import Key, Rate
from apps.lines.fees.selectors import rates_on
from apps.lines.fees.states import SecurityClass, Side
from apps.lines.models import Obligation
from apps.lines.preclearing import conf
from apps.lines.preclearing.core.bonds import interests_in
from apps.lines.preclearing.core.executions import Execution, executions_in
from apps.lines.preclearing.core.forecast import NOTHING, Position, tolerance_of
from apps.lines.preclearing.core.own import fees_on, forecast_of
from apps.lines.preclearing.core.terms import PreclearingTerms, on
from apps.lines.preclearing.core.variance import Line, causes_of
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from apps.lines.preclearing.states import AccountState, Basis, Cause
from apps.lines.preclearing.store import Final, Net, layouts, trades_in
from apps.lines.rtgs.selectors import MEASURES, OBLIGATION
from apps.lines.selectors import NotHere, bytes_of, comparable, details_in, file_of, table_of
from apps.lines.states import Guarantee
from apps.lines.store import obligations_in
from apps.recon.conf import Table

LISTED = 20
TRADE_MEASURES = (
    "quantity", "principal", "interest", "fee_stamp", "fee_handling", "fee_regulatory", "fee_transfer", "fee_other", "net",
)  # fmt: skip
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"


def packaged_terms() -> PreclearingTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return PreclearingTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "preclearing_terms", {}))


def comparable_tables() -> list[Table]:
    """What of this line reconciliations may be defined over."""
    fees = ("fee_stamp", "fee_handling", "fee_regulatory", "fee_transfer")
    columns = ("cash_account", "account", "unit", "security", "side", "quantity", "principal", "interest", *fees, "net", "ref_no")
    return [comparable("preclearing_trades", PreclearingTrade, *columns)]


def rows_on(business_date: date, code: str) -> tuple[ArrivedFile, list[Row]]:
    """The file of a day that counts, and its rows. Raises NotHere, UnreadableFile and BadRow."""
    file = file_of(conf.LINE, business_date, code)
    return file, rows_in(file)


def rows_in(file: ArrivedFile) -> list[Row]:
    """The rows of a file by its layout. Raises UnreadableFile and BadRow."""
    layout = layouts()[file.file_code]
    if layout.kind == "table":
        return layout.rows_of_table(table_of(file))
    return [row for row in layout.rows_of_text(bytes_of(file)) if any(row.values.values())]


def rates_in_force(day: date) -> Mapping[Key, Rate]:
    """The fee table of a business date. One query."""
    return {key: row.as_rate for key, row in rates_on(day).items()}


def interests_on(
    day: date, executions: Iterable[Execution], terms: PreclearingTerms
) -> tuple[dict[str, int], dict[str, frozenset[Decimal]]]:
    """The file that says accrued interest, by its code, and the interest of bonds among the executions; nothing of either when
    there are no bonds or the file is not here. Raises UnreadableFile and BadRow."""
    bonds = {one.security for one in executions if terms.class_of(one.security, day) == SecurityClass.BOND}
    if not bonds:
        return {}, {}
    try:
        file, rows = rows_on(day, conf.INTEREST)
    except NotHere:
        return {}, {}
    return {conf.INTEREST: file.pk}, interests_in(rows, securities=bonds, day=day)


def amounts_in(rows: Iterable[Row], column: str, *, signed: bool = False) -> dict[str, Decimal]:
    """By account, the sum of a column in CNY. Raises NotAnAmount, and BadRow for parts of a fen, or a sign where none may be."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        amount = parse_amount(row[column])
        if amount != CENT(amount) or (amount < 0 and not signed):
            raise row.refuse(column, "is no amount in whole fen" if signed else "is no amount in whole fen without sign")
        sums[row["Account"]] += CENT(amount)
    return dict(sums)


@dataclass(frozen=True)
class Opening:
    """Reserve accounts before the net of the day, by account, with the files that said so."""

    positions: dict[str, Position]
    files: dict[str, int]


def opening_on(business_date: date, terms: PreclearingTerms) -> Opening:
    """The accounts of the table of units: balances of the trading day before, and what is pending. An account that the balances
    do not tell has nothing. Raises NotHere, UnreadableFile and BadRow, the last one for balances of another day."""
    file = file_of(conf.LINE, business_date, conf.BALANCES)
    before = previous_business_day(conf.CALENDAR, business_date)
    told = {}
    for row in cash_balances(table_of(file)):
        if row.as_of != before:
            raise BadRow(f"{file.name}: row {row.row_no}, RQ: balances are those of {before.isoformat()}")
        told[row.cash_account] = row
    pending_file, rows = rows_on(business_date, conf.PENDING)
    pending = amounts_in(rows, "Amount")
    positions = {}
    for account in sorted({one.account for one in on(terms.units, business_date)}):
        one = told.get(account)
        positions[account] = Position(
            balance=one.balance if one else NOTHING,
            min_reserve=one.min_reserve if one else NOTHING,
            frozen=one.frozen if one else NOTHING,
            pending=pending.get(account, NOTHING),
        )
    return Opening(positions, {conf.BALANCES: file.pk, conf.PENDING: pending_file.pk})


def legs_of(file: ArrivedFile) -> list[Leg]:
    """All rows of a file of details. Raises UnreadableFile and CannotNormalise."""
    return details_in(file).legs


def nets_of(legs: Iterable[Leg]) -> dict[str, Net]:
    """By cash account."""
    found: dict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        found[leg.cash_account].append(leg)
    return {
        account: Net(net=_sum(one.net_cash for one in rows), fees=_sum(fees_in(one) for one in rows), rows=len(rows))
        for account, rows in found.items()
    }


def fees_in(leg: Leg) -> Decimal:
    """Fees of a detail, < 0."""
    return leg.fee_stamp + leg.fee_handling + leg.fee_regulatory + leg.fee_transfer + leg.fee_settlement


def own_nets(run_id: int) -> dict[str, Net]:
    """The own forecast by cash account, as it was kept. One query."""
    rows = PreclearingAccount.objects.filter(run_id=run_id)
    return {one.account: Net(net=one.own_net, fees=one.own_fees_forecast, rows=one.own_rows) for one in rows}


def guaranteed_on(business_date: date) -> tuple[ArrivedFile, list[Leg]]:
    """Final details of the guaranteed net that is cleared on the day. Raises NotHere, UnreadableFile and CannotNormalise."""
    file = file_of(conf.LINE, business_date, conf.FINAL)
    return file, guaranteed_in(file, business_date)


def guaranteed_in(file: ArrivedFile, business_date: date) -> list[Leg]:
    """What of final details is the guaranteed net that is cleared on the day. Raises UnreadableFile and CannotNormalise."""
    return [one for one in legs_of(file) if one.guarantee is Guarantee.CCP_NET and one.clear_date == business_date]


def reported_details(run_id: int) -> ArrivedFile | None:
    """The final details that the figures of the run were made of; None before them. Two queries."""
    account = PreclearingAccount.objects.filter(run_id=run_id).order_by("pk").first()
    key = account.files.get(conf.FINAL) if account is not None else None
    return ArrivedFile.objects.get(pk=key) if key is not None else None


def line_of(leg: Leg, terms: PreclearingTerms, day: date) -> Line:
    """A detail as a line of the variance; a type that no row names is a later batch."""
    rule = terms.type_of(leg.biz_type, day)
    key = leg.ref_no, leg.account, leg.security
    cause = rule.cause if rule else Cause.LATER
    return Line(account=leg.cash_account, key=key, net=leg.net_cash, fees=fees_in(leg), cause=cause)


def forecast_lines(run_id: int, terms: PreclearingTerms, day: date) -> list[Line]:
    """What the forecast was made of: the first batch that was read then, or the own executions."""
    account = PreclearingAccount.objects.filter(run_id=run_id).order_by("pk").first()
    if account is not None and account.basis == Basis.CSDC:
        file = ArrivedFile.objects.get(pk=account.files[conf.FIRST])
        return [line_of(leg, terms, day) for leg in legs_of(file)]
    rows = PreclearingTrade.objects.filter(run_id=run_id)
    return [
        Line(account=one.cash_account, key=(one.ref_no, one.account, one.security), net=one.net, fees=one.fees)
        for one in rows.iterator()
    ]


def own_fees_of(legs: Iterable[Leg], terms: PreclearingTerms, day: date) -> tuple[dict[str, Decimal], dict[str, int]]:
    """By cash account, what our fee table charges for the rows whose fees it knows, and for how many rows it does not.

    For a row that it does not know, what the depository charged counts: there is nothing to compare it with.
    """
    held = rates_in_force(day)
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    unknown: dict[str, int] = defaultdict(int)
    for leg in legs:
        rule, kind = terms.type_of(leg.biz_type, day), terms.class_of(leg.security, day)
        if rule is None or not rule.charged or kind is None or leg.side not in ("B", "S"):
            sums[leg.cash_account] += fees_in(leg)
            unknown[leg.cash_account] += rule is None or rule.charged
            continue
        side = Side.BUY if leg.side == "B" else Side.SELL
        fees = fees_on(abs(leg.principal), held=held, security_class=kind, side=side, day=day)
        sums[leg.cash_account] += fees_in(leg) if fees.unknown else fees.total
        unknown[leg.cash_account] += bool(fees.unknown)
    return dict(sums), dict(unknown)


def locks_on(business_date: date, bought: Iterable[Leg], terms: PreclearingTerms) -> tuple[ArrivedFile, dict[str, int]]:
    """By cash account, rows of `qtsl` that lock a security which was bought on the day. Raises NotHere and BadRow."""
    file, rows = rows_on(business_date, conf.QUANTITIES)
    accounts = {(one.account, one.unit, one.security): one.cash_account for one in bought if one.side == "B"}
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        account = accounts.get((row["ZQZH"], row["XWH"], row["ZQDM"]))
        if account is not None and row["SJLX"] in terms.locks:
            found[account] += 1
    return file, dict(found)


def final_of(
    run_id: int, legs: list[Leg], locked: Mapping[str, int], terms: PreclearingTerms, day: date
) -> tuple[dict[str, Final], int]:
    """The final figures of each account of the run, and for how many rows the fee table knows no fee."""
    nets, (own_fees, unknown) = nets_of(legs), own_fees_of(legs, terms, day)
    causes = causes_of(forecast_lines(run_id, terms, day), (line_of(leg, terms, day) for leg in legs))
    turnovers: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for leg in legs:
        turnovers[leg.cash_account] += abs(leg.principal)
    found = {}
    for row in PreclearingAccount.objects.filter(run_id=run_id).order_by("pk"):
        net, turnover = nets.get(row.account, Net()), turnovers[row.account]
        tolerance = tolerance_of(turnover, floor=terms.floor, share=terms.share)
        found[row.account] = Final(
            net=net,
            own_fees=own_fees.get(row.account, NOTHING),
            turnover=turnover,
            tolerance=tolerance,
            causes=causes.get(row.account, {}),
            locked=locked.get(row.account, 0),
            fits=abs(net.net - row.pre_net) <= tolerance,
        )
    return found, sum(unknown.values())


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def _count_of(day: date, state: AccountState) -> dict[int, int]:
    rows = PreclearingAccount.objects.filter(business_date=day, state=state).order_by("line_id", "run_id")
    counts = rows.values_list("line_id", "run_id").annotate(accounts=Count("pk"))
    return {line_id: accounts for line_id, _run, accounts in counts}


def short_of_lines(day: date) -> dict[int, int]:
    """How many accounts of the day's newest run are short at the fund check, by the key of the business line. One query."""
    return _count_of(day, AccountState.SHORT)


def outside_of_lines(day: date) -> dict[int, int]:
    """How many accounts of the day's newest run ended outside the tolerance, by the key of the business line. One query."""
    return _count_of(day, AccountState.FINAL_DIFF)


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY. `trades`: the largest own executions."""

    accounts: list[PreclearingAccount]
    trades: list[PreclearingTrade]
    own_rows: int

    @property
    def basis(self) -> str:
        return str(Basis(self.accounts[0].basis).label) if self.accounts[0].basis else ""

    @property
    def own_net(self) -> Decimal:
        return _sum(one.own_net for one in self.accounts)

    @property
    def pre_net(self) -> Decimal:
        return _sum(one.pre_net for one in self.accounts)

    @property
    def top_up(self) -> Decimal:
        return _sum(one.top_up for one in self.accounts)

    @property
    def sent(self) -> Decimal:
        return _sum(one.amount for one in self.accounts if one.is_sent)

    @property
    def final_net(self) -> Decimal | None:
        said = [one.final_net for one in self.accounts if one.final_net is not None]
        return _sum(said) if said else None

    @property
    def variance(self) -> Decimal | None:
        return None if self.final_net is None else self.final_net - self.pre_net

    @property
    def short(self) -> int:
        return sum(one.state == AccountState.SHORT for one in self.accounts)

    @property
    def outside(self) -> int:
        return sum(one.state == AccountState.FINAL_DIFF for one in self.accounts)

    @property
    def locked(self) -> int:
        return sum(one.locked for one in self.accounts)


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None before its forecast. Three queries."""
    accounts = list(PreclearingAccount.objects.filter(run_id=run_id).order_by("account"))
    if not accounts:
        return None
    trades = PreclearingTrade.objects.filter(run_id=run_id)
    largest = trades.order_by(Abs("principal").desc(), "pk")[:LISTED]
    return Figures(accounts, list(largest), trades.count())


def corrected_tables() -> list[Corrected]:
    """Own executions and the final details of the guaranteed net, as corrected files reverse them.

    Not the first batch: what was sent because of it is not computed again, and a later one shows as variance.
    """
    facts: dict[str, Any] = {"line": conf.LINE, "outgoing": conf.OUTGOING, "key": ("ref_no", "account", "security")}
    facts |= {"cash_account": "cash_account", "account": "account", "security": "security"}
    trades: dict[str, Any] = {"table": PreclearingTrade, "measures": TRADE_MEASURES, "words": ("unit", "security_class", "side")}
    details: dict[str, Any] = {"table": Obligation, "measures": MEASURES, "words": OBLIGATION}
    return [
        Corrected(**facts, **trades, files=(conf.OWN,), cash="net", quantity=None, read=_own_executions),
        Corrected(**facts, **details, files=(conf.FINAL,), cash="net_cash", quantity="quantity", read=_final_details),
    ]


def _own_executions(run: Run, file: ArrivedFile) -> Iterator[PreclearingTrade]:
    """What of the file counts by the terms of the run, with the interest that counts now."""
    day = run.business_date
    said = run.variables.get("terms")
    terms = PreclearingTerms.model_validate(said) if said else packaged_terms()
    executions = executions_in(rows_in(file))
    _file, interests = interests_on(day, executions, terms)
    trades, _findings = forecast_of(executions, terms=terms, held=rates_in_force(day), day=day, interests=interests)
    return trades_in(run, file, trades)


def _final_details(run: Run, file: ArrivedFile) -> Iterator[Obligation]:
    return obligations_in(run.pk, file, guaranteed_in(file, run.business_date))
