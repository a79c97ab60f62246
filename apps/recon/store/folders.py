"""What lies in a folder that the operator of the installation names, as columns: file, size, digest and day."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from apps.kernel import clock
from apps.recon.conf import folder_named
from apps.recon.core.cells import column_of
from apps.recon.errors import SourceNotHere

FOLDER_COLUMNS = ("file", "size", "md5", "date")
_AT_ONCE = 2**20


def listed(code: str, line: str, day: date) -> list[tuple[str, str, str, str]]:
    """The files of the folder and of those in it, by name: relative name, bytes, MD5 as copying programs give it, day of change.

    Raises SourceNotHere when nobody named the folder for the line, or it is not there for the day.
    """
    folder = folder_named(code)
    root = folder.on(day) if folder is not None and folder.serves(line) else None
    if root is None or not root.is_dir():
        raise SourceNotHere(source=code, day=day)
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return [_told(path, root) for path in files]


def columns_listed(rows: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    return {name.upper(): column_of(row[at] for row in rows) for at, name in enumerate(FOLDER_COLUMNS)}


def _told(path: Path, root: Path) -> tuple[str, str, str, str]:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(_AT_ONCE):
            digest.update(part)
    about = path.stat()
    changed = datetime.fromtimestamp(about.st_mtime, clock.SHANGHAI)
    return path.relative_to(root).as_posix(), str(about.st_size), digest.hexdigest(), f"{changed:%Y%m%d}"
