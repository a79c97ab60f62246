"""What bamboo-pipeline's worker and the agent share: Django on PostgreSQL, Celery on Redis, and a component that does nothing."""

import os
from typing import Any
from urllib.parse import urlparse

import django
from celery import Celery
from celery.signals import worker_process_init
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
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "pipeline",
        "pipeline.engine",
        "pipeline.component_framework",
        "pipeline.eri",
    ],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    ENABLE_EXAMPLE_COMPONENTS=False,
    PIPELINE_LOG_LEVEL="ERROR",
    LOGGING_CONFIG=None,
)

from pipeline.eri.celery.queues import CELERY_QUEUES  # noqa: E402

app = Celery("peer", broker=os.environ["CLEARWAY_BENCH_REDIS_URL"])
app.conf.update(
    task_queues=CELERY_QUEUES,
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
)
app.set_default()
app.set_current()
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

if os.environ.get("CLEARWAY_BENCH_PREPARE"):
    call_command("migrate", verbosity=0)

from pipeline.component_framework.component import Component  # noqa: E402
from pipeline.core.flow.activity import Service  # noqa: E402
from pipeline.eri.celery import tasks  # noqa: E402, F401

from bench.agents.serving import note_start  # noqa: E402


class Noop(Service):
    __need_schedule__ = False

    def execute(self, data: Any, parent_data: Any) -> bool:
        note_start()
        return True

    def outputs_format(self) -> list[Any]:
        return []


class NoopComponent(Component):
    name = "noop"
    code = "bench_noop"
    bound_service = Noop


@worker_process_init.connect
def _child_began(**_: object) -> None:
    connections.close_all()


connections.close_all()  # registering the component has opened one, which the worker's children would share
