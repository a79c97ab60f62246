"""Automatic steps of preferred stock (L08) that read notices and take over parameters and holders."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import is_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.core.layouts import BadRow
from apps.lines.core.market.texts import bar
from apps.lines.handlers import Strict, answers_for_files, keep_comparison, send_lines
from apps.lines.preferred_stock import conf, store
from apps.lines.preferred_stock.core.parameters import Refusal, Refused, days_in, parameters_in
from apps.lines.preferred_stock.core.pay import redeemed
from apps.lines.preferred_stock.handlers.common import SHOWN, WithTerms, line_of, market_of
from apps.lines.preferred_stock.models import PreferredEvent
from apps.lines.preferred_stock.selectors.claims import balances_day, claims, events, holder_of, open_securities
from apps.lines.preferred_stock.selectors.files import Balances, balances_on, notices_on
from apps.lines.preferred_stock.states import EventKind
from apps.recon.core.matcher import Item, compare, joined

AFTER = "before less accepted / {}"


class TakeParameters(Strict):
    lines: str = Field(
        description="One event a line: number, price, accrued dividend, tax rate, ratio, record date, window, payment date"
    )


@handles("preferred.open_day", title=gettext_noop("Open the day of preferred stock"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Whether it is a business day, and the day whose closing balances come this morning."""
    day = context.business_date
    return Finished({"is_open": is_business_day(conf.CALENDAR, day), "balances_day": balances_day(day).isoformat()})


