"""The couriers: threads beside the sweeper that deliver. Nothing waits for them, whatever a receiver does."""

from apps.engine.conf import conf as engine_conf
from apps.engine.dispatch import Loop, between_forks
from apps.hooks.actions import claim_next, settle
from apps.hooks.conf import conf
from apps.hooks.dispatch import send


class Courier(Loop):
    """Delivers as long as there is something to deliver, then looks again about every second."""

    name = "courier"

    def turn(self) -> None:
        with between_forks:
            claimed = claim_next()
        if claimed is None:
            self.stopping.wait(engine_conf.SWEEP_SECONDS)
            return
        problem = send(claimed.parcel)  # outside of everything: this may take seconds
        with between_forks:
            settle(claimed, problem)


def couriers_here() -> int:
    """How many run in each process that sweeps."""
    return int(conf.COURIERS)
