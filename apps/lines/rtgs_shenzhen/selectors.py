"""What the steps of gross settlement in Shenzhen compute with, and the figures that the run page shows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, QuerySet

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.lines.core.balances import Holding
from apps.lines.core.details import day_of
from apps.lines.core.layouts import Row
from apps.lines.corrections.conf import Corrected
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs.core.queue import Instruction, Simulation, need_at_end_of_day, simulate
from apps.lines.rtgs.selectors import MEASURES, OBLIGATION, holdings_of
from apps.lines.rtgs_shenzhen import conf
from apps.lines.rtgs_shenzhen.core.rows import REAL_TIME, Outcome, details_in, instructions_in, outcomes_in, units
from apps.lines.rtgs_shenzhen.core.terms import GrossTerms
from apps.lines.rtgs_shenzhen.models import GrossNeed, GrossOutcome
from apps.lines.rtgs_shenzhen.store import layouts
from apps.lines.selectors import bytes_of, fen_sum, file_of, money_total, table_of, yuan_of
from apps.lines.states import SETTLED_STATES, InstructionState
from apps.lines.store import obligations_in

LISTED = 20
INSTRUCTIONS, DETAILS, RESULTS = "szrtzl", "sjsmx0", "sjsjg"
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
QUEUED = frozenset({InstructionState.QUEUED, InstructionState.CASH_SHORT, InstructionState.SEC_SHORT})
"""Admitted, and not settled in real time yet."""

_NEEDED = (
    "pk",
    "net_cash",
    "account",
    "unit",
    "security",
    "quantity",
    "trade_time",
    "result__is_confirmed",
    "record_type",
    "cash_account",
)


def packaged_terms() -> GrossTerms:
    """Terms of the decision model that ships with the product; a run asks that of its version."""
    return GrossTerms.model_validate(dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "gross_terms", {}))


def rows_on(business_date: date, code: str) -> tuple[ArrivedFile, list[Row]]:
    """The rows of a file by its layout. Raises NotHere, UnreadableFile and BadRow."""
    file = file_of(conf.LINE, business_date, code)
    return file, rows_in(file)


def rows_in(file: ArrivedFile) -> list[Row]:
    """The rows of one file of the line. Raises UnreadableFile and BadRow."""
    layout = layouts()[file.file_code]
    return layout.rows_of_table(table_of(file)) if layout.kind == "table" else layout.rows_of_text(bytes_of(file))


def holdings_in(rows: list[Row]) -> Iterator[Holding]:
    """SJSDZ as holdings; what is frozen is not in the file. Raises BadRow."""
    for row in rows:
        yield Holding(
            row_no=row.number,
            account=row["DZZQZH"],
            unit=row["DZTGDY"],
            security=row["DZZQDM"],
            nature=row["DZGFXZ"],
            total=units(row, "DZZYGS"),
            frozen=0,
            as_of=day_of(row["DZFSRQ"]),
        )


def balances_of(run_id: int) -> dict[str, tuple[Decimal, Decimal]]:
    """Balance and frozen amount of each reserve account now: the morning's, what was sent, what settled since. Two queries."""
    settled = SettlementResult.objects.filter(run_id=run_id, state__in=SETTLED_STATES, obligation__file_code=INSTRUCTIONS)
    since = dict(settled.values_list("obligation__cash_account").annotate(total=fen_sum("settled_cash")).order_by())
    return {
        one.cash_account: (one.balance + one.sent + yuan_of(since.get(one.cash_account)), one.frozen)
        for one in GrossNeed.objects.filter(run_id=run_id)
    }


@dataclass(frozen=True)
class Need:
    """The queue of one reserve account run to its rest, and what everything open comes to. CNY."""

    simulation: Simulation
    payable: Decimal
    receivable: Decimal
    need_eod: Decimal

    def figures(self) -> dict[str, Decimal]:
        need_now = self.simulation.need_now
        return {"payable": self.payable, "receivable": self.receivable, "need_now": need_now, "need_eod": self.need_eod}


def needs_of(run_id: int) -> dict[str, Need]:
    """What each reserve account needs as the queue stands now. Real time queues; the gross run counts at the end. Six queries.

    Receipts that the counterparty has not confirmed are not expected.
    """
    wanted = [*QUEUED, InstructionState.EOD_RETRY]
    rows = Obligation.objects.filter(result__run_id=run_id, file_code=INSTRUCTIONS, result__state__in=wanted)
    queues: dict[str, list[Instruction]] = defaultdict(list)
    pays: dict[str, Decimal] = defaultdict(Decimal)
    receives: dict[str, Decimal] = defaultdict(Decimal)
    for key, cash, account, unit, security, quantity, time, confirmed, mode, reserve in rows.values_list(*_NEEDED).iterator():
        if cash < 0:
            pays[reserve] -= cash
        elif confirmed:
            receives[reserve] += cash
        if mode == REAL_TIME:
            place = account, unit, security
            one = Instruction(ref=f"{key:012}", cash=cash, key=place, quantity=quantity, time=time, confirmed=confirmed)
            queues[reserve].append(one)
    held = holdings_of(run_id)
    return {
        reserve: Need(
            simulate(queues[reserve], balance=balance, frozen=frozen, securities=held),
            pays[reserve],
            receives[reserve],
            need_at_end_of_day(pays[reserve], receives[reserve], balance - frozen),
        )
        for reserve, (balance, frozen) in balances_of(run_id).items()
    }


