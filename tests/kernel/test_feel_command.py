# ruff: noqa: E501 - tables read better with one case beside the other
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.kernel.feel import BUILT_INS
from apps.processes.management.commands.feel import Command

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "feel.md"


def run(*arguments):
    out, err = StringIO(), StringIO()
    code: object = 0
    try:
        call_command("feel", "eval", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


def answer(*arguments):
    code, out, _err = run(*arguments, "--json")
    return code, json.loads(out)


@pytest.mark.parametrize(
    ("expression", "context", "value", "kind"),
    [
        ("1 + 1", "{}", 2, "number"),
        ("金额 * 1.5", '{"金额": 3}', 4.5, "number"),
        ("null", "{}", None, "null"),
        ('date("2026-06-15")', "{}", "2026-06-15", "date"),
        ("[1..3)", "{}", "[1..3)", "range"),
        ("{a: [true, 2.5]}", "{}", {"a": [True, 2.5]}, "context"),
    ],
)
def test_the_command_answers_value_and_type(expression, context, value, kind):
    assert answer(expression, "--context", context) == (0, {"ok": True, "value": value, "type": kind, "problems": []})


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("1.50 + 1", "2.50"), ("9007199254740993 + 0", "9007199254740993"), ('@"2026-06-15T10:00:00@Asia/Shanghai"', '"2026-06-15T10:00:00@Asia/Shanghai"'),
        ('@"P1DT2H"', '"P1DT2H"'), ('@"P14M"', '"P1Y2M"'), ('{"名": [null, true]}', '{"名": [null, true]}'), ("2 ** 100", "1267650600228229401496703205376"),
    ],
)  # fmt: skip
def test_the_plain_answer_is_the_value_as_json(expression, printed):
    assert run(expression)[:2] == (0, printed + "\n")


@pytest.mark.parametrize("expression", ['1 + "a"', "nothing here", "sqrt(-1)", 'substring("a")', "nothing(1)"])
def test_what_has_no_meaning_is_null_with_a_warning(expression):
    code, out, warnings = run(expression)

    assert (code, out) == (0, "null\n")
    assert warnings.strip()


def test_a_text_that_is_no_expression_ends_with_status_1_and_its_place():
    code, out, problem = run("1 +\n )")

    assert (code, out) == (1, "")
    assert "line 2, column 2" in problem


@pytest.mark.parametrize(
    ("expression", "printed"), [("-x", "-3"), ("-(x)", "-3"), ("--x", "3"), ("-null", "null"), ("-x + 1", "-2")]
)
def test_an_expression_may_begin_with_a_minus(expression, printed, capsys):
    Command().run_from_argv(["manage.py", "feel", "eval", expression, "--context", '{"x": 3}'])

    assert capsys.readouterr().out == printed + "\n"


def test_the_context_may_stand_in_a_file(tmp_path):
    path = tmp_path / "context.json"
    path.write_text('{"金额": 1.10}', encoding="utf-8")

    assert run("金额", "--context", f"@{path}")[:2] == (0, "1.10\n")
    assert run("1", "--context", f"@{tmp_path / 'none.json'}")[0] == 1


def test_the_command_says_where_an_expression_is_wrong():
    code, problem = answer("1 +\n )")

    assert code == 1
    assert problem["ok"] is False
    assert {key: problem["problem"][key] for key in ("offset", "line", "column")} == {"offset": 5, "line": 2, "column": 2}


@pytest.mark.parametrize("context", ["[", "[1]", "NaN x"])
def test_a_context_that_is_no_json_object_is_refused(context):
    assert answer("1", "--context", context)[0] == 1


def test_the_reference_lists_every_built_in_function_and_no_other():
    lines = PAGE.read_text(encoding="utf-8").partition("## Functions")[2].splitlines()
    listed = {line.split("`")[1].split("(")[0] for line in lines if line.startswith("- `")}

    assert listed == set(BUILT_INS)
