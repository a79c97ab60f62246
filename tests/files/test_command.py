"""`manage.py files inspect` is a public contract: one object a file, an exit code, no database, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.factories.files import drop, table_bytes

ROOT = Path(__file__).resolve().parents[2]
GOOD = table_bytes("zqbd", [{"SCDM": "01", "BY": "备用"}], version=0x30)


def inspect(capsys, *arguments) -> tuple[list[dict[str, Any]], int]:
    try:
        call_command("files", "inspect", "--json", *map(str, arguments))
        code = 0
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    return json.loads(capsys.readouterr().out), code


def test_a_good_file_has_all_its_facts(tmp_path, capsys):
    path = drop(tmp_path, "zqbd.713", GOOD)

    answers, code = inspect(capsys, path)

    assert code == 0
    answer = answers[0]
    assert list(answer) == ["file", "ok", "family", "version", "encoding", "rows", "deleted", "fields", "problems"]
    assert (answer["file"], answer["ok"], answer["family"], answer["version"]) == (str(path), True, "zqbd", "0x30")
    assert (answer["encoding"], answer["rows"], answer["deleted"], answer["problems"]) == ("gbk", 1, 0, [])
    assert answer["fields"][0] == {"name": "SCDM", "type": "C", "width": 2, "decimals": 0}


def test_one_refused_file_makes_the_exit_code_and_spoils_no_other(tmp_path, capsys):
    good, bad = drop(tmp_path, "a.dbf", GOOD), drop(tmp_path, "b.dbf", GOOD[:-9])

    answers, code = inspect(capsys, good, bad)

    assert code == 1
    assert [answer["ok"] for answer in answers] == [True, False]
    assert answers[1]["problems"][0]["rule"] == "still_being_written"
    assert answers[1]["problems"][0]["offset"] == len(GOOD) - 9
    assert (answers[1]["version"], answers[1]["rows"], answers[1]["fields"]) == ("0x30", None, [])


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda folder: folder, "not_a_file"),
        (lambda folder: folder / "nothing", "no_such_file"),
        (lambda folder: Path("/dev/zero"), "not_a_file"),
        (lambda folder: folder / ("x" * 300), "unreadable"),
        (lambda folder: drop(folder, "empty.dbf", b""), "empty_file"),
        (lambda folder: drop(folder, "program.dbf", b"\x7fELF\0\0\0"), "not_recognised"),
        (lambda folder: drop(folder, "letter.dbf", b"hello\n"), "unknown_text"),
    ],
)
def test_any_path_gets_an_answer(tmp_path, capsys, make, rule):
    answers, code = inspect(capsys, make(tmp_path))

    assert code == 1
    assert [problem["rule"] for problem in answers[0]["problems"]] == [rule]


def test_a_pipe_is_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")

    answers, _ = inspect(capsys, tmp_path / "pipe")

    assert answers[0]["problems"][0]["rule"] == "not_a_file"


def test_a_known_text_is_counted(tmp_path, capsys):
    path = drop(tmp_path, "jjgh20260713.txt", b"a|20260713|1\nb|20260713|2\n")

    answers, code = inspect(capsys, path)

    assert code == 0
    assert (answers[0]["family"], answers[0]["rows"], answers[0]["version"]) == ("jjgh", 2, None)


def test_files_are_written_again_under_their_own_names(tmp_path, capsys):
    path = drop(tmp_path, "zqbd.713", GOOD)

    answers, code = inspect(capsys, path, "--rewrite", tmp_path / "out")

    assert code == 0
    assert answers[0]["rewritten"] == str(tmp_path / "out" / "zqbd.713")
    assert (tmp_path / "out" / "zqbd.713").read_bytes() == GOOD


def test_files_of_one_name_keep_their_folders(tmp_path, capsys):
    one, two = drop(tmp_path / "in" / "a", "zqbd.713", GOOD), drop(tmp_path / "in" / "b", "zqbd.713", GOOD)

    inspect(capsys, one, two, "--rewrite", tmp_path / "out")

    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.713")) == [
        "a/zqbd.713",
        "b/zqbd.713",
    ]


def test_the_file_that_was_read_is_never_overwritten(tmp_path, capsys):
    path = drop(tmp_path, "zqbd.713", GOOD)
    before = path.stat()

    answers, code = inspect(capsys, path, "--rewrite", tmp_path)

    assert code == 1
    assert answers[0]["problems"][-1]["rule"] == "not_rewritten"
    assert path.stat().st_ino == before.st_ino


def test_people_get_a_table(tmp_path, capsys):
    path = drop(tmp_path, "zqbd.713", GOOD[:-9])

    with pytest.raises(SystemExit):
        call_command("files", "inspect", str(path))

    out = capsys.readouterr().out
    assert str(path) in out
    assert "Traceback" not in out


def test_it_needs_no_database_and_writes_nothing_but_the_answer(tmp_path):
    path = drop(tmp_path, "zqbd.713", GOOD)
    environment = {
        **os.environ,
        "CLEARWAY_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "CLEARWAY_DATA": str(tmp_path / "data"),
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "files", "inspect", "--json", str(path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)[0]["ok"]
