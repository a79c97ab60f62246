"""`manage.py dispatcher`: empties the outbox and sweeps; several may run."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.engine.conf import broker_is_in_memory
from apps.engine.dispatch import make_loops


class Command(BaseCommand):
    help = "Rings workers for ready steps and does what time does. Needs a broker that other processes can reach."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if broker_is_in_memory():
            raise CommandError("The bell is in memory: `manage.py worker` dispatches by itself.")
        running = make_loops()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        for loop in running:
            loop.start()
        stop.wait()
        for loop in running:
            loop.stop()