def outcomes_of(run_id: int) -> QuerySet[GrossOutcome]:
    return GrossOutcome.objects.filter(run_id=run_id).order_by("pk")


def failed_of(run_id: int) -> QuerySet[GrossOutcome]:
    """Outcomes that a person must decide, or has decided."""
    return outcomes_of(run_id).filter(is_settled=False)


def kept_outcomes(run_id: int) -> list[Outcome]:
    """The outcomes that the run holds, as the core takes them. One query."""
    names = tuple(Outcome.__slots__)
    return [Outcome(**dict(zip(names, row, strict=True))) for row in outcomes_of(run_id).values_list(*names)]


def undecided_of_lines(day: date) -> dict[int, int]:
    """How many failed trades of the day nobody has decided about, by the key of the business line: of its newest run.

    Two queries.
    """
    of_day = GrossOutcome.objects.filter(business_date=day).order_by()
    newest = [run for _line, run in of_day.values_list("line_id").annotate(Max("run"))]
    rows = of_day.filter(run__in=newest, is_settled=False, decision="")
    return dict(rows.values_list("line_id").annotate(Count("pk")))


@dataclass(frozen=True)
class StateFigures:
    """The instructions of the run in one state; `rows` are the first of them, each with its file and row. `cash` is CNY net."""

    label: str
    count: int
    cash: Decimal
    rows: list[SettlementResult]


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY. Needs are summed over the reserve accounts; none nets another."""

    instructions: int
    matched: int
    failed: int
    undecided: int
    settled_cash: Decimal
    need_now: Decimal
    need_eod: Decimal
    sent: Decimal
    needs: list[GrossNeed]
    states: list[StateFigures]
    failures: list[GrossOutcome]


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None when it has no instructions yet. A query for each state, and six more."""
    rows = SettlementResult.objects.filter(run_id=run_id)
    counts = rows.values_list("state", "closed_as").annotate(Count("pk"), cash=fen_sum("obligation__net_cash")).order_by("state")
    states = [_state(rows, state, closed_as, count, cash) for state, closed_as, count, cash in counts]
    if not states:
        return None
    needs = list(GrossNeed.objects.filter(run_id=run_id).select_related("file"))
    failed = failed_of(run_id)
    return Figures(
        instructions=sum(one.count for one in states),
        matched=rows.filter(is_matched=True).count(),
        failed=failed.count(),
        undecided=failed.filter(decision="").count(),
        settled_cash=money_total(rows, "settled_cash"),
        need_now=sum((one.need_now for one in needs), Decimal(0)),
        need_eod=sum((one.need_eod for one in needs), Decimal(0)),
        sent=sum((one.sent for one in needs), Decimal(0)),
        needs=needs,
        states=states,
        failures=list(failed.select_related("file")[:LISTED]),
    )


def _state(rows: QuerySet[SettlementResult], state: str, closed_as: str, count: int, cash: int | None) -> StateFigures:
    label = str(InstructionState(closed_as or state).label)
    of_state = rows.filter(state=state, closed_as=closed_as).select_related("obligation__file").order_by("pk")
    return StateFigures(label, count, yuan_of(cash), list(of_state[:LISTED]))


def corrected_tables() -> list[Corrected]:
    """Instructions, details and results of this line, as corrected files reverse them. Of results only what settled moves."""
    facts: dict[str, Any] = {"line": conf.LINE, "outgoing": conf.OUTGOING, "cash": "net_cash", "cash_account": "cash_account"}
    facts |= {"account": "account", "security": "security"}
    due: dict[str, Any] = {"table": Obligation, "key": ("record_type", "ref_no", "account"), "quantity": "quantity"}
    due |= {"measures": MEASURES, "words": OBLIGATION}
    return [
        Corrected(**facts, **due, files=(INSTRUCTIONS,), read=_instructions),
        Corrected(**facts, **due, files=(DETAILS,), read=_details),
        Corrected(
            **facts,
            files=(RESULTS,),
            table=GrossOutcome,
            key=("serial", "trade_no", "account"),
            measures=("quantity", "settled_qty", "net_cash"),
            words=("biz_type", "unit", "mode", "is_settled", "code"),
            quantity="settled_qty",
            settles=_is_settled,
            read=_outcomes,
        ),
    ]


def _instructions(run: Run, file: ArrivedFile) -> Iterator[Obligation]:
    return obligations_in(run.pk, file, instructions_in(rows_in(file), run.business_date))


def _details(run: Run, file: ArrivedFile) -> Iterator[Obligation]:
    return obligations_in(run.pk, file, details_in(rows_in(file), run.business_date).legs)


def _outcomes(run: Run, file: ArrivedFile) -> Iterator[GrossOutcome]:
    """Of the types that the run's terms name, and that its details have, as its own comparison takes them."""
    said = run.variables.get("terms")
    terms = GrossTerms.model_validate(said) if said else packaged_terms()
    listed = Obligation.objects.filter(run=run, file_code=DETAILS).values_list("biz_type", flat=True)
    types = terms.types_on(run.business_date).keys() | set(listed)
    trail = {"run_id": run.pk, "line_id": file.line_id, "business_date": run.business_date, "file_id": file.pk}
    return (GrossOutcome(**trail, **asdict(one)) for one in outcomes_in(rows_in(file), types))


def _is_settled(row: GrossOutcome) -> bool:
    return row.is_settled
