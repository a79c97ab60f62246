"""`manage.py worker`: executes steps. With the bell in memory its main process also dispatches and sweeps."""

import gc
import os
import signal
import sys
import threading
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Sequence
from multiprocessing.sharedctypes import RawValue
from typing import Any

from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutting_down
from django.core.management.base import BaseCommand
from django.db import connections

from apps.engine.actions.working import drain_when, keep_leases
from apps.engine.conf import broker_is_in_memory, conf, queue_called
from apps.engine.dispatch import Loop, make_loops
from clearway.celery import app
from clearway.memory import ready_to_fork
from clearway.supervisor import end_with_parent

QUEUE = "steps"


class Command(BaseCommand):
    help = "Executes steps. SIGTERM finishes what is in hand; kill -9 loses nothing either."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="steps that may run at the same time")
        parser.add_argument("--queues", default=QUEUE, help="comma-separated")
        parser.add_argument("--with-dispatcher", action="store_true", help="dispatch and sweep in this process as well")

    def handle(self, *args: Any, concurrency: int, queues: str, with_dispatcher: bool, **options: Any) -> None:
        running: list[Loop] = make_loops() if with_dispatcher or broker_is_in_memory() else []
        worker_ready.connect(lambda **_: _start(running), weak=False)
        told_to_stop = RawValue("b", 0)  # shared with the children, which are forked later
        drain_when(lambda: bool(told_to_stop.value))
        worker_shutting_down.connect(lambda **_: _drain(told_to_stop), weak=False)
        worker_process_init.connect(_child_began, weak=False)
        worker_process_shutdown.connect(_child_ends, weak=False)
        warnings.filterwarnings("ignore", category=SecurityWarning)  # whose user this is, is the installation's choice
        os.environ["CELERY_SKIP_CHECKS"] = "1"  # they would load all pages and their libraries: 20 MiB that no step needs
        end_with_parent()
        connections.close_all()
        worker = app.Worker(
            concurrency=concurrency,
            queues=[queue_called(queue) for queue in queues.split(",")],
            pool="prefork",
            loglevel="WARNING",
            optimization="fair",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            max_memory_per_child=512 * 1024,
            quiet=True,
        )
        ready_to_fork()
        try:
            worker.start()
        finally:
            for loop in running:
                loop.stop()
        sys.exit(worker.exitcode or 0)


def _start(loops: Sequence[Loop]) -> None:
    """Only now: the children have been forked."""
    for loop in loops:
        loop.start()


def _drain(told_to_stop: Any) -> None:
    """Steps in hand are finished, no others begun; one that does not end in time loses its lease and is offered again."""
    told_to_stop.value = 1
    timer = threading.Timer(conf.DRAIN_SECONDS, lambda: os.kill(os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()


def _child_began(**_: object) -> None:
    connections.close_all()
    gc.freeze()
    threading.Thread(target=_keep_leases, args=(os.getppid(),), name="heartbeat", daemon=True).start()


def _child_ends(**_: object) -> None:
    connections.close_all()


def _keep_leases(parent: int) -> None:
    """Extends the leases of this process; ends it when the main process is gone."""
    beat = time.monotonic()
    while True:
        time.sleep(0.5)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        if time.monotonic() - beat >= conf.HEARTBEAT_SECONDS:
            beat = time.monotonic()
            try:
                keep_leases()
            except Exception:  # the next beat tries again; a lease that runs out costs an attempt, nothing more
                connections.close_all()
