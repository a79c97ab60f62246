"""Automatic steps of the parameter check (R13) that set the baseline, after two people signed."""

from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.engine.models import Run
from apps.lines.parameters import store
from apps.lines.parameters.handlers.checking import Covered, digest_of_set, live_of
from apps.lines.parameters.selectors import approved_on, signed_differences


class FirstSet(Covered):
    digest: str = Field(description="Digest of the set that was signed, as gathering it said")


@handles("parameters.keep_first", title=gettext_noop("Set the first baseline"), parameters=FirstSet)
def keep_first(context: StepContext, parameters: FirstSet) -> Finished | Failed:
    """The set that a maker gathered and a checker signed becomes the baseline; nothing is kept when it has changed since."""
    live = live_of(context, parameters)
    if isinstance(live, Failed):
        return live
    if digest_of_set(live) != parameters.digest:
        return Finished({"kept": 0, "moved": True})
    run = Run.objects.get(pk=context.run_id)
    return Finished({"kept": store.keep_first(run, live.values()), "moved": False})


@handles("parameters.keep_signed", title=gettext_noop("Set what was signed"), parameters=Covered)
def keep_signed(context: StepContext, parameters: Covered) -> Finished | Failed:
    """What two people accepted as it is now becomes the baseline; what nobody accepted, or what moved, stays a difference."""
    live = live_of(context, parameters)
    if isinstance(live, Failed):
        return live
    run = Run.objects.get(pk=context.run_id)
    signed = signed_differences(run.pk, approved_on(run.line_id, context.business_date), live)
    return Finished({"signed": store.keep_signed(run, signed)})
