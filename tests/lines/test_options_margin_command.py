"""`manage.py options-margin`: files of cases in, files of results out."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.lines.options_margin import dispatch

CASES = Path(__file__).parent / "data" / "options_margin_cases.json"


def test_every_case_gets_its_result_in_the_order_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = json.loads(CASES.read_text(encoding="utf-8"))["cases"]

    call_command("options-margin", "--cases", str(CASES), "--out", str(tmp_path / "out.json"))

    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert written["format"] == "options-margin-result/1"
    assert written["results"] == [{"id": case["id"], "result": case["expected"]} for case in given]
    assert capsys.readouterr().out == "22 cases, 1 refused\n"


def test_the_ways_of_today_stand_beside_the_cheapest_set(tmp_path: Path) -> None:
    call_command("options-margin", cases=CASES, out=tmp_path / "out.json", greedy=True, verbosity=0)

    results = {row["id"]: row["result"] for row in json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["results"]}
    butterfly = results["EX-19"]
    assert butterfly["total"] == "8992.00"
    assert butterfly["greedy"]["largest_saving_first"] == "14976.00"  # three straddles of 4,992.00
    assert "greedy" not in results["EX-01"]


def test_many_processes_write_the_same_bytes_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_BATCH", 5)

    for workers in (1, 2):
        call_command("options-margin", cases=CASES, out=tmp_path / f"{workers}.json", workers=workers, verbosity=0)

    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_how_a_margin_was_made_is_told_when_it_is_asked(tmp_path: Path) -> None:
    call_command("options-margin", "--cases", str(CASES), "--out", str(tmp_path / "out.json"), "--explain")

    results = {row["id"]: row["result"] for row in json.loads((tmp_path / "out.json").read_text())["results"]}
    put = results["EX-07"]["explained"][0]
    assert (put["is_capped"], put["per_share"], put["before_uplift"], put["fen"]) == (True, "3.100", "31000.000", 3_720_000)
    butterfly = results["EX-19"]
    saved = sum(proof["saving"] for proof in butterfly["proof"])
    assert saved == 25_272_00 - 8_992_00
    assert sum(proof["legs"]["10009002 short"] for proof in butterfly["proof"]) > 0


def test_the_evenings_to_come_are_told_when_they_are_asked(tmp_path: Path) -> None:
    call_command("options-margin", "--cases", str(CASES), "--out", str(tmp_path / "out.json"), "--forecast", "8")

    results = {row["id"]: row["result"] for row in json.loads((tmp_path / "out.json").read_text())["results"]}
    cliff = results["EX-09"]["forecast"]
    assert [row["total"] for row in cliff[:6]] == ["2726.00"] * 6
    assert cliff[6] == {"after": 6, "total": "8178.00", "gone": [0]}
    assert all(row["forecast"][0]["total"] == row["total"] for row in results.values() if row["ok"] and "forecast" in row)
    assert "forecast" not in results["EX-04"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[]", "the format is not"),
        ('{"format": "options-margin-case/2", "cases": []}', "the format is not"),
        ('{"format": "options-margin-case/1", "cases": [1]}', "cases[0] is not an object"),
        ('{"format": "options-margin-case/1", "cases": [{"id": "A"}, {"id"', "after"),
    ],
)
def test_a_file_that_is_no_case_file_is_refused_and_nothing_is_written(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "in.json").write_text(text, encoding="utf-8")
    (tmp_path / "out.json").write_text("before", encoding="utf-8")

    with pytest.raises(CommandError, match=says.replace("[", r"\[").replace("]", r"\]")):
        call_command("options-margin", cases=tmp_path / "in.json", out=tmp_path / "out.json")

    assert (tmp_path / "out.json").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.json", "out.json"]


def test_a_case_without_input_is_refused_and_the_others_are_computed(tmp_path: Path) -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"][:1]
    text = json.dumps({"cases": [{"id": "A"}, *cases], "format": "options-margin-case/1"})
    (tmp_path / "in.json").write_text(text, encoding="utf-8")

    call_command("options-margin", cases=tmp_path / "in.json", out=tmp_path / "out.json", verbosity=0)

    first, second = json.loads((tmp_path / "out.json").read_text())["results"]
    assert first == {"id": "A", "result": {"ok": False, "error": "bad_case", "place": "input", "rule": "an object"}}
    assert second["result"] == cases[0]["expected"]
