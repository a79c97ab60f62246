"""Worker processes forked from one that has loaded everything: forty starts of a worker that loads it anew take minutes.

Preloaded by the server of forks, which holds no connection and no thread.
"""

import importlib
import os
import sys
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.faults.settings"
LOADED = ("celery.apps.worker", "celery.concurrency.prefork", "apps.engine.management.commands.worker", "clearway.celery")

if os.environ.get("DJANGO_SETTINGS_MODULE") == SETTINGS:
    django.setup()
    for name in LOADED:
        import_module(name)
    import_module("clearway.celery").app.loader.import_default_modules()


def started(environment: dict[str, str]) -> BaseProcess:
    """`manage.py worker` with these settings of the environment besides, in a session of its own."""
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])  # the server of forks looks there
    forks = get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    process = forks.Process(target=_work, args=[environment])
    process.start()
    return process


def _work(environment: dict[str, str]) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.environ.update(environment)
    importlib.reload(sys.modules["apps.kernel.crashpoint"])  # which reads the environment once
    call_command("worker", concurrency=2)
