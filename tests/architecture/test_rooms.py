"""The rooms of the house: known names only, imports from top to bottom, files that fit a head."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"

ROOMS = [
    {"urls"},
    {"views", "api", "admin", "consumers", "tasks"},
    {"forms", "serializers", "filters"},
    {"actions"},
    {"selectors", "store", "dispatch"},
    {"handlers"},
    {"models"},
    {"states", "events", "errors", "conf"},
    {"core"},
]
LEVEL = {name: len(ROOMS) - number for number, names in enumerate(ROOMS) for name in names}
PLUMBING = {"__init__", "apps", "migrations", "management", "templatetags", "locale", "data"}
KERNEL = {
    "__init__", "canonical", "clock", "crashpoint", "dmn", "durable", "errors", "feel", "front_door", "ids", "json_door",
    "locale", "money", "pages", "problems", "rows", "schema", "tables",
}  # fmt: skip
LONGEST_FILE_LINES = 400
KNOWN_UPWARD = {
    ("apps/engine/dispatch/loops.py", "actions"): "the loops of worker, dispatcher and sweeper call the verbs",
    ("apps/engine/dispatch/outbox.py", "tasks"): "the bell is a Celery task",
}
PLAIN_DATA = {"states"}
"""Rooms that `core` may read although they lie above it: tables of values, no behaviour."""
KNOWN_FLOATS = {
    "apps/files/core/dbf/writer.py": "field type B is an IEEE double",
    "apps/kernel/feel/values.py": "a hash that equals the one Python gives equal numbers",
    "apps/desk/forms.py": "a JSON number of a form; money is asked as text",
}


def homes() -> list[Path]:
    """Every folder that has rooms: the apps, and the business lines inside `lines`."""
    found = [path.parent for path in APPS.glob("*/__init__.py") if path.parent.name != "kernel"]
    found += [path.parent for path in (APPS / "lines").glob("*/__init__.py") if path.parent.name not in PLUMBING | set(LEVEL)]
    return sorted(found)


def room_of(module: str, home: str) -> str | None:
    """The room of `home` that a dotted module lies in, None when it lies elsewhere."""
    if not module.startswith(home + "."):
        return None
    return module.removeprefix(home + ".").split(".")[0]


def level_in(home: Path, room: str) -> int:
    """Handlers are an edge, as tasks are; in the engine the room holds the registry."""
    return LEVEL["tasks"] if room == "handlers" and "engine" not in home.parts else LEVEL[room]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import, those inside functions too; `from a import b` gives a.b and a."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("home", homes(), ids=lambda home: home.relative_to(APPS).as_posix())
def test_every_file_of_an_app_is_a_known_room(home):
    lines = {path.parent.name for path in home.glob("*/__init__.py")} if home.name == "lines" else set()
    names = {path.stem if path.suffix == ".py" else path.name for path in home.iterdir() if path.name != "__pycache__"}

    assert names - set(LEVEL) - PLUMBING - lines == set()


def test_the_kernel_has_its_own_file_names():
    names = {path.stem if path.suffix == ".py" else path.name for path in (APPS / "kernel").iterdir()}

    assert names - KERNEL - {"__pycache__"} == set()


@pytest.mark.parametrize("home", homes(), ids=lambda home: home.relative_to(APPS).as_posix())
def test_rooms_import_no_room_above_their_own(home):
    upward = []
    for path in home.rglob("*.py"):
        own = room_of(dotted(path), dotted(home))
        if own not in LEVEL:
            continue  # plumbing may call any room
        for number, module in imports_of(path):
            other = room_of(module, dotted(home))
            if own == "core" and other in PLAIN_DATA:
                continue
            if (path.relative_to(ROOT).as_posix(), other) in KNOWN_UPWARD:
                continue
            if other in LEVEL and level_in(home, other) > level_in(home, own):
                upward.append(f"{path.relative_to(ROOT)}:{number} {own} imports {other}")

    assert upward == []


def test_core_knows_no_database_no_clock_and_no_settings():
    forbidden = ("django.db", "django.conf", "django.contrib", "django.core.cache", "celery", "apps.kernel.clock")
    found = [
        f"{path.relative_to(ROOT)}:{number} {module}"
        for path in APPS.glob("**/core/**/*.py")
        for number, module in imports_of(path)
        if module.startswith(forbidden)
    ]

    assert found == []


def test_no_file_outgrows_its_room():
    too_long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for folder in ("apps", "platform")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE_LINES
    ]

    assert too_long == []


def test_a_package_of_the_standard_library_is_not_shadowed_by_the_source_root():
    assert not (ROOT / "platform" / "__init__.py").exists()


def calls(*allowed: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the apps outside the allowed paths and migrations."""
    for path in sorted(APPS.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if "/migrations/" in place or place.startswith(allowed):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{place}:{node.lineno}", node


def test_only_the_clock_asks_for_the_time():
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time"}
    found = [
        place
        for place, call in calls("apps/kernel/clock.py")
        if isinstance(call.func, ast.Attribute) and f"{ast.unparse(call.func.value).split('.')[-1]}.{call.func.attr}" in asked
    ]

    assert found == []


def test_nothing_but_the_shell_of_the_engine_writes_runs_and_steps():
    writes = {"save", "update", "bulk_update", "bulk_create", "create", "delete", "get_or_create", "update_or_create"}
    found = []
    for place, call in calls("apps/engine/store", "apps/engine/actions"):
        if isinstance(call.func, ast.Attribute) and call.func.attr in writes:
            target = ast.unparse(call.func.value)
            if target.startswith(("Run.objects", "Step.objects", "Attempt.objects")) or target in {"run", "step", "attempt"}:
                found.append(f"{place} {target}.{call.func.attr}")

    assert found == []


def test_money_is_never_a_float():
    found = [place for place, call in calls(*KNOWN_FLOATS) if isinstance(call.func, ast.Name) and call.func.id == "float"]
    fields = [
        place for place, call in calls() if isinstance(call.func, ast.Attribute) and call.func.attr in {"FloatField", "as_float"}
    ]

    assert found + fields == []


def test_settings_are_read_only_in_conf():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in APPS.rglob("*.py")
        if path.stem not in {"conf", "models"} and not {"migrations", "models", "management"} & set(path.parts)
        for number, module in imports_of(path)
        if module == "django.conf.settings"
    ]

    assert found == []
