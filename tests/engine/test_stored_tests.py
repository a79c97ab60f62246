"""A test of a process says what a rehearsal must do; what a rehearsal did is a test that the same model passes."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.core.rehearsal import rehearse
from apps.processes.core.plan import Event, EventKind, NodeKind
from apps.processes.core.testing import TEST_MOVES, Unusable, read_test, recorded, run_tests
from tests.engine.test_rehearsal import MODEL
from tests.factories.engine import PlanText, chain
from tests.simulation.histories import random_plan


def asked(name="t", **more):
    return {"name": name, **more}


def result_on(plan, test, called=None):
    return run_tests(plan, [read_test(test)], rehearse=rehearse, called=called or {})[0]


def places(result):
    return [difference.place for difference in result.differences]


def decision():
    text = PlanText().user("ask").choice("ok").event("bad", NodeKind.END, Event(EventKind.ERROR, code="NO"))
    return text.flow("start", "ask", "ok").flow("ok", "bad", when="amount > 100").flow("ok", "end", default=True).plan()


# -- what is expected ----------------------------------------------------------------------------------------------


def test_a_test_that_expects_nothing_else_expects_the_end():
    assert result_on(chain(1).plan(), asked()).passed
    assert places(result_on(chain(1).plan(), asked(expected={"ended": False}))) == ["expected.ended"]


def test_the_end_its_state_the_path_and_the_variables_are_all_asked_for():
    expected = {"end_state": "completed", "end": "end", "path": ["start", "ok", "end"], "variables": {"amount": 5}}
    small, large = ({"variables": {"amount": amount, "note": "x"}, "expected": expected} for amount in (5, 500))

    assert result_on(decision(), asked(**small)).passed
    assert places(result_on(decision(), asked(**large))) == [
        "expected.end_state",
        "expected.end",
        "expected.path[2]",
        "expected.variables.amount",
    ]


def test_what_the_script_gives_decides_the_path():
    test = asked(script={"ask": {"amount": 500}}, expected={"end_state": "error:NO", "path": ["ask", "bad"]})

    assert result_on(decision(), test).passed


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (["start", "s1", "end"], None),
        (["s1", "s0"], "expected.path[1]"),
        (["s0", "s0"], "expected.path[1]"),
        (["start", "s0", "s1", "s2", "end"], None),
    ],
)
def test_others_may_stand_between_but_the_order_counts(path, place):
    assert places(result_on(chain(3).plan(), asked(expected={"path": path}))) == ([place] if place else [])


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (["start", "s0", "s1", "end"], None),
        (["start", "s1", "end"], "expected.path[1]"),
        (["start", "s0", "s1"], "expected.path[3]"),
        (["start", "s0", "s1", "end", "s0"], "expected.path[4]"),
    ],
)
def test_an_exact_path_has_nothing_else_before_between_and_behind(path, place):
    assert places(result_on(chain(2).plan(), asked(expected={"path": path, "exact": True}))) == ([place] if place else [])


def test_a_misspelt_element_is_named_wherever_it_stands():
    test = asked(script={"asc": {"amount": 1}}, expected={"end": "ende", "path": ["oks"]}, variables={"amount": 1})

    found = places(result_on(decision(), test))

    assert found[:3] == ["script.asc", "expected.path[0]", "expected.end"]


def test_true_is_not_one_and_a_missing_variable_is_not_null():
    given_ = {"variables": {"a": True}}

    assert not result_on(chain(1).plan(), asked(**given_, expected={"variables": {"a": 1}})).passed
    assert not result_on(chain(1).plan(), asked(expected={"variables": {"a": None}})).passed


@pytest.mark.parametrize("number", [Decimal("0.10"), Decimal("12345678901234567890.01"), Decimal("2.00"), 0.5])
def test_decimals_keep_their_digits_and_are_what_a_run_would_keep(number):
    test = read_test(asked(variables={"n": number}, expected={"variables": {"n": number}}))

    assert run_tests(chain(1).plan(), [test], rehearse=rehearse, called={})[0].passed
    assert isinstance(test.variables["n"], str | int)


def test_what_stopped_the_rehearsal_is_said():
    plan = PlanText().script("sum", "1 +", "n").flow("start", "sum", "end").plan()

    result = result_on(plan, asked())

    assert result.differences[0].found == "failed"
    assert result.differences[1].found[0] == "sum"


def test_a_test_that_never_ends_is_stopped():
    text = (
        PlanText().timer("w", duration='duration("PT1S")').choice("m").flow("start", "m", "w", "m").flow("m", "end", when="false")
    )

    result = result_on(text.plan(), asked())

    assert places(result)[0] == "expected.ended"


def test_called_processes_at_hand_are_played_inside():
    inner = PlanText("INNER").script("double", "2", "b").flow("start", "double", "end").plan()
    plan = PlanText("OUTER").call("call", "INNER").flow("start", "call", "end").plan()
    test = asked(expected={"path": ["double", "call"]})

    assert result_on(plan, test, {"INNER": inner}).passed
    assert not result_on(plan, test).passed


@pytest.mark.parametrize(("language", "words"), [("en", "should be"), ("zh-hans", "应为")])
def test_what_differs_is_said_in_both_languages(language, words):
    result = result_on(chain(1).plan(), asked(variables={"a": 1}, expected={"variables": {"a": 2}}))

    with translation.override(language):
        sentence = result.differences[0].sentence

    assert words in sentence
    assert "a" in sentence


# -- properties ----------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_what_a_rehearsal_did_is_a_test_that_the_same_model_passes_and_a_longer_path_is_not(seed):
    plan, _ = random_plan(seed)
    variables = {"seed": seed}
    played = rehearse(plan, variables=variables, called={}, moves_limit=TEST_MOVES)
    test = json.loads(json.dumps(recorded("as it was", variables, {}, played).as_dict()))

    assert result_on(plan, test).differences == ()

    last = test["expected"]["path"][-1]
    for broken in (
        {"path": [*played.trace, last], "exact": False},
        {"path": played.trace[:-1]},
        {"variables": {"seed": seed + 1}},
        {"variables": {"nobody": 0}},
    ):
        assert not result_on(plan, {**test, "expected": {**test["expected"], **broken}}).passed, broken


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


parts = dict.fromkeys(("name", "variables", "script", "expected", "more"), values)


def read_or_refused(data):
    """The test, or None after a refusal that says where and why."""
    try:
        return read_test(data)
    except Unusable as refusal:
        if not (refusal.place and str(refusal.reason)):
            raise
        return None


@given(data=st.fixed_dictionaries({}, optional=parts) | values)
def test_anything_is_read_as_a_test_or_refused_at_a_place_and_what_was_read_reads_the_same(data):
    case = read_or_refused(data)

    if case is not None:
        assert read_test(json.loads(json.dumps(case.as_dict()))) == case


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "place"),
    [
        ([], "test"),
        ({}, "name"),
        (asked(" "), "name"),
        (asked("x" * 121), "name"),
        (asked(other=1), "other"),
        (asked(variables=[]), "variables"),
        (asked(script={"a": 1}), "script.a"),
        (asked(script={"a": []}), "script.a"),
        (asked(script={"a": [{"x": 1}, 2]}), "script.a[1]"),
        (asked(script={"a": {"results": 1}}), "script.a.results"),
        (asked(script={"a": {"error": 1}}), "script.a.error"),
        (asked(script={"a": {"delay_seconds": 1, "ok": True}}), "script.a.ok"),
        (asked(script={"a": {"delay_seconds": 0.5}}), "script.a.delay_seconds"),
        (asked(script={"a": {"delay_seconds": -1}}), "script.a.delay_seconds"),
        (asked(expected=3), "expected"),
        (asked(expected={"pth": []}), "expected.pth"),
        (asked(expected={"path": "a"}), "expected.path"),
        (asked(expected={"path": ["a", 2]}), "expected.path[1]"),
        (asked(expected={"exact": True}), "expected.exact"),
        (asked(expected={"ended": 1}), "expected.ended"),
        (asked(expected={"end_state": "over"}), "expected.end_state"),
        (asked(expected={"end_state": "failed", "ended": True}), "expected.ended"),
        (asked(expected={"variables": []}), "expected.variables"),
        (asked(variables={"a": {"b": float("nan")}}), "variables.a.b"),
        (asked(variables={"a": "x" * 100_000}), "test"),
        (asked(variables={"a": ["\0"]}), "variables.a[0]"),
        (asked(variables={"a": {"\ud800": 1}}), "variables.a"),
    ],
)
def test_what_is_no_test_is_refused_at_its_place(test, place):
    with pytest.raises(Unusable) as refusal:
        read_test(test)

    assert refusal.value.place == place


def test_what_is_nested_too_deep_is_refused():
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(Unusable):
        read_test(asked(variables={"a": deep}))


# -- the command ---------------------------------------------------------------------------------------------------


def files(tmp_path, tests):
    model, said = tmp_path / "model.bpmn", tmp_path / "tests.json"
    model.write_text(MODEL)
    said.write_text(tests if isinstance(tests, str) else json.dumps(tests))
    return str(model), str(said)


def test_the_command_plays_the_tests_of_a_file_without_a_database(tmp_path, capsys):
    model, said = files(tmp_path, [asked("sum", variables={"a": 1}, expected={"path": ["sum"], "variables": {"b": 2}})])

    call_command("bpmn", "test", model, "--tests", said, "--json")

    told = json.loads(capsys.readouterr().out)
    assert told == {"ok": True, "tests": [{"name": "sum", "passed": True, "differences": []}], "problems": []}


def test_a_failed_test_is_told_with_its_place_and_the_exit_code_is_one(tmp_path, capsys):
    model, said = files(tmp_path, asked("sum", variables={"a": 1}, expected={"variables": {"b": 3}}))

    with pytest.raises(SystemExit) as code:
        call_command("bpmn", "test", model, "--tests", said)

    told = capsys.readouterr().out
    assert code.value.code == 1
    assert "sum: failed" in told
    assert "expected.variables.b: The variable “b” should be 3, and is 2." in told


@pytest.mark.parametrize("tests", ["{", "[{}]", '[{"name": "x", "expected": {"pth": 1}}]', None])
def test_what_cannot_be_tested_is_said_without_a_traceback(tmp_path, capsys, tests):
    model, said = files(tmp_path, tests or [])
    if tests is None:
        model = str(tmp_path / "nowhere.bpmn")

    with pytest.raises(SystemExit):
        call_command("bpmn", "test", model, "--tests", said, "--json")

    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["tests"]) == (False, [])
    assert told["problems"][0]["message"]
