"""Every element of BPMN 2.0 does what the standard says, or is refused by name: the page docs/reference/bpmn.md says which."""

import pytest
from django.utils import translation

from apps.processes.core.vocabulary import EVENT_DEFINITIONS, KINDS
from tests.conformance import cases, events
from tests.conformance.page import SECTIONS, conformance
from tests.conformance.parts import Case, verdict_of

EXECUTED = [case for _, group in SECTIONS for case in group if group is not cases.REFUSED]


def named(case: Case) -> str:
    return f"{case.element} {case.says}"


@pytest.mark.parametrize("case", EXECUTED, ids=named)
def test_an_element_does_what_the_standard_says(case):
    found = verdict_of(case)

    assert found.word == "executed", found


@pytest.mark.parametrize("case", cases.REFUSED, ids=named)
def test_what_is_not_executed_is_refused_by_name(case):
    with translation.override("en"):
        found = verdict_of(case)

    assert found.word == "refused", found
    assert found.message


def test_every_element_that_the_reader_knows_is_shown():
    shown = " ".join(case.body for case in EXECUTED)

    assert [name for name in (*KINDS, *EVENT_DEFINITIONS) if f"<bpmn:{name}" not in shown] == []


def test_no_case_is_left_out_of_the_page():
    groups = [value for module in (cases, events) for value in vars(module).values() if isinstance(value, list)]
    written = {id(case) for group in groups for case in group if isinstance(case, Case)}

    assert written == {id(case) for _, group in SECTIONS for case in group}


def test_a_wrong_expectation_would_be_seen():
    wrong = Case("task", "is done twice", cases.TASKS[0].body, "a a")

    assert verdict_of(wrong).word == "different"
    assert any("executed" in line for line in conformance())
