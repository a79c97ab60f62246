"""`manage.py files inspect`: what market files are, without a database. A public contract, see docs/how-to."""

import json
import os
import stat
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.files.core.dbf import LARGEST_BYTES, rewrite
from apps.files.core.inspection import Inspection, inspect_bytes
from apps.files.core.problems import Problem
from apps.files.store import catalogue


class Command(BaseCommand):
    """Reads files and says what they are; never writes anywhere but below --rewrite."""

    help = "Looks at market files: files inspect FILE... [--json] [--rewrite DIR]"
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs: Any = parser.add_subparsers(dest="verb", required=True, parser_class=ArgumentParser)
        inspect = verbs.add_parser("inspect", help="say of each file what it is and what is wrong with it")
        inspect.add_argument("files", nargs="+", metavar="FILE")
        inspect.add_argument("--json", action="store_true", dest="as_json", help="one list of objects instead of a table")
        inspect.add_argument("--rewrite", metavar="DIR", help="write each readable file again from what was read")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["rewrite"]) if options["rewrite"] else None
        targets = _targets(options["files"], folder)
        answers = [self._inspect(name, target) for name, target in zip(options["files"], targets, strict=True)]
        if options["as_json"]:
            self.stdout.write(
                json.dumps(answers, ensure_ascii=False, indent=1).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            )
        else:
            self._print(answers)
        if not all(answer["ok"] for answer in answers):
            raise SystemExit(1)

    def _inspect(self, name: str, target: Path | None) -> dict[str, Any]:
        data, problem = _bytes_of(name)
        found = Inspection(problems=(problem,)) if problem else inspect_bytes(data, os.path.basename(name), catalogue())
        answer = found.as_json(name)
        if target is not None and found.table is not None:
            try:
                _write(target, rewrite(found.table).data, source=name)
            except OSError as refusal:
                failed = Problem(rule="not_rewritten", facts={"path": str(target), "reason": _reason(refusal)})
                answer["ok"] = False
                answer["problems"].append(failed.as_json())
            else:
                answer["rewritten"] = str(target)
        return answer

    def _print(self, answers: list[dict[str, Any]]) -> None:
        header = (_("File"), _("Verdict"), _("Family"), _("Version"), _("Encoding"), _("Rows"), _("Deleted"))
        rows = [
            (
                answer["file"],
                _("ok") if answer["ok"] else _("refused"),
                *(
                    str(answer[key] if answer[key] is not None else "–")
                    for key in ("family", "version", "encoding", "rows", "deleted")
                ),
            )
            for answer in answers
        ]
        self._line("\t".join(str(cell) for cell in header))
        for row, answer in zip(rows, answers, strict=True):
            self._line("\t".join(str(cell) for cell in row))
            for problem in answer["problems"]:
                place = ", ".join(f"{key} {problem[key]}" for key in ("row", "field", "offset") if key in problem)
                self._line(f"    {problem['severity']}: {problem['message']}" + (f" ({place})" if place else ""))

    def _line(self, text: str) -> None:
        self.stdout.write(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _bytes_of(name: str) -> tuple[bytes, Problem | None]:
    """The file's bytes, or why there are none. Only plain files of bounded size: a pipe or a device would never end."""
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            return b"", Problem(rule="not_a_file")
        if status.st_size > LARGEST_BYTES:
            return b"", Problem(rule="too_large", facts={"size": status.st_size, "limit": LARGEST_BYTES})
        with open(name, "rb") as file:
            return file.read(LARGEST_BYTES + 1), None
    except FileNotFoundError:
        return b"", Problem(rule="no_such_file")
    except (OSError, ValueError) as refusal:
        return b"", Problem(rule="unreadable", facts={"reason": _reason(refusal)})


def _reason(refusal: Exception) -> str:
    return str(getattr(refusal, "strerror", None) or refusal)


def _targets(names: list[str], folder: Path | None) -> list[Path | None]:
    """Each file under its own name; when two share a name, all keep their path below the folder common to all."""
    if folder is None:
        return [None] * len(names)
    if folder.exists() and not folder.is_dir():
        raise CommandError(_("%(path)s is not a folder.") % {"path": folder})
    own = [os.path.basename(name) for name in names]
    if all(count == 1 for count in Counter(name.lower() for name in own).values()):
        return [folder / name for name in own]
    whole = [os.path.abspath(name) for name in names]
    common = os.path.commonpath([os.path.dirname(path) for path in whole])
    return [folder / os.path.relpath(path, common) for path in whole]


def _write(target: Path, data: bytes, *, source: str) -> None:
    """All or nothing, and never over the file that was read."""
    if target.exists() and os.path.samefile(target, source):
        raise FileExistsError(0, _("it is the file that was read"))
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
