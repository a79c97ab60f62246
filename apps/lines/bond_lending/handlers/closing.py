"""Automatic steps of bond lending (L07) that end the day: counter file and report."""

from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.kernel.ids import stable_key
from apps.lines.bond_lending import conf, store
from apps.lines.bond_lending.core.book import BORROWER
from apps.lines.bond_lending.models import LendingContract
from apps.lines.bond_lending.selectors import figures_of
from apps.lines.core.market.texts import bar
from apps.lines.handlers import send_lines


@handles("lending.send_result_file", title=gettext_noop("Send contracts to the counter"))
def send_result_file(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a contract with its final state and the fee it brings (> 0 to us), and one a bond of collateral."""
    rows = LendingContract.objects.filter(run_id=context.run_id).order_by("pk").prefetch_related("pledges")
    contracts, collateral = [], []
    for row in rows:
        fee = -(row.fee_due or 0) if row.side == BORROWER else row.fee_due or 0
        contracts.append(
            bar(
                row.contract_type,
                row.number,
                row.parent_number,
                row.account,
                row.security,
                row.side,
                row.quantity,
                f"{row.due_date:%Y%m%d}",
                row.closed_as or row.state,
                f"{fee:.2f}",
                "" if row.ratio is None else f"{row.ratio:.2f}",
            )
        )
        collateral += [bar(row.number, row.account, one.security, one.quantity_after) for one in row.pledges.all()]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"jdjg{context.run_id:06}", lines=contracts)
    beside = stable_key(context.key, "collateral")
    pledged = send_lines(context, key=beside, directory=conf.OUTGOING, code=f"jdzy{context.run_id:06}", lines=collateral)
    return Finished({"file": name, "rows": len(contracts), "collateral_file": pledged, "collateral_rows": len(collateral)})


@handles("lending.close", title=gettext_noop("Report and close the day"))
def close(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What ended is closed; totals of the day stand in the journal with this step."""
    closed = store.close_all(context.run_id)
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"closed": 0, "open": 0})
    return Finished(
        {
            "closed": closed,
            "open": figures.open,
            "defaults": figures.defaults,
            "lent": f"{figures.lent:.2f}",
            "borrowed": f"{figures.borrowed:.2f}",
            "received": f"{figures.received:.2f}",
            "paid": f"{figures.paid:.2f}",
        }
    )