@handles("preferred.read_notices", title=gettext_noop("Read notices of events"), parameters=WithTerms)
@answers_for_files
def read_notices(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """A notice of this line becomes an event that waits for its parameters. A second event on a security is refused and told."""
    run = Run.objects.get(pk=context.run_id)
    market, day = market_of(context), context.business_date
    file, notices = notices_on(market, day)
    new, told = 0, []
    for one in notices:
        kind = parameters.terms.kind_of(one.kind, day)
        if kind is None or events(run.line_id).filter(number=one.number).exists():
            continue
        if not one.number or not one.security:
            columns = market.notice_columns
            raise one.row.refuse(columns.security if one.number else columns.number, "is blank")
        if one.security in open_securities(run.line_id, day):
            told.append(
                _("Event %(number)s: another event on %(security)s is open; it is not taken.")
                % {"number": one.number, "security": one.security}
            )
            continue
        facts = {"number": one.number, "kind": kind, "security": one.security}
        new += store.keep_event(run, file=file, row_no=one.row.number, **facts)
    waiting = list(events(run.line_id).filter(is_agreed=False))
    told += [
        _("Event %(number)s: %(kind)s of %(security)s waits for its parameters.")
        % {"number": one.number, "kind": one.get_kind_display(), "security": one.security}
        for one in waiting
    ]
    return Finished({"new": new, "waiting": len(waiting), "told": told[:SHOWN]})


@handles("preferred.take_parameters", title=gettext_noop("Take over the parameters of events"), parameters=TakeParameters)
def take_parameters(context: StepContext, parameters: TakeParameters) -> Finished | Failed:
    """What the maker says, all of it or none, as drafts for the checker. Events that no line names wait."""
    run = Run.objects.get(pk=context.run_id)
    kinds = dict(events(run.line_id).filter(is_agreed=False).values_list("number", "kind"))
    is_open = {day: is_business_day(conf.CALENDAR, day) for day in days_in(parameters.lines)}
    earliest = balances_day(run.business_date)
    said, refused = parameters_in(parameters.lines, kinds, earliest=earliest, is_open=is_open)
    if not refused:
        store.keep_parameters(run, said)
    return Finished({"refused": len(refused), "taken": len(said), "told": [sentence_of(one) for one in refused[:SHOWN]]})


def sentence_of(refused: Refused) -> str:
    """Why a line of parameters cannot be followed, for people."""
    return {
        Refusal.NO_EVENT: _("“%(text)s”: no event waits for parameters under this number."),
        Refusal.NO_FIELDS: _("“%(text)s”: a line has nine fields."),
        Refusal.TWICE: _("“%(text)s”: the event is there twice."),
        Refusal.NO_NUMBER: _("“%(text)s”: price, dividend, tax rate or ratio is no such number."),
        Refusal.NO_DAY: _("“%(text)s”: a date is written 2026-11-20."),
        Refusal.RECORD_GONE: _("“%(text)s”: balances of the record date are not seen any more."),
        Refusal.ORDER: _("“%(text)s”: record date, declaration and payment are not in this order."),
        Refusal.NOT_OPEN: _("“%(text)s”: a date is no business day."),
        Refusal.WINDOW: _("“%(text)s”: a put-back has a window of declaration, a redemption has - for both days."),
    }[refused.reason] % {"text": refused.text}


@handles("preferred.agree", title=gettext_noop("Agree on the parameters of events"))
def agree(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """What the checker has seen is in force; it is not changed afterwards."""
    store.agree(context.run_id)
    return Finished({"agreed": PreferredEvent.objects.filter(drafted_by_id=context.run_id, is_agreed=True).count()})


@handles("preferred.entitle", title=gettext_noop("Find the holders at the record date"))
@answers_for_files
def entitle(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Holders of events whose record date is the day of this morning's balances; and whether what left yesterday is gone.

    Frozen shares cannot be put back, and are redeemed like all others. An event whose record date has passed is told.
    """
    market, line_id = market_of(context), line_of(context)
    balances = balances_on(market, context.business_date)
    if balances.as_of is None:
        raise BadRow(f"{market.balances}: its rows are not of one day")
    agreed = events(line_id).filter(is_agreed=True)
    for event in agreed.filter(entitled_on=None, record_date=balances.as_of):
        store.keep_entitled(event, _entitled(event, balances), balances.file, context.business_date)
    missed = agreed.filter(entitled_on=None, record_date__lt=balances.as_of)
    gone = list(claims(line_id).filter(securities_on=balances.as_of, by_hand=""))
    ours = {joined(*holder_of(one)): Item(quantity=one.held_before - one.accepted) for one in gone}
    theirs = {joined(*holder_of(one)): Item(quantity=balances.total.get(holder_of(one), 0)) for one in gone}
    return Finished(
        {
            "holders": claims(line_id).filter(event__entitled_on=context.business_date).count(),
            "missed": missed.count(),
            "told": [_("Event %(number)s: its record date has passed.") % {"number": one.number} for one in missed[:SHOWN]],
            "breaks": keep_comparison(context, AFTER.format(market.balances), compare(ours, theirs)),
        }
    )


def _entitled(event: PreferredEvent, balances: Balances) -> dict[tuple[str, str], int]:
    ratio = event.ratio
    if event.kind == EventKind.PUT_BACK or ratio is None:
        return {key[:2]: held for key, held in balances.free.items() if key[2] == event.security}
    return {key[:2]: redeemed(held, ratio) for key, held in balances.total.items() if key[2] == event.security}


@handles("preferred.tell_holders", title=gettext_noop("Tell the holders"))
def tell_holders(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One message a holder of today's events, through the counter. A second try sends the same bytes."""
    rows = claims(line_of(context)).filter(event__entitled_on=context.business_date)
    lines = [
        bar(
            one.event.number,
            one.event.kind,
            one.event.security,
            one.account,
            one.unit,
            one.entitled,
            one.event.price,
            one.event.dividend,
            one.event.declare_from or "",
            one.event.declare_to or "",
            one.event.pay_date,
        )
        for one in rows
    ]
    name = send_lines(
        context, key=context.key, directory=conf.outgoing_of(context.line), code=f"ygtz{context.run_id:06}", lines=lines
    )
    return Finished({"messages": len(lines), "file": name})
