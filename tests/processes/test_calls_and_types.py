"""Calls that never end and values of a wrong type are found before a version is submitted."""

from typing import Any

import pytest

from apps.kernel import clock
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.checks.types import check_types
from apps.processes.core.codec import plan_to_json
from apps.processes.core.plan import Plan
from apps.processes.core.soundness import check_calls
from apps.processes.errors import ModelRefused
from apps.processes.models import ProcessVersion
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

SCHEMAS: dict[str, dict[str, Any]] = {
    "count": {"properties": {}, "outputs": {"properties": {"n": {"type": "integer"}, "name": {"type": "string"}}}},
    "take": {"properties": {"text": {"type": "string"}, "amount": {"anyOf": [{"type": "number"}, {"type": "string"}]}}},
}


def calling(key: str, *called: str) -> Plan:
    text = PlanText(key)
    for process in called:
        text.call(f"to {process}", process)
    return text.flow("start", *[f"to {process}" for process in called], "end").plan()


def told(plan: Plan, *others: Plan, limit: int = 20) -> list[tuple[str, str, str]]:
    known = {other.process_id: other for other in others}
    return [(problem.element, problem.rule, problem.message) for problem in check_calls(plan, known.get, limit=limit)]


def test_calls_that_come_back_are_found_with_their_path():
    ((element, rule, message),) = told(calling("A", "B", "D"), calling("B", "C"), calling("C", "A"), calling("D"))

    assert (element, rule) == ("to B", "calls.cycle")
    assert "A → B → C → A" in message


def test_a_cycle_among_others_is_found_as_well():
    ((element, rule, message),) = told(calling("A", "B"), calling("B", "C"), calling("C", "B"))

    assert (element, rule) == ("to B", "calls.cycle")
    assert "A → B → C → B" in message


def test_a_process_that_two_others_call_is_no_cycle():
    assert told(calling("A", "B", "C"), calling("B", "D"), calling("C", "D"), calling("D")) == []


def test_a_chain_of_calls_has_a_longest_length():
    others = [calling(f"P{number}", f"P{number + 1}") for number in range(1, 5)]

    assert told(calling("P0", "P1"), *others, limit=6) == []
    assert [rule for _, rule, _ in told(calling("P0", "P1"), *others, limit=5)] == ["calls.too_deep"]


@pytest.mark.django_db
def test_a_version_whose_calls_come_back_is_not_submitted():
    made.published(PlanText("BACK").call("again", "FORTH").flow("start", "again", "end"))
    forth = made.published(PlanText("FORTH").service("work").flow("start", "work", "end"))
    draft = ProcessVersion.objects.create(
        process=forth.process,
        number=2,
        author=forth.author,
        model_xml="",
        plan=plan_to_json(calling("FORTH", "BACK")),
        plan_digest="2",
        created_at=clock.now(),
    )

    with pytest.raises(ModelRefused) as refused:
        actions.submit_version(version_id=draft.pk, actor=made.person(forth.author.username, *Role))

    draft.refresh_from_db()
    assert draft.state == "draft"
    assert [problem["rule"] for problem in refused.value.facts["problems"]] == ["calls.cycle"]


@pytest.mark.parametrize(
    ("expression", "problems"),
    [
        ('"a"', []),
        ("1", ["handler.parameter_type"]),
        ("true", ["handler.parameter_type"]),
        ("n", ["handler.parameter_type"]),
        ("name", []),
        ("unknown", []),
        ("string(n)", []),
    ],
)
def test_a_parameter_of_a_wrong_type_is_found_where_schemas_tell(expression, problems):
    text = PlanText().service("a", "count", outputs=mapping(n="n", name="name"))
    text.service("b", "take", parameters=mapping(text=expression)).flow("start", "a", "b", "end")

    assert [problem.rule for problem in check_types(text.plan(), SCHEMAS.get)] == problems


def test_a_whole_number_is_a_number_and_a_variable_that_others_set_has_no_known_type():
    text = PlanText().service("a", "count", outputs=mapping(n="n")).script("s", '"x"', "n")
    text.service("b", "take", parameters=mapping(text="n", amount="2")).flow("start", "a", "s", "b", "end")

    assert list(check_types(text.plan(), SCHEMAS.get)) == []
