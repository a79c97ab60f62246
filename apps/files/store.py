"""Where bytes and facts lie: the catalogue in the package, our copies of market files under the data folder."""

import hashlib
import json
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from apps.files import conf
from apps.files.core.catalogue import Catalogue, Text, catalogue_from, with_layouts
from apps.files.core.dbf import Column
from apps.files.errors import CopyDamaged
from apps.files.models import ImportedLayout
from apps.kernel.durable import write_whole

_DATA = Path(__file__).parent / "data"


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the product; read once a process."""
    return catalogue_from(_facts("catalogue"), _facts("meanings"), _facts("codes"))


def current_catalogue() -> Catalogue:
    """The same with the layouts that administrators have imported. One query, and one more after an import."""
    newest = ImportedLayout.objects.order_by("-pk").values_list("pk", "imported_at").first()
    return catalogue() if newest is None else _with_imports(newest)


@lru_cache(maxsize=1)
def _with_imports(newest: tuple[int, datetime]) -> Catalogue:
    rows = ImportedLayout.objects.filter(pk__lte=newest[0]).order_by("pk")
    return with_layouts(catalogue(), [_imported(row) for row in rows])


def _imported(row: ImportedLayout) -> tuple[str, str, Text, tuple[Column, ...], dict[str, Text]]:
    columns = tuple(Column(one["name"], one["type"], one["width"], one["decimals"]) for one in row.columns)
    meanings = {one["name"]: Text(one["zh"], one["en"]) for one in row.columns if one.get("zh")}
    return row.family, row.market, Text(row.title_zh, row.title_en), columns, meanings


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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
