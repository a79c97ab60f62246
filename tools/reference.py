"""Writes docs/reference from the code, so that it cannot say what the code does not do."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
HEADER = "<!-- Written by `make docs` from the code. Changes here are lost. -->\n"


def roles() -> Iterator[str]:
    """Which role carries which right on a business line."""
    from apps.people.states import ROLE_RIGHTS, Right

    yield "# Roles and rights\nA person holds a role on a business line; the role carries these rights on it.\n"
    yield "| Role | " + " | ".join(right.value for right in Right) + " |"
    yield "|---|" + "---|" * len(Right)
    for role, rights in ROLE_RIGHTS.items():
        yield f"| {role.value} | " + " | ".join("yes" if right in rights else "" for right in Right) + " |"


def handlers() -> Iterator[str]:
    """What automatic steps can do."""
    from apps.engine.handlers import all_handlers

    yield "# Step handlers\nA service or send task names one of these in `clearway:handler`.\n"
    for handler in all_handlers():
        yield f"\n## `{handler.name}`\n{handler.title}. Repeat rule: **{handler.repeat.value}**.\n"
        properties = handler.schema().get("properties", {})
        required = set(handler.schema().get("required", []))
        if properties:
            yield "| Parameter | Type | Required | Meaning |\n|---|---|---|---|"
        for name, schema in properties.items():
            kind = schema.get("type", "any")
            yield f"| `{name}` | {kind} | {'yes' if name in required else ''} | {schema.get('description', '')} |"


def settings() -> Iterator[str]:
    """The environment variables that the settings read."""
    yield "# Environment\nRead by the settings and tools; everything else is in the database.\n"
    yield "| Variable | Read in |\n|---|---|"
    import re

    seen: dict[str, set[str]] = {}
    for folder in ("platform", "apps", "tools"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for name in re.findall(r"\"(CLEARWAY_[A-Z_]+[A-Z])\"", path.read_text()):
                seen.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    for name, paths in sorted(seen.items()):
        yield f"| `{name}` | {', '.join(f'`{path}`' for path in sorted(paths))} |"


def bpmn() -> Iterator[str]:
    """Which elements of BPMN 2.0 are executed."""
    from tests.conformance.page import conformance

    yield from conformance()


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "roles.md": roles,
    "handlers.md": handlers,
    "environment.md": settings,
    "bpmn.md": bpmn,
}


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in PAGES.items():
        (folder / name).write_text(HEADER + "\n".join(lines()).rstrip() + "\n")
    schema = folder / "openapi.yaml"
    command = [sys.executable, "manage.py", "spectacular", "--file", str(schema), "--validate", "--fail-on-warn"]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    # The schema names the bounds of the database's integers: the reference is that of the embedded installation.
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    os.environ.pop("CLEARWAY_DATABASE_URL", None)
    django.setup()
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE)


if __name__ == "__main__":
    main()
