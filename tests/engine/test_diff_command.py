"""`manage.py bpmn diff`: two files are compared without a database, and the exit code says what came out."""

import json

import pytest
from django.core.management import call_command

from tests.factories.processes import simple_model


@pytest.fixture
def files(tmp_path):
    """Writes models and gives their paths."""

    def write(**models):
        for name, text in models.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return [str(tmp_path / name) for name in models]

    return write


def diff(capsys, *arguments):
    """Exit code and what was printed."""
    code: str | int | None = 0
    try:
        call_command("bpmn", "diff", *arguments)
    except SystemExit as ended:
        code = ended.code
    return code, capsys.readouterr()


RENAMED = simple_model().replace('id="a" name="a"', 'id="a" name="b"')
DRAWN = simple_model().replace(
    "</bpmn:definitions>",
    '<di:BPMNShape xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" bpmnElement="a" isExpanded="true"/></bpmn:definitions>',
)


def test_the_same_model_has_no_difference(files, capsys):
    code, said = diff(capsys, *files(old=simple_model(), new=simple_model()))

    assert (code, said.out, said.err) == (0, "", "")


def test_a_difference_is_told_in_words(files, capsys):
    code, said = diff(capsys, *files(old=simple_model(), new=RENAMED))

    assert code == 1
    assert said.out == "a: Manual step “b” was changed.\n  Chinese name was “a” and is now “b”.\n"


def test_programs_get_one_object(files, capsys):
    code, said = diff(capsys, *files(old=simple_model(), new=RENAMED), "--json")

    answer = json.loads(said.out)
    assert code == 1
    assert (answer["ok"], answer["problems"]) == (True, [])
    assert answer["differences"][0]["changes"] == [{"property": "name", "detail": "", "old": "a", "new": "b"}]


def test_the_picture_counts_only_when_asked_for(files, capsys):
    paths = files(old=simple_model(), new=DRAWN)

    assert diff(capsys, *paths)[0] == 0
    code, said = diff(capsys, *paths, "--layout", "--json")

    assert code == 1
    assert [each["what"] for each in json.loads(said.out)["differences"]] == ["moved"]


def test_a_file_that_cannot_be_read_is_refused_by_name(files, capsys):
    (old,) = files(old=simple_model())
    (bad,) = files(bad="<a/>")

    for pair, refused in (((old, "nowhere"), "nowhere"), ((bad, old), bad)):
        code, said = diff(capsys, *pair)

        assert code == 2
        assert said.out == ""
        assert said.err.startswith(f"{refused}: ")
    code, said = diff(capsys, bad, old, "--json")
    assert (code, json.loads(said.out)["problems"][0]["rule"]) == (2, "bpmn.root")
