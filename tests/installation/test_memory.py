"""What every process would carry and few use is not loaded before it is used."""

import gc
import os
import subprocess
import sys
from pathlib import Path

from clearway.memory import ready_to_fork

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import sys
import django
django.setup()
import clearway.asgi, clearway.urls
import apps.desk.management.commands.up, apps.engine.management.commands.worker
print(*sorted({"numpy", "jsonschema", "lxml"} & sys.modules.keys()))
from datetime import date
from apps.files.core.dbf import Column, read_dbf, write_dbf
from apps.engine.core.answers import problems_of
read_dbf(write_dbf([Column("CODE", "C", 6)], [], updated=date(2026, 7, 29)))
problems_of({}, {})
print(*sorted({"numpy", "jsonschema", "lxml"} & sys.modules.keys()))
"""

WORKER = """
import sys
import django
django.setup()
import apps.engine.management.commands.worker
PAGES = {"views", "forms", "admin", "api", "urls"}
print("worker", *(name for name in sys.modules if name.startswith("apps.") and PAGES & set(name.split("."))))
import clearway.urls
print(*(room for room in ("api", "admin") if f"apps.engine.{room}" in sys.modules))
"""


def said(code: str, data: Path) -> list[str]:
    """What a process of its own prints."""
    environment = {
        **os.environ,
        "CLEARWAY_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "clearway.settings.embedded",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert told.stderr == ""
    return told.stdout.splitlines()


def test_libraries_that_few_processes_use_are_loaded_with_their_first_use(tmp_path):
    assert said(LOADED, tmp_path) == ["lxml", "jsonschema lxml numpy"]


def test_a_worker_loads_no_pages(tmp_path):
    assert said(WORKER, tmp_path) == ["worker", "api admin"]


def test_what_is_there_before_a_fork_is_left_out_of_collections():
    loop: list[object] = []
    loop.append(loop)
    try:
        ready_to_fork()

        assert not any(found is loop for found in gc.get_objects())
    finally:
        gc.unfreeze()

    assert any(found is loop for found in gc.get_objects())
