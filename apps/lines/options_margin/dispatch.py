"""Computes files of margin cases that need not fit into memory, in their order, on as many processes as wanted."""

import json
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import ijson

from apps.lines.options_margin.core.cases import CASE_FORMAT, RESULT_FORMAT, result_of

_BATCH = 500
"""Cases that go to a process at once; a file with fewer is computed without any other process."""

Batch = list[dict[str, Any]]
Asked = dict[str, Any]
"""What `result_of` is asked for besides the result."""


class NoCaseFile(ValueError):
    """The file is not what it should be; the sentence says what is wrong where."""


def compute_cases(
    cases: Path, out: Path, *, explain: bool = False, forecast: int = 0, greedy: bool = False, workers: int | None = None
) -> tuple[int, int]:
    """Writes the result of every case; (cases, refused ones). The result appears whole or not at all.

    Raises NoCaseFile, and OSError when a file cannot be read or written.
    """
    asked: Asked = {"explain": explain, "forecast": forecast, "greedy": greedy}
    with cases.open("rb") as file:
        _require_format(file, cases)
        if out.exists() and not out.is_file():  # a pipe or a terminal
            with out.open("w", encoding="utf-8") as target:
                return _write(file, cases, target, asked, workers)
        half = out.with_name(out.name + ".part")
        try:
            with half.open("w", encoding="utf-8") as target:
                counts = _write(file, cases, target, asked, workers)
            os.replace(half, out)
        finally:
            with suppress(FileNotFoundError):
                half.unlink()
        return counts


def _write(file: BinaryIO, path: Path, target: TextIO, asked: Asked, workers: int | None) -> tuple[int, int]:
    count = refused = 0
    target.write(f'{{"format": "{RESULT_FORMAT}", "results": [\n')
    for lines in _computed(_batches(file, path), asked, workers or os.cpu_count() or 1):
        for is_refused, line in lines:
            target.write((",\n" if count else "") + line)
            count, refused = count + 1, refused + is_refused
    target.write("\n]}\n")
    return count, refused


def _require_format(file: BinaryIO, path: Path) -> None:
    try:
        found = next(ijson.items(file, "format"), None)
    except ijson.JSONError as fault:
        raise NoCaseFile(f"{path}: no JSON: {fault}") from fault
    if found != CASE_FORMAT:
        raise NoCaseFile(f"{path}: the format is not {CASE_FORMAT}")
    file.seek(0)


def _batches(file: BinaryIO, path: Path) -> Iterator[Batch]:
    found = ijson.items(file, "cases.item")
    place = 0
    while True:
        try:
            batch = list(islice(found, _BATCH))
        except ijson.JSONError as fault:
            raise NoCaseFile(f"{path}: after {place} cases: {fault}") from fault
        for case in batch:
            if not isinstance(case, dict):
                raise NoCaseFile(f"{path}: cases[{place}] is not an object")
            place += 1
        if not batch:
            return
        yield batch


def _computed(batches: Iterator[Batch], asked: Asked, workers: int) -> Iterator[list[tuple[bool, str]]]:
    """The batches' results in order; no more batches are read ahead than the processes can have in hand."""
    first, second = next(batches, None), next(batches, None)
    if first is None:
        return
    if second is None or workers == 1:
        yield _results(first, asked)
        if second is not None:
            yield _results(second, asked)
        yield from (_results(batch, asked) for batch in batches)
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting: deque[Future[list[tuple[bool, str]]]] = deque(pool.submit(_results, batch, asked) for batch in (first, second))
        for batch in batches:
            waiting.append(pool.submit(_results, batch, asked))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _results(batch: Batch, asked: Asked) -> list[tuple[bool, str]]:
    found = [(case.get("id"), result_of(case.get("input"), **asked)) for case in batch]
    return [
        (not result["ok"], json.dumps({"id": name, "result": result}, ensure_ascii=False, sort_keys=True, default=str))
        for name, result in found
    ]
