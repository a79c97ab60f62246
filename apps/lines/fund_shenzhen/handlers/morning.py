"""Automatic steps of fund settlement Shenzhen (L05) of the morning: what is carried over, confirmed, wrong, and due when."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import shift_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.fund_shenzhen import conf, store
from apps.lines.fund_shenzhen.core.amounts import FundFacts, difference_of, estimate_of, order_cash
from apps.lines.fund_shenzhen.core.checks import flaw_of
from apps.lines.fund_shenzhen.core.terms import FundTerms, Reading
from apps.lines.fund_shenzhen.handlers.common import SHOWN, WithTerms
from apps.lines.fund_shenzhen.models import FundItem
from apps.lines.fund_shenzhen.selectors import (
    announced_sums,
    clients_on,
    confirmed_on,
    due_sums,
    funds_on,
    items_of,
    of_the_day_before,
    reserves_on,
)
from apps.lines.fund_shenzhen.states import FATAL, FundFlaw
from apps.lines.handlers import answers_for_files, keep_comparison
from apps.recon.core.matcher import compare


@handles("fund_shenzhen.carry_over", title=gettext_noop("Carry over what is due or postponed"), parameters=WithTerms)
def carry_over(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """The amounts that the newest earlier run left open go on here, with the file and row they first came from."""
    readings = parameters.terms.readings
    carried = store.carry_over(Run.objects.select_related("process").get(pk=context.run_id))
    switched = {"register": Reading.REGISTER in readings, "exchange": Reading.EXCHANGE in readings}
    return Finished({"carried": carried, **switched})


@handles("fund_shenzhen.read_morning", title=gettext_noop("Read orders and confirmations"), parameters=WithTerms)
@answers_for_files
def read_morning(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Own orders, LOFJS and OFD_04 become amounts of this run, each of the readings that are switched on."""
    day, terms = context.business_date, parameters.terms
    files, rows = confirmed_on(day, terms)
    run = Run.objects.get(pk=context.run_id)
    count = store.replace_confirmed(run, files, rows, types=terms.types_on(day), clients=clients_on(day))
    return Finished({"amounts": count, "files": sorted(files)})


@handles("fund_shenzhen.check_morning", title=gettext_noop("Check funds, accounts, codes and amounts"), parameters=WithTerms)
@answers_for_files
def check_morning(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Type, fund, client, reserve account, return code, day, and units × value against the amount; each finding is told."""
    day, terms = context.business_date, parameters.terms
    _files, rows = confirmed_on(day, terms)
    funds, clients, reserves = funds_on(day), clients_on(day), reserves_on(day)[1].keys()
    said = {
        (one.file_code, one.row_no): flaw_of(one, terms=terms, day=day, funds=funds, clients=clients, reserves=reserves)
        for one in rows
    }
    items = list(items_of(context.run_id).filter(carried_from=None).exclude(file_code=store.ANNOUNCED))
    found = {one: flaw for one in items if (flaw := said.get((one.file_code, one.row_no)))}
    store.keep_flaws(context.run_id, {one.pk: flaw.value for one, flaw in found.items()})
    told = [
        _("%(serial)s (%(file)s, row %(row)s): %(flaw)s.")
        % {"serial": one.serial, "file": one.file_code, "row": one.row_no, "flaw": FundFlaw(flaw).label}
        for one, flaw in found.items()
    ]
    fatal = sum(flaw in FATAL for flaw in found.values())
    return Finished({"amounts": len(items), "found": len(found), "fatal": fatal, "told": told[:SHOWN]})


class ComputeAmounts(WithTerms):
    doubtful: str = Field(
        "leave", description="Amounts with a finding that somebody may take as in order: include, or leave them unpaid"
    )


@handles("fund_shenzhen.compute_amounts", title=gettext_noop("Compute amounts and due days"), parameters=ComputeAmounts)
@answers_for_files
def compute_amounts(context: StepContext, parameters: ComputeAmounts) -> Finished | Failed:
    """Cash of own orders by the fund's parameters, due days by the kind of fund; what is refused fails here and is returned.

    Money that is due today is held against what the register announces for today.
    """
    day, terms, funds = context.business_date, parameters.terms, funds_on(context.business_date)
    items = list(items_of(context.run_id).exclude(file_code=store.ANNOUNCED, carried_from__isnull=True))
    refused = {
        one.pk
        for one in items
        if one.flaw and (one.flaw in FATAL or parameters.doubtful != "include") and one.carried_from is None
    }
    mine = [one for one in items if one.pk not in refused and one.carried_from_id is None]
    for one in mine:
        _compute(one, funds[one.fund], terms)
    store.keep_computed(mine)
    store.move("refuse", refused)
    due = [one.pk for one in items if one.pk not in refused and one.settle_date == day]
    store.move("fall_due", due)
    breaks = 0
    if Reading.REGISTER in terms.readings:
        breaks = keep_comparison(
            context, "due / kffzmxa", compare(due_sums(context.run_id, day), announced_sums(day, terms, reserves_on(day)[1]))
        )
    return Finished({"due": len(due), "refused": len(refused), "breaks": breaks})


def _compute(one: FundItem, facts: FundFacts, terms: FundTerms) -> None:
    """Orders settle gross on the day; confirmations so many trading days after it as the kind of fund takes."""
    day, pays = one.business_date, bool(one.pays)
    if one.mode == "gross":
        one.lots = facts.lots(one.units) or 0
        one.amount = order_cash(facts, one.lots, one.fee, creates=pays)
        one.estimate = estimate_of(facts, one.lots, creates=pays)
        one.settle_date = day
        return
    days = terms.days_on(facts.kind, day)
    wait = (days.pay_days if pays else days.receive_days) if days else 0
    one.settle_date = shift_business_day(conf.CALENDAR, day, wait)


@handles("fund_shenzhen.expect_differences", title=gettext_noop("Expect cash differences"))
@answers_for_files
def expect_differences(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """EFXC of the orders of the day before: actual less estimated cash, by account and fund, as far as we know both."""
    funds = funds_on(context.business_date)
    sums: dict[str, Decimal] = {}
    for one in of_the_day_before(context.line, context.business_date):
        if one.fund in funds:
            owed = difference_of(funds[one.fund], one.lots, one.estimate, creates=bool(one.pays))
            key = f"{one.cash_account} {one.fund} {'pay' if owed < 0 else 'receive'}"
            sums[key] = sums.get(key, Decimal(0)) + owed
    return Finished({"differences": {key: f"{amount:.2f}" for key, amount in sums.items() if amount}})
