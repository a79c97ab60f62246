"""Automatic steps of agency payments (L02) that read and check a batch."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.calendars.selectors import is_business_day
from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.agency import conf, store
from apps.lines.agency.core.checking import Checked, Finding, Flaw
from apps.lines.agency.handlers.common import SHOWN, OfBatch
from apps.lines.agency.models import AgencyItem
from apps.lines.agency.selectors import entries_on, next_day
from apps.lines.agency.states import Batch
from apps.lines.handlers import answers_for_files


@handles("agency.open_day", title=gettext_noop("Open the day of agency payments"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """Whether it is a business day, and on which day a postponed item is retried."""
    day = context.business_date
    return Finished({"is_open": is_business_day(conf.CALENDAR, day), "next_day": next_day(day).isoformat()})


@handles("agency.read_batch", title=gettext_noop("Read and check a batch"), parameters=OfBatch)
@answers_for_files
def read_batch(context: StepContext, parameters: OfBatch) -> Finished | Failed:
    """Rows of ours become items; what does not fit is told, and what would be paid twice or on another day is held.

    The first batch begins with what the day before left postponed. Read again, it is replaced until its transfers are sent.
    """
    day, terms, batch = context.business_date, parameters.terms, parameters.batch
    entries, verdict, read, silent = entries_on(context.run_id, day, batch, terms)
    store.replace_batch(Run.objects.get(pk=context.run_id), batch, entries)
    return Finished(_told(context.run_id, batch, verdict, [row for _file, found in read for row in found.foreign], silent))


def _told(run_id: int, batch: Batch, verdict: Checked, foreign: list[int], silent: int) -> dict[str, object]:
    items = AgencyItem.objects.filter(run_id=run_id, batch=batch)
    odd = [one for one in verdict.findings if one.flaw is not Flaw.POSTPONED]
    told = [sentence_of(one) for one in verdict.findings]
    told += [_("Row %(row)s: neither payer nor receiver is an account of ours.") % {"row": row} for row in foreign]
    return {
        "items": items.count(),
        "carried": silent,
        "retried": items.filter(tries__gt=0).count(),
        "postponed": sum(one.flaw is Flaw.POSTPONED for one in verdict.findings),
        "held": items.filter(is_held=True).count(),
        "foreign": len(foreign),
        "findings": len(odd) + len(foreign),
        "told": told[:SHOWN],
    }


def sentence_of(finding: Finding) -> str:
    """What does not fit, for people."""
    return {
        Flaw.UNKNOWN_FUND: _("Item %(serial)s: the counter does not know the fund %(detail)s."),
        Flaw.UNKNOWN_OUTLET: _("Item %(serial)s: the counter does not know the sales outlet %(detail)s."),
        Flaw.UNKNOWN_CODE: _("Item %(serial)s: the table of items has no code %(detail)s on this day."),
        Flaw.BEFORE_DUE: _("Item %(serial)s: it settles on %(detail)s, before its original date; it is held."),
        Flaw.NOT_TODAY: _("Item %(serial)s: it settles on %(detail)s, not on this day; it is held."),
        Flaw.TWICE: _("Item %(serial)s: its settlement number %(detail)s is there twice; the second one is held."),
        Flaw.POSTPONED: _("Item %(serial)s: postponed since %(detail)s."),
        Flaw.TOO_LATE: _("Item %(serial)s: postponed since %(detail)s, longer than an item is retried."),
    }[finding.flaw] % {"serial": finding.serial, "detail": finding.detail}
