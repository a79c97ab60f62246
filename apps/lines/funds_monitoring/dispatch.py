"""The screen that looks by itself: while a settlement day is watched it is computed anew, and whoever looks at it is told."""

import logging
from decimal import Decimal

from django.db import transaction
from django.db.models import Min

from apps.engine.models import Run
from apps.engine.states import RunState
from apps.files.core.problems import UnreadableFile
from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.core.details import CannotNormalise
from apps.lines.funds_monitoring import conf, store
from apps.lines.funds_monitoring.core.terms import FundsTerms
from apps.lines.funds_monitoring.events import FundsMoved
from apps.lines.funds_monitoring.models import FundsPosition
from apps.lines.funds_monitoring.selectors.files import settlement_day
from apps.lines.funds_monitoring.selectors.looking import is_due, look
from apps.lines.selectors import NotHere

logger = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 20.0
"""How often it is asked whether a screen is due; how often one is computed is a term of its version."""


def watch_funds() -> int:
    """Computes every screen anew that is due; how many changed. A file that cannot be used leaves its screen as it was."""
    watched = Run.objects.filter(process__key=conf.PROCESS, state=RunState.RUNNING, variables__has_key="terms")
    moved = 0
    for run in watched.select_related("line").order_by("pk"):
        terms = FundsTerms.model_validate(run.variables["terms"])
        last = FundsPosition.objects.filter(run=run).aggregate(at=Min("computed_at"))["at"]
        if last is None or not is_due(clock.now(), last, run.business_date, terms):
            continue
        try:
            moved += bool(watch(run, terms))
        except (NotHere, UnreadableFile, CannotNormalise):
            logger.exception("the screen of run %s stays as it was", run.pk)
    return moved


@transaction.atomic
def watch(run: Run, terms: FundsTerms) -> int:
    """Computes the screen of one run anew and tells when a number on it is another one. Gives how many accounts moved."""
    looked = look(run, terms)
    moved = store.keep_positions(run, settlement_day(run.business_date), looked)
    if moved:
        short = [columns["shortfall"] for columns, _dues in looked if columns["shortfall"]]
        fact = FundsMoved(
            run=run.pk,
            line=run.line.code,
            accounts=len(looked),
            moved=moved,
            short_accounts=len(short),
            short=f"{sum(short, Decimal(0)):.2f}",
        )
        append(fact, actor=None)
    return moved
