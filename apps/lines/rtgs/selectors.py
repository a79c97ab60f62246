"""Figures of gross settlement: what the queue needs, and what the run page shows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.core.balances import NON_GUARANTEED
from apps.lines.corrections.conf import Corrected
from apps.lines.models import CashPosition, Obligation, SecurityPosition, SettlementResult
from apps.lines.rtgs import conf
from apps.lines.rtgs.core.queue import Instruction, Outcome, SecurityKey, Simulation, simulate
from apps.lines.selectors import details_in, fen_sum, money_total, yuan_of
from apps.lines.states import OPEN_STATES, SETTLED_CODE, SETTLED_STATES, InstructionState
from apps.lines.store import obligations_in

LISTED = 20

_NEEDED = (
    "pk",
    "net_cash",
    "account",
    "unit",
    "security",
    "quantity",
    "trade_time",
    "result__is_confirmed",
)


def instructions_in(run_id: int, states: frozenset[InstructionState] = OPEN_STATES) -> Iterator[Instruction]:
    """The run's instructions in these states as the queue takes them; references are the obligations' ids. One query."""
    rows = Obligation.objects.filter(result__run_id=run_id, result__state__in=states).values_list(*_NEEDED)
    for key, cash, account, unit, security, quantity, time, confirmed in rows.iterator():
        yield Instruction(
            ref=f"{key:012}",
            cash=cash,
            key=(account, unit, security),
            quantity=quantity,
            time=time,
            confirmed=confirmed,
        )


def cash_of(run_id: int) -> tuple[Decimal, Decimal]:
    """Balance and frozen amount of the non-guaranteed reserve now: the market's figure and what settled since. Two queries."""
    opening = CashPosition.objects.filter(run_id=run_id, account_class=NON_GUARANTEED)
    start = opening.aggregate(balance=fen_sum("balance"), frozen=fen_sum("frozen"))
    return yuan_of(start["balance"]) + money_total(_settled(run_id), "settled_cash"), yuan_of(start["frozen"])


def holdings_of(run_id: int) -> dict[SecurityKey, int]:
    """What each account may deliver now: total less frozen, and what settled since. Two queries."""
    held: dict[SecurityKey, int] = defaultdict(int)
    opening = SecurityPosition.objects.filter(run_id=run_id)
    for account, unit, security, total, frozen in opening.values_list("account", "unit", "security", "total", "frozen"):
        held[account, unit, security] += total - frozen
    since = _settled(run_id).values_list("obligation__account", "obligation__unit", "obligation__security", "settled_qty")
    for account, unit, security, quantity in since:
        held[account, unit, security] += quantity
    return dict(held)


def simulation_of(run_id: int) -> Simulation:
    """The queue of the run as it stands now, run to its rest. Five queries."""
    balance, frozen = cash_of(run_id)
    return simulate(instructions_in(run_id), balance=balance, frozen=frozen, securities=holdings_of(run_id))


def _settled(run_id: int) -> QuerySet[SettlementResult]:
    return SettlementResult.objects.filter(run_id=run_id, state__in=SETTLED_STATES)


@dataclass(frozen=True)
class ShortInstruction:
    """One line of the short list; `need` is CNY."""

    ref_no: str
    account: str
    security: str
    payable: Decimal
    need: Decimal


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY."""

    instructions: int
    matched: int
    ticked: int
    settled: int
    failed: int
    open: int
    settled_cash: Decimal
    balance: Decimal
    need_now: Decimal
    need_eod: Decimal
    cash_short: list[ShortInstruction]


def figures_of(run_id: int, variables: dict[str, Any] | None = None) -> Figures | None:
    """The figures of a run of this line, or None when it has no instructions yet. At most six queries.

    `variables` are the run's: the need is what the last simulation wrote there.
    """
    rows = SettlementResult.objects.filter(run_id=run_id)
    counts: dict[str, int] = defaultdict(int)
    for state, closed_as, count in rows.values_list("state", "closed_as").annotate(Count("pk")).order_by():
        counts[closed_as or state] += count
    if not counts:
        return None
    short = rows.filter(outlook=Outcome.CASH_SHORT, state__in=OPEN_STATES).select_related("obligation")
    said = variables or {}
    return Figures(
        instructions=sum(counts.values()),
        matched=rows.filter(is_matched=True).count(),
        ticked=rows.filter(batch__gt=0).count(),
        settled=sum(counts[state] for state in SETTLED_STATES),
        failed=counts[InstructionState.FAILED],
        open=sum(counts[state] for state in (*OPEN_STATES, InstructionState.EOD_RETRY)),
        settled_cash=money_total(rows, "settled_cash"),
        balance=cash_of(run_id)[0],
        need_now=_amount(said.get("need_now")),
        need_eod=_amount(said.get("need_eod")),
        cash_short=[
            ShortInstruction(
                row.obligation.ref_no,
                row.obligation.account,
                row.obligation.security,
                -row.obligation.net_cash,
                row.need,
            )
            for row in short.order_by("obligation_id")[:LISTED]
        ],
    )


OBLIGATION = (
    "market", "guarantee", "participant", "unit", "counterparty_unit", "security", "biz_type", "side",
    "trade_date", "clear_date", "settle_date", "order_no", "group_no", "result_code",
)  # fmt: skip
MEASURES = (
    "quantity", "principal", "net_cash",
    "fee_stamp", "fee_handling", "fee_regulatory", "fee_transfer", "fee_settlement", "fee_other",
)  # fmt: skip


def corrected_tables() -> list[Corrected]:
    """Instructions and details of this line, as corrected files reverse them: what is due moves, and what has settled."""
    facts: dict[str, Any] = {
        "line": conf.LINE,
        "table": Obligation,
        "key": ("record_type", "ref_no", "account"),
        "measures": MEASURES,
        "words": OBLIGATION,
        "cash": "net_cash",
        "quantity": "quantity",
        "cash_account": "cash_account",
        "account": "account",
        "security": "security",
        "read": _obligations,
        "outgoing": conf.OUTGOING,
    }
    return [Corrected(**facts, files=("jsmx_10",)), Corrected(**facts, files=("jsmx",), settles=_settles)]


def _obligations(run: Run, file: ArrivedFile) -> Iterator[Obligation]:
    return obligations_in(run.pk, file, details_in(file).legs)


def _settles(row: Obligation) -> bool:
    """Results and guaranteed details with the code of success; a listed instruction moves nothing of itself."""
    return row.record_type in ("001", "003") and row.result_code == SETTLED_CODE


def _amount(text: Any) -> Decimal:
    return Decimal(str(text)) if text not in (None, "") else Decimal(0)
