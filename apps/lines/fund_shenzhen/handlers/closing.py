"""Automatic steps of fund settlement Shenzhen (L05) that end the day: decisions, the counter's files, and the summary."""

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.calendars.selectors import shift_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.market.texts import bar
from apps.lines.fund_shenzhen import conf, store
from apps.lines.fund_shenzhen.core.decisions import Unsettled, verdicts_in
from apps.lines.fund_shenzhen.handlers.common import SHOWN, WithTerms, sentence_of
from apps.lines.fund_shenzhen.selectors import figures_of, told_today, unsettled_of
from apps.lines.fund_shenzhen.states import FundItemState
from apps.lines.handlers import Strict, send_lines

SETTLED = (FundItemState.SETTLED, FundItemState.POSTED)
RETURNED = (FundItemState.FAILED, FundItemState.RETURNED)


class Decide(Strict):
    lines: str = Field("", description="Decisions, one a line: number and return, or number, postpone and a day")
    others: str = Field("each", description="What is done about amounts that no line names: return, postpone, or each")
    reason: str = Field(description="Why")


@handles("fund_shenzhen.decide", title=gettext_noop("Keep what was decided about unsettled amounts"), parameters=Decide)
def decide(context: StepContext, parameters: Decide) -> Finished | Failed:
    """Every unsettled amount is returned or postponed, with the reason; when a line fits none, nothing is kept."""
    day = context.business_date
    found = {number: Unsettled(one.pk, one.state == FundItemState.FAILED) for number, one in unsettled_of(context.run_id).items()}
    next_day = shift_business_day(conf.CALENDAR, day, 1)
    verdicts, refused = verdicts_in(parameters.lines, found, others=parameters.others, day=day, next_day=next_day)
    store.keep_verdicts(verdicts, parameters.reason)
    return Finished({"refused": len(refused), "told": [sentence_of(one) for one in refused[:SHOWN]], "decided": len(verdicts)})


@handles("fund_shenzhen.post", title=gettext_noop("Post to the counter, return, and tell clients"), parameters=WithTerms)
def post(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Three files: what the counter posts, what it gives back, and a line for each client. Done again, the same bytes.

    A postponed amount is told to the client with its new day; nothing of it is posted.
    """
    items = told_today(context.run_id)
    settled = [one for one in items if one.state in SETTLED]
    returned = [one for one in items if one.state in RETURNED]
    postponed = [one for one in items if one.state == FundItemState.POSTPONED]
    posting = [
        bar(
            one.client, one.cash_account, one.account, one.fund, one.posts_as, one.serial, f"{one.amount:.2f}", f"{one.units:.2f}"
        )
        for one in settled
    ]
    back = [
        bar(one.client, one.account, one.fund, one.serial, f"{one.amount:.2f}", one.code or one.flaw.upper(), one.reason)
        for one in returned
    ]
    texts = [
        bar(one.client, one.fund, one.serial, f"{one.amount:.2f}", word, f"{one.settle_date:%Y%m%d}" if one.settle_date else "")
        for word, rows in (("SETTLED", settled), ("RETURNED", returned), ("POSTPONED", postponed))
        for one in rows
        if one.client
    ]
    names = {
        what: send_lines(
            context,
            key=f"{context.key}:{code}",
            directory=conf.OUTGOING,
            code=f"{code}{context.run_id:06}",
            lines=lines,
        )
        for what, code, lines in (("posting", "jjszrk", posting), ("returns", "jjszth", back), ("clients", "jjszts", texts))
    }
    store.move("post", [one.pk for one in settled])
    store.move("return", [one.pk for one in returned])
    return Finished({**names, "posted": len(posting), "returned": len(back), "told": len(texts)})


@handles("fund_shenzhen.report", title=gettext_noop("Report the day of fund settlement"))
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The totals of the day; what goes on tomorrow is told, never hidden."""
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"amounts": 0})
    money = {name: f"{getattr(figures, name):.2f}" for name in ("settled_cash", "sent")}
    return Finished({"amounts": figures.amounts, "left": figures.left, "returned": figures.returned, **money})
