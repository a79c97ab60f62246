"""The only writer of this line's tables, and the layouts of its files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.agency.core.funding import Agreed
from apps.lines.core.details import Leg
from apps.lines.core.layouts import Layout
from apps.lines.models import Obligation
from apps.lines.preclearing.core.forecast import Position
from apps.lines.preclearing.core.own import OwnTrade
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from apps.lines.preclearing.states import ACCOUNT_MOVES, FORECAST_STATES, Basis, Cause
from apps.lines.store import chunks, packaged_layouts, replace_obligations


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("preclearing")


@dataclass(frozen=True, kw_only=True)
class Net:
    """What one account settles: sum of nets, sum of fees (< 0), and of how many rows."""

    net: Decimal = Decimal("0.00")
    fees: Decimal = Decimal("0.00")
    rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Final:
    """The end of the day of an account. `own_fees`: of the same rows, by our fee table."""

    net: Net
    own_fees: Decimal
    turnover: Decimal
    tolerance: Decimal
    causes: Mapping[Cause, Decimal]
    locked: int
    fits: bool


def is_funded(run_id: int) -> bool:
    """Whether the top-ups are out: from then on the forecast is what it is."""
    return PreclearingAccount.objects.filter(run_id=run_id).exclude(state__in=FORECAST_STATES).exists()


@transaction.atomic
def replace_forecast(
    run: Run,
    positions: Mapping[str, Position],
    trades: Iterable[OwnTrade],
    own: Mapping[str, Net],
    *,
    trades_file: ArrivedFile,
    files: Mapping[str, int],
) -> None:
    """Accounts with their own forecast, and the trades it was made of, instead of what the run held; not after the sending."""
    if is_funded(run.pk):
        return
    trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date}
    PreclearingTrade.objects.filter(run=run).delete()
    PreclearingAccount.objects.filter(run=run).delete()
    for part in chunks(trades_in(run, trades_file, trades)):
        PreclearingTrade.objects.bulk_create(part)
    rows = [
        PreclearingAccount(
            **trail,
            account=account,
            files=dict(files),
            balance=one.balance,
            min_reserve=one.min_reserve,
            frozen=one.frozen,
            pending=one.pending,
            own_net=own.get(account, Net()).net,
            own_fees_forecast=own.get(account, Net()).fees,
            own_rows=own.get(account, Net()).rows,
        )
        for account, one in sorted(positions.items())
    ]
    PreclearingAccount.objects.bulk_create(rows)
    for row in rows:
        _keep_basis(row, Basis.OWN, own.get(row.account, Net()))


def trades_in(run: Run, file: ArrivedFile, trades: Iterable[OwnTrade]) -> Iterator[PreclearingTrade]:
    """Own executions of a file as rows that nobody has kept yet."""
    trail = {"run": run, "line_id": run.line_id, "business_date": run.business_date, "file": file}
    return (PreclearingTrade(**trail, **_columns(one)) for one in trades)


def post_final(run_id: int, file: ArrivedFile, legs: Iterable[Leg]) -> int:
    """The details that the reported figures are made of, once a run: from then on they are corrected, not read again.

    Gives how many were posted now.
    """
    if Obligation.objects.filter(run_id=run_id, file_code=file.file_code).exists():
        return 0
    return replace_obligations(run_id=run_id, file=file, legs=legs)


@transaction.atomic
def keep_first(run_id: int, first: Mapping[str, Net], files: Mapping[str, int]) -> None:
    """The first batch of the depository is what the top-up is computed from; not after the sending."""
    if is_funded(run_id):
        return
    for row in PreclearingAccount.objects.select_for_update().filter(run_id=run_id):
        said = first.get(row.account, Net())
        row.first_net, row.files = said.net, row.files | dict(files)
        row.save(update_fields=["first_net", "files"])
        _keep_basis(row, Basis.CSDC, said)


@transaction.atomic
def keep_own(run_id: int, own: Mapping[str, Net]) -> None:
    """The own forecast is what the top-up is computed from, because the first batch is not here or cannot be used."""
    if is_funded(run_id):
        return
    for row in PreclearingAccount.objects.select_for_update().filter(run_id=run_id):
        row.first_net = None
        row.save(update_fields=["first_net"])
        _keep_basis(row, Basis.OWN, own.get(row.account, Net()))


def _keep_basis(row: PreclearingAccount, basis: Basis, said: Net) -> None:
    row.basis, row.pre_net, row.pre_fees, row.pre_rows = basis, said.net, said.fees, said.rows
    row.top_up = row.position.top_up(said.net)
    row.save(update_fields=["basis", "pre_net", "pre_fees", "pre_rows", "top_up"])
    move(f"forecast_{basis.value}", [row.pk])


def move(name: str, account_ids: Iterable[int], **columns: Any) -> int:
    """Moves the accounts that stand where this move may begin; the others stay. Gives how many moved."""
    legal = ACCOUNT_MOVES[name]
    rows = PreclearingAccount.objects.filter(pk__in=list(account_ids), state__in=legal.sources)
    return rows.update(state=legal.target, **columns)


@transaction.atomic
def keep_agreed(run_id: int, agreed: Iterable[Agreed]) -> None:
    """What is sent to each account instead of an earlier answer; not after the sending."""
    rows = PreclearingAccount.objects.filter(run_id=run_id, is_sent=False)
    rows.update(amount=0, bank="")
    for one in agreed:
        rows.filter(account=one.account).update(amount=one.amount, bank=one.bank)


@transaction.atomic
def mark_funded(run_id: int) -> int:
    """Transfers are out, and every account waits for the fund check. Gives how many accounts."""
    rows = PreclearingAccount.objects.filter(run_id=run_id)
    rows.filter(amount__gt=0).update(is_sent=True)
    return move("fund", rows.values_list("pk", flat=True))


@transaction.atomic
def keep_checked(run_id: int, balances: Mapping[str, Decimal], files: Mapping[str, int]) -> None:
    """What each account had at the fund check; an account that the query does not tell is short."""
    for row in PreclearingAccount.objects.select_for_update().filter(run_id=run_id):
        balance = balances.get(row.account)
        row.query_balance, row.files = balance, row.files | dict(files)
        row.save(update_fields=["query_balance", "files"])
        move("verify" if balance is not None and balance >= row.needed else "fall_short", [row.pk])


@transaction.atomic
def keep_final(run_id: int, final: Mapping[str, Final], files: Mapping[str, int]) -> None:
    """The final figures of each account and whether they fit the forecast."""
    for row in PreclearingAccount.objects.select_for_update().filter(run_id=run_id):
        said = final[row.account]
        row.final_net, row.final_fees, row.final_rows = said.net.net, said.net.fees, said.net.rows
        row.own_fees, row.turnover, row.tolerance, row.locked = said.own_fees, said.turnover, said.tolerance, said.locked
        row.causes = {cause.value: f"{amount:.2f}" for cause, amount in said.causes.items()}
        row.files = row.files | dict(files)
        row.save()
        move("match" if said.fits else "differ", [row.pk])


def keep_reason(run_id: int, reason: str) -> int:
    """Why accounts outside the tolerance are accepted. Gives how many."""
    return PreclearingAccount.objects.filter(run_id=run_id, state=ACCOUNT_MOVES["differ"].target).update(reason=reason[:300])


def _columns(one: OwnTrade) -> dict[str, Any]:
    said, fees = one.execution, one.fees
    return {
        "row_no": said.row_no,
        "cash_account": one.cash_account,
        "account": said.account,
        "unit": said.unit,
        "security": said.security,
        "security_class": one.security_class,
        "side": one.side,
        "quantity": said.quantity,
        "principal": one.principal,
        "interest": one.interest,
        "fee_stamp": fees.stamp,
        "fee_handling": fees.handling,
        "fee_regulatory": fees.regulatory,
        "fee_transfer": fees.transfer,
        "fee_other": fees.other,
        "net": one.net,
        "ref_no": said.ref_no,
    }
