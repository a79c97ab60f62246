"""Where a step is done: the queue of which host, bounded by which resource pool."""

from django.db.models import Q

from apps.engine.handlers import handler_named, is_pure
from apps.engine.models import DEFAULT_QUEUE, Placement, Run
from apps.processes.models import Process

Place = tuple[str, str]
"""Queue and pool."""

NOWHERE: Place = (DEFAULT_QUEUE, "")
"""No host in particular, no pool."""


def places_for(process: Process) -> dict[str, list[str]]:
    """What a new run of the process has to know of placements: by element, and by "" what holds for all of them. One query."""
    found = Placement.objects.filter(Q(process=process) | Q(process=None), line=process.line_id)
    ordered = sorted(found, key=lambda placement: (placement.process_id is not None, placement.node_id))
    places: dict[str, list[str]] = {}
    for placement in ordered:  # from the widest to the narrowest
        wider = places.get("", ["", ""])
        places[placement.node_id] = [placement.queue or wider[0], placement.pool or wider[1]]
    return places


def place_of(run: Run, node_id: str, handler_name: str) -> Place:
    """Queue and pool of a new step. Steps without effect follow only a placement of their own: anybody may do them."""
    handler, own = handler_named(handler_name), run.places.get(node_id, ["", ""])
    wider = ["", ""] if is_pure(handler_name) and node_id not in run.places else run.places.get("", ["", ""])
    queue = own[0] or wider[0] or (handler.queue if handler else "") or DEFAULT_QUEUE
    return queue, own[1] or wider[1] or (handler.pool if handler else "")
