"""Viewflow: flows of functions, done one after the other in the process that starts them, one transaction per run."""

import os
import sys
from typing import Any
from urllib.parse import urlparse

import django
from django.conf import settings

_parts = urlparse(os.environ["CLEARWAY_DATABASE_URL"])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _parts.path.lstrip("/"),
            "USER": _parts.username,
            "PASSWORD": _parts.password or "",
            "HOST": _parts.hostname,
            "PORT": str(_parts.port or ""),
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "bench.agents.peers"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from viewflow import this  # noqa: E402
from viewflow.workflow import flow  # noqa: E402
from viewflow.workflow.base import Flow  # noqa: E402
from viewflow.workflow.models import Process, Task  # noqa: E402

from bench import works  # noqa: E402
from bench.agents.serving import Answer, note_start, serve, timed  # noqa: E402

MODULE = "bench.agents.peers.flows"
_flows: dict[tuple[str, int], Any] = {}


def noop(activation: Any) -> None:
    note_start()


def flow_of(work: str, size: int) -> Any:
    """A flow class whose nodes are the steps of one run."""
    if (work, size) not in _flows:
        nodes = list[tuple[str, Any]]()
        waves = works.waves(work, size)
        entries = [f"split{number}" if width > 1 else f"s{number}_0" for number, width in enumerate(waves)] + ["end"]
        for number, width in enumerate(waves):
            following = getattr(this, entries[number + 1])
            target = getattr(this, f"join{number}") if width > 1 else following
            nodes += [(f"s{number}_{place}", flow.Function(noop).Next(target)) for place in range(width)]
            if width > 1:
                split = flow.Split()
                for place in range(width):
                    split = split.Next(getattr(this, f"s{number}_{place}"))
                nodes += [(f"split{number}", split), (f"join{number}", flow.Join().Next(following))]
        start = flow.StartHandle(lambda activation: activation.process).Next(getattr(this, entries[0]))
        body = {"start": start, **dict(nodes), "end": flow.End(), "process_class": Process, "__module__": MODULE}
        _flows[work, size] = made = type(f"{work}Flow{size}", (Flow,), body)
        setattr(sys.modules[MODULE], made.__name__, made)  # tasks name their flow by its path
    return _flows[work, size]


def measure(work: str, size: int) -> Answer:
    """Runs one after the other; afterwards the tasks are counted."""
    run, last = flow_of(work, size), Task.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def go() -> None:
        for _ in range(works.runs(work, size)):
            with transaction.atomic():
                run.start.run()

    figure = timed(works.steps(work, size), go, [os.getpid()])
    done = Task.objects.filter(pk__gt=last, flow_task_type="FUNCTION", status="DONE").count()
    if done != works.steps(work, size):
        raise AssertionError(f"{done} tasks are done")
    return figure


if __name__ == "__main__":
    sys.modules[MODULE] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    measure(works.CHAIN, 3)
    serve(measure)
