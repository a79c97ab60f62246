"""The bench's step handlers."""

from apps.engine.handlers import Effect, Finished, NoParameters, StepContext, handles
from bench.agents.serving import note_start


@handles("bench.noop", title="Nothing at all", effect=Effect.NONE)
def noop(context: StepContext, parameters: NoParameters) -> Finished:
    note_start()
    return Finished()


@handles("bench.own", title="Nothing, for all we know: committed before and after")
def own(context: StepContext, parameters: NoParameters) -> Finished:
    note_start()
    return Finished()
