"""`fsbz_fi`: the end flag of the fixed income set, which is also a manifest of its files (fact book 3.3)."""

from dataclasses import dataclass

from apps.files.core.dbf import DbfTable
from apps.files.core.problems import Problem, refuse

COLUMNS = ("SJWJM", "WJJLS", "WJZJS")


@dataclass(frozen=True)
class ManifestLine:
    """What the sender says of one file: its records and its bytes before compression."""

    name: str
    rows: int | None
    size: int | None


def read_manifest(table: DbfTable) -> dict[str, ManifestLine]:
    """The lines by lower-case file name; a count that is no whole number is refused with its row."""
    lines = {}
    for row in table.rows():
        name = str(row["SJWJM"]).strip()
        if name:
            lines[name.lower()] = ManifestLine(
                name, _whole(row["WJJLS"], row.number, "WJJLS"), _whole(row["WJZJS"], row.number, "WJZJS")
            )
    return lines


def is_manifest(table: DbfTable) -> bool:
    return all(column in table for column in COLUMNS)


def against_manifest(lines: dict[str, ManifestLine], *, name: str, rows: int, size: int) -> list[Problem]:
    """What the manifest says otherwise than the file."""
    line = lines.get(name.lower())
    if line is None:
        return [Problem(rule="manifest_missing")]
    problems = []
    if line.rows is not None and line.rows != rows:
        problems.append(Problem(rule="manifest_rows", facts={"expected": line.rows, "found": rows}))
    if line.size is not None and line.size != size:
        problems.append(Problem(rule="manifest_bytes", facts={"expected": line.size, "found": size}))
    return problems


def _whole(value: object, row: int, field: str) -> int | None:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise refuse("not_a_number", row=row, field=field, found=text[:40])
    return int(text)
