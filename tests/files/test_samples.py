"""Every real market file at hand is read and written again byte for byte."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.files.core.catalogue import match_family
from apps.files.core.dbf import read_dbf, rewrite
from apps.files.store import catalogue

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "csdc-samples"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file())

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample files at {SAMPLES}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_real_file_is_read_and_written_again_byte_for_byte(path):
    table = read_dbf(path)

    again = rewrite(table)

    assert again.data == path.read_bytes()
    assert len(list(table.rows())) == len(table) == table.row_count - table.deleted


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_real_file_is_known_by_its_columns_alone(path):
    table = read_dbf(path)

    by_columns = match_family(catalogue(), table)
    by_name = match_family(catalogue(), table, path.name)

    assert by_columns is not None
    assert by_name is not None
    assert {problem.rule for problem in by_columns.drift} <= {"family_ambiguous"}
    assert by_name.layout.columns == tuple(field.column for field in table.fields)


def test_the_command_takes_all_real_files_at_once(tmp_path, capsys):
    call_command("files", "inspect", "--json", "--rewrite", str(tmp_path), *map(str, FILES))

    answers = json.loads(capsys.readouterr().out)
    assert len(answers) == len(FILES)
    assert all(answer["ok"] and answer["family"] for answer in answers)
    assert all(Path(answer["rewritten"]).read_bytes() == Path(answer["file"]).read_bytes() for answer in answers)
