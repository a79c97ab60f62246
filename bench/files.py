"""Large market files to typed columns: a DBF table and the same data as separated text, each in a process of its own.

    python -m bench.files [--rows 1000000]

Prints seconds and the largest memory of the process beside the goals. The file is made up; the same seed makes the same bytes.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
GOAL_SECONDS, GOAL_MIB = 3, 600
COLUMNS: tuple[tuple[Any, ...], ...] = (
    *(("SCDM", "C", 2), ("JLLX", "C", 3), ("CJBH", "C", 16), ("ZQZH", "C", 10), ("ZQDM", "C", 6), ("JYRQ", "D", 8)),
    *(("QSRQ", "D", 8), ("SL", "N", 16), ("JG", "N", 17, 9), ("QSJE", "N", 19, 2), ("YHS", "N", 17, 2), ("GHF", "N", 17, 2)),
    *(("SJSF", "N", 19, 2), ("FJSM", "C", 41)),
)
_BLOCK = 50_000


def write_files(table: Path, text: Path, rows: int) -> None:
    """Settlement details of 200 bytes a row, as a table and as text; amounts stand right, notes are Chinese."""
    from apps.files.core.dbf import Column, write_dbf

    columns = [Column(*column) for column in COLUMNS]
    empty = write_dbf(columns, [], updated=date(2026, 7, 13), end_mark=False)
    dice = np.random.default_rng(1)
    with table.open("wb") as records, text.open("wb") as lines:
        records.write(empty[:4] + rows.to_bytes(4, "little") + empty[8:])
        for at in range(0, rows, _BLOCK):
            cells = [_cells(column, min(_BLOCK, rows - at), dice) for column in columns]
            for row in zip(*cells, strict=True):
                records.write(b" " + b"".join(row))
                lines.write(b"|".join(cell.strip() for cell in row) + b"\n")
        records.write(b"\x1a")


def _cells(column: tuple[Any, ...], count: int, dice: np.random.Generator) -> list[bytes]:
    name, kind, width, decimals = column
    if kind == "D":
        return [b"202607%02d" % day for day in dice.integers(1, 32, count).tolist()]
    if name == "FJSM":
        return ["备注".encode("gbk").ljust(width)] * count
    if kind == "C":
        return [b"%0*d" % (width, number) for number in dice.integers(0, 10 ** min(width, 15), count).tolist()]
    units = dice.integers(-(10**6), 10**9, count).tolist()
    return [f"{number / 10**decimals:.{decimals}f}".rjust(width).encode() for number in units]


def read_whole(path: Path) -> None:
    """Every column of the file, typed; prints seconds and MiB."""
    import numpy  # noqa: F401  # a worker has it loaded long before the file comes

    from apps.files.core.dbf import read_dbf
    from apps.files.core.text_columns import read_columns

    began = time.perf_counter()
    if path.suffix == ".dbf":
        read_dbf(path).columns()
    else:
        columns = read_columns(path.read_bytes())
        kept: list[object] = []  # as whoever works with them would hold them
        for key, (_name, kind, _width, *decimals) in enumerate(COLUMNS):
            if kind == "N":
                kept.append(columns.scaled(key, sum(decimals)))
            else:
                kept.append(columns.days(key) if kind == "D" else columns.raw(key))
    seconds = time.perf_counter() - began
    print(f"{seconds:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    if options.read:
        read_whole(options.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "jsmx.dbf", Path(folder) / "jsmx.txt"]
        write_files(paths[0], paths[1], options.rows)
        for path in paths:
            command = [sys.executable, "-m", "bench.files", "--read", str(path)]
            turns = [subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True) for _ in range(options.repeat)]
            figures = sorted(tuple(map(float, turn.stdout.split())) for turn in turns)
            seconds, mebibytes = figures[len(figures) // 2]
            reached = "reached" if seconds <= GOAL_SECONDS and mebibytes <= GOAL_MIB else "missed"
            size = path.stat().st_size / 10**6
            print(
                f"{path.suffix} {options.rows:,} rows, {size:.0f} MB: {seconds:.2f} s (goal {GOAL_SECONDS}), "
                f"{mebibytes:.0f} MiB (goal {GOAL_MIB}): {reached}; all turns {figures}"
            )


if __name__ == "__main__":
    main()
