"""Automatic steps of bond lending (L07) in the evening: kinds of rows, what they mean, outcomes, comparison."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.bond_lending import conf, store
from apps.lines.bond_lending.core import comparing as sides
from apps.lines.bond_lending.core.evening import Outcome, paid_fee
from apps.lines.bond_lending.core.opened import RESULT, SETTLED, TRANSFER, Sorted, answers_in, kinds_of, settled_legs
from apps.lines.bond_lending.handlers.common import SHOWN, Evaluated, WithMeanings
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration
from apps.lines.bond_lending.selectors import evening_of, market_on, open_rows_on, own_book_of
from apps.lines.bond_lending.states import ContractState, ContractType, DeclarationState, Origin
from apps.lines.core.balances import movements_by_holding, movements_by_voucher
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.lines.models import Obligation
from apps.lines.selectors import cash_by_voucher, file_of, table_of
from apps.recon.core.matcher import Item, compare, joined

MOST_KINDS = 500
"""A file with more combinations of codes than this is none of the market's."""


class Compare(Evaluated):
    details: str = Field("jsmx", description="Code of the settlement details")


@handles("lending.read_kinds", title=gettext_noop("List the kinds of open contracts"))
@answers_for_files
def read_kinds(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The combinations of codes in the market's open contracts: what the decision table is asked."""
    rows = open_rows_on(context.business_date)
    kinds = kinds_of(rows)
    if len(kinds) > MOST_KINDS:
        return Failed(_("wdq has %(count)s combinations of codes.") % {"count": len(kinds)})
    return Finished({"rows": len(rows), "kinds": [kind.as_json() for kind in kinds]})


@handles("lending.check_rows", title=gettext_noop("Check class, code and duplicates"), parameters=WithMeanings)
@answers_for_files
def check_rows(context: StepContext, parameters: WithMeanings) -> Finished | Failed:
    """Rows that the table does not know and rows that came twice are stopped and told; the others go on."""
    market = market_on(context.business_date, parameters.known())
    stopped = [
        {"row": row.row_no, "contract": row.number, "class": row.kind.contract_class, "code": row.kind.code, "why": why}
        for row, why in market.stopped
    ]
    return Finished(
        {
            "stopped": len(stopped),
            "stopped_rows": stopped[:SHOWN],
            "lendings": sum(kind == ContractType.BOND_LENDING for kind in market.types.values()),
            "repos": sum(kind == ContractType.PROTOCOL_REPO for kind in market.types.values()),
            "linked": len(market.linked),
        }
    )


@handles("lending.compute", title=gettext_noop("Compute contracts, fees and collateral"), parameters=Evaluated)
@answers_for_files
def compute(context: StepContext, parameters: Evaluated) -> Finished | Failed:
    """What became of every contract, its fee and its collateral ratio; an earlier try of it is replaced."""
    day = context.business_date
    answers = answers_in(table_of(file_of(conf.LINE, day, "ywhb")))
    store.keep_answers(context.run_id, answers)
    outcomes, _market = _evening(context, parameters)
    store.keep_evening(
        run=Run.objects.get(pk=context.run_id),
        own_file=file_of(conf.LINE, day, "zyjdhy"),
        market_file=file_of(conf.LINE, day, "wdq"),
        outcomes=outcomes,
    )
    rows = LendingContract.objects.filter(run_id=context.run_id)
    declared = LendingDeclaration.objects.filter(run_id=context.run_id)
    fees = sum((paid_fee(one) for one in outcomes), Decimal(0))
    return Finished(
        {
            "started": sum(one.move == "start" for one in outcomes),
            "returned": sum(one.move == "return" for one in outcomes),
            "rolled": sum(one.move == "roll" for one in outcomes),
            "defaults": rows.filter(state=ContractState.DEFAULT).count(),
            "short": rows.filter(is_short=True).count(),
            "refused": declared.filter(state=DeclarationState.REFUSED).count(),
            "unanswered": declared.filter(state=DeclarationState.SENT).count(),
            "strange": rows.filter(origin=Origin.MARKET).count(),
            "fees": f"{fees:.2f}",
        }
    )


def _evening(context: StepContext, parameters: Evaluated) -> tuple[list[Outcome], Sorted]:
    day = context.business_date
    market = market_on(day, parameters.known())
    answers = answers_in(table_of(file_of(conf.LINE, day, "ywhb")))
    evening = evening_of(context.run_id, day, parameters.conventions.known(), answers)
    return evening.outcomes(own_book_of(context.run_id), market), market


@handles("lending.reconcile", title=gettext_noop("Compare contracts with the market"), parameters=Compare)
@answers_for_files
def reconcile(context: StepContext, parameters: Compare) -> Finished | Failed:
    """Contracts and collateral against wdq both ways, bonds against zqbd, fees against jsmx, jsmx against zjbd."""
    day = context.business_date
    outcomes, market = _evening(context, parameters)
    legs = settled_legs(table_of(file_of(conf.LINE, day, parameters.details)))
    moved = movements_by_holding(table_of(file_of(conf.LINE, day, "zqbd")), kind=TRANSFER)
    posted = movements_by_voucher(table_of(file_of(conf.LINE, day, "zjbd")))
    results = Obligation.objects.filter(run_id=context.run_id, file_code=parameters.details, record_type=RESULT)
    paying = results.filter(result_code=SETTLED).exclude(net_cash=0)
    breaks = [
        keep_comparison(context, sides.CONTRACTS, compare(sides.own_contracts(outcomes), sides.their_contracts(market))),
        keep_comparison(context, sides.PLEDGES, compare(sides.own_pledges(outcomes), sides.their_pledges(market))),
        keep_comparison(context, sides.MOVEMENTS, compare(sides.own_movements(outcomes), _quantities(moved))),
        keep_comparison(context, sides.FEES, compare(sides.own_fees(outcomes), sides.their_fees(legs))),
        keep_comparison(
            context,
            f"{parameters.details} / zjbd",
            compare(cash_by_voucher(paying), {joined(*key): Item(amount=amount) for key, amount in posted.items()}),
        ),
    ]
    return Finished({"breaks": sum(breaks), "comparisons": len(breaks)})


def _quantities(moved: dict[tuple[str, str, str], int]) -> dict[str, Item]:
    return {joined(*key): Item(quantity=change) for key, change in moved.items()}
