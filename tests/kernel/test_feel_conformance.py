"""What DMN 1.5 says of FEEL, case by case: `conformance/*.txt` hold lines of expression => value as JSON, or `syntax`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.kernel import feel
from apps.processes.management.json_values import json_text

NOW = datetime(2026, 6, 15, 1, 30, tzinfo=UTC)
TABLES = Path(__file__).parent / "conformance"


def cases() -> Iterator[tuple[str, str]]:
    for table in sorted(TABLES.glob("*.txt")):
        for line in table.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("# "):
                expression, _arrow, expected = line.rpartition("  =>  ")
                yield expression, expected


@pytest.mark.parametrize(("expression", "expected"), list(cases()))
def test_an_expression_is_worth_what_the_standard_says(expression, expected):
    if expected == "syntax":
        with pytest.raises(feel.FeelError):
            feel.evaluate(expression, {}, now=NOW)
    else:
        assert json_text(feel.evaluate(expression, {}, now=NOW)) == expected


def test_the_tables_are_read_to_the_end():
    assert len(list(cases())) > 1000
