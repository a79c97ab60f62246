import json
from io import StringIO

import pytest
from django.core.management import call_command

from tests.kernel.dmn_models import decision, given, literal, model, table

FEE = model(
    given("amount", "number"), given("day", "date"),
    decision("fee", table("UNIQUE", ["amount"], ["fee"], [["< 10", "1"], ["> 5", "amount * 0.10"]]), "amount"),
    decision("due", literal('day + duration("P2D")'), "day", type_name="date"),
    decision("broken", literal("1 +")),
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "fee.dmn"
    path.write_text(FEE, encoding="utf-8")
    return str(path)


def run(*arguments):
    out, err = StringIO(), StringIO()
    code: object = 0
    try:
        call_command("dmn", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


def test_the_plain_answer_is_the_value_as_json(file):
    assert run("eval", file, "--decision", "fee", "--context", '{"amount": 12.5}') == (0, "1.250\n", "")
    assert run("eval", file, "--decision", "due", "--context", '{"day": "2026-02-27"}') == (0, '"2026-03-01"\n', "")


def test_a_broken_rule_is_null_with_a_problem(file):
    code, out, err = run("eval", file, "--decision", "fee", "--context", '{"amount": 7}')

    assert (code, out) == (0, "null\n")
    assert "dmn.several_rules" in err
    _code, out, _err = run("eval", file, "--decision", "fee", "--context", '{"amount": 7}', "--json")
    answer = json.loads(out)
    assert (answer["ok"], answer["value"], answer["problems"][0]["rule"]) == (True, None, "dmn.several_rules")


@pytest.mark.parametrize("context", ["[]", "{"])
def test_a_context_that_is_no_object_ends_with_status_1(file, context):
    assert run("eval", file, "--decision", "fee", "--context", context)[:2] == (1, "")


def test_a_decision_or_file_that_is_not_there_ends_with_status_1(file):
    assert run("eval", file, "--decision", "none")[:2] == (1, "")
    code, out, _err = run("eval", file + ".none", "--decision", "fee", "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_a_check_names_what_is_wrong(file):
    code, out, _err = run("check", file, "--json")

    (report,) = json.loads(out)
    assert (code, report["file"], report["ok"]) == (1, file, False)
    assert [(problem["element"], problem["rule"]) for problem in report["problems"]] == [("broken", "dmn.feel")]


def test_imported_models_are_found_beside_the_file_or_given(tmp_path):
    def write(name, namespace, *parts):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(model(*parts).replace('"urn:model"', f'"urn:{namespace}"'), encoding="utf-8")
        return str(tmp_path / name)

    def needs(namespace, name, location=""):
        return f'<import namespace="urn:{namespace}" name="{name}" importType="x" locationURI="{location}"/>'

    write("deep/c.dmn", "c", decision("three", literal("3")))
    write("b.dmn", "b", needs("c", "", "deep/c.dmn"), decision("two", literal("three - 1"), "decision:three"))
    main = write("a.dmn", "a", needs("b", ""), decision("one", literal("two - 1"), "decision:two"))
    lost = write("deep/lost.dmn", "lost", needs("b", "", "../b.dmn"), decision("one", literal("two - 1"), "decision:two"))

    assert run("eval", main, "--decision", "one") == (0, "1\n", "")
    assert run("check", main)[0] == 0
    code, out, err = run("eval", lost, "--decision", "one")
    assert (code, out) == (1, "")
    assert "urn:b" in err
    assert run("check", lost)[0] == 1
    assert run("eval", lost, "--decision", "one", "--with", str(tmp_path / "b.dmn")) == (0, "1\n", "")
    assert run("eval", main, "--decision", "one", "--with", str(tmp_path / "none.dmn"))[0] == 1
