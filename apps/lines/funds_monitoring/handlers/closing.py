"""Automatic steps of funds monitoring (L11) that end the settlement day: what is unlocked, and the summary."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.funds_monitoring.handlers.common import SHOWN, WithTerms, look_again
from apps.lines.funds_monitoring.models import FundsPosition
from apps.lines.funds_monitoring.selectors.figures import figures_of
from apps.lines.funds_monitoring.selectors.files import lock_states_on, locked_securities_on, settlement_day
from apps.lines.funds_monitoring.states import House
from apps.lines.handlers import answers_for_files


@handles("funds_watch.unlock", title=gettext_noop("Read what is unlocked"), parameters=WithTerms)
@answers_for_files
def unlock(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Accounts of Shenzhen that are still locked or that no batch told of, and rows of locked securities in both markets.

    An account of which the batches say that nothing was locked, and the result of the lock names securities, is told.
    """
    locked_rows = locked_securities_on(settlement_day(context.business_date), parameters.terms)
    look_again(context.run_id, parameters.terms)
    rows = FundsPosition.objects.filter(run_id=context.run_id, house=House.SHENZHEN).order_by("account")
    locked = [one for one in rows if one.is_locked]
    silent = [one for one in rows if not one.batch]
    told = [
        _("%(account)s: still locked after batch %(batch)s.") % {"account": one.account, "batch": one.batch} for one in locked
    ]
    told += [_("%(account)s: no unlock batch tells of it.") % {"account": one.account} for one in silent]
    held = {one.account: one.locked_rows for one in rows if one.locked_rows}
    told += [
        _("%(account)s: %(rows)s rows of securities locked.") % {"account": name, "rows": rows_} for name, rows_ in held.items()
    ]
    states = lock_states_on(settlement_day(context.business_date))
    against = [name for name in held if states.get(name) == parameters.terms.nothing_locked]
    told += [_("%(account)s: the batch says that nothing was locked.") % {"account": name} for name in against]
    return Finished(
        {
            "locked": len(locked) + len(silent) + len(against),
            "locked_securities": locked_rows + sum(held.values()),
            "told": told[:SHOWN],
        }
    )


@handles("funds_watch.report", title=gettext_noop("Report the day of funds monitoring"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Totals of the settlement day; they stand in the journal with this step."""
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"accounts": 0})
    counts = {name: getattr(figures, name) for name in ("accounts", "green", "amber", "red", "black")}
    return Finished(counts | {name: f"{getattr(figures, name):.2f}" for name in ("due", "sent", "arrived", "shortfall")})
