"""Rows and bytes that tests of market files need."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from apps.calendars.models import Calendar
from apps.files.core.dbf import Column, write_dbf
from apps.files.models import ArrivalRule, Source
from apps.files.store import catalogue
from apps.people.models import BusinessLine

DAY = date(2026, 7, 13)


def table_bytes(family: str, rows: Sequence[Mapping[str, Any]], *, version: int = 0x03, updated: date = DAY) -> bytes:
    """A file of a known family in its first layout."""
    return write_dbf(catalogue().families[family].layouts[0].columns, rows, version=version, updated=updated)


def small_table(*columns: Column, rows: Sequence[Sequence[Any]] = (), version: int = 0x03) -> bytes:
    return write_dbf(columns, rows, version=version, updated=DAY)


def line(code: str = "rtgs-sh") -> BusinessLine:
    return BusinessLine.objects.get_or_create(
        code=code, defaults={"name_zh": "RTGS结算（上海）", "name_en": "RTGS settlement Shanghai"}
    )[0]


def source(folder: Path, *, line_code: str = "rtgs-sh", code: str = "sh-prop", **facts: Any) -> Source:
    """A source over a folder of the test, naming by Shanghai's rule."""
    return Source.objects.create(
        line=line(line_code),
        code=code,
        name_zh="上海PROP",
        name_en="Shanghai PROP",
        directory=str(folder),
        **{"required_codes": ["jsmx", "zqbd"], "poll_seconds": 0, **facts},
    )


def drop(folder: Path, name: str, data: bytes, *, modified_seconds: int = 1_000_000_000) -> Path:
    """Leaves a file in a folder with a modification time that the test decides."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (modified_seconds, modified_seconds))
    return path


def calendar() -> Calendar:
    """The exchanges' calendar as the weekday rule makes it."""
    facts = {"name_zh": "交易所", "name_en": "Exchanges", "official_from": date(2026, 1, 1), "official_until": date(2026, 12, 31)}
    return Calendar.objects.get_or_create(code="CN-EX", defaults=facts)[0]


def arrival_rule(one: Source, file_code: str = "jsmx", at: str = "16:30", *, day_offset: int = 0) -> ArrivalRule:
    """A file of a source that has to be here by a time of the market; the rule has stood for long."""
    return ArrivalRule.objects.create(
        source=one,
        file_code=file_code,
        calendar=calendar(),
        expected_by=time.fromisoformat(at),
        day_offset=day_offset,
        set_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
