"""Where bytes and facts lie: the catalogue in the package, our copies of market files under the data folder."""

import hashlib
import json
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from apps.files import conf
from apps.files.core.catalogue import Catalogue, catalogue_from
from apps.files.errors import CopyDamaged

_DATA = Path(__file__).parent / "data"


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the product; read once a process."""
    return catalogue_from(_facts("catalogue"), _facts("meanings"), _facts("codes"))


def _facts(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return facts


def stored_path(sha256: str) -> Path:
    """Where our copy of these bytes lies."""
    return conf.stored_files() / sha256[:2] / sha256


def keep(data: bytes) -> str:
    """Stores the bytes under their SHA-256 and gives it; what lies there is read back and compared before it counts."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = stored_path(sha256)
    if not (target.exists() and _digest(target) == sha256):
        write_whole(target, data)
        if _digest(target) != sha256:
            raise CopyDamaged(name=sha256)
    return sha256


def kept_bytes(sha256: str) -> bytes:
    """Our copy, compared with its digest each time."""
    try:
        data = stored_path(sha256).read_bytes()
    except OSError as missing:
        raise CopyDamaged(name=sha256) from missing
    if hashlib.sha256(data).hexdigest() != sha256:
        raise CopyDamaged(name=sha256)
    return data


def write_whole(target: Path, data: bytes) -> None:
    """All or nothing, and on the disk when this returns: temporary file, fsync, rename, fsync of the folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o640)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
