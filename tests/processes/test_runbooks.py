"""The runbook of a step: a link that belongs to the step, and comes along wherever the model goes."""

import pytest
from django.utils.translation import override

from apps.kernel.front_door import open_document
from apps.processes.conf import Window
from apps.processes.core.bpmn import read_model
from apps.processes.core.codec import plan_from_json, plan_to_json
from apps.processes.core.differences import differences
from apps.processes.core.differences.words import Lexicon, Words
from apps.processes.core.links import LONGEST_LINK
from apps.processes.core.merging import merge
from apps.processes.core.table import rows_of
from apps.processes.core.vocabulary import WITH_RUNBOOK
from apps.processes.views.tables import ShownRow
from tests.factories.processes import document, elements, flows

LINK = "https://wiki.example/run/确认?a=1"


def model(runbook="", name="a"):
    said = f'id="a" clearway:runbook="{runbook}"' if runbook else 'id="a"'
    text = document(elements("start:s user:a end:e") + flows(["s", "a", "e"])).decode()
    return text.replace('id="a" name="a"', f'{said} name="{name}"').encode()


def problems(said):
    return [problem.rule for problem in read_model(model(said)).problems if problem.severity == "error"]


def test_the_plan_knows_the_runbook_of_a_step_and_keeps_it():
    plan = read_model(model(LINK)).plan

    assert plan is not None
    assert plan.nodes["a"].runbook == LINK
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_plan_without_runbooks_is_written_as_before():
    plan = read_model(model()).plan

    assert plan is not None
    assert all("runbook" not in node for node in plan_to_json(plan)["nodes"])


@pytest.mark.parametrize(
    "said", ["javascript:alert(1)", "wiki", "ftp://x/y", "https://", "https://a b", f"https://{'x' * LONGEST_LINK}", " https://x"]
)
def test_what_is_no_link_is_refused(said):
    assert problems(said) == ["clearway.runbook"]


def test_only_steps_have_runbooks():
    event = elements("start:s end:e").replace('id="s"', f'id="s" clearway:runbook="{LINK}"')

    found = read_model(document(event + flows(["s", "e"]))).problems

    assert [problem.rule for problem in found] == ["clearway.unknown_attribute"]
    assert "userTask" in WITH_RUNBOOK


@pytest.mark.parametrize(("language", "told"), [("en", f"Runbook “{LINK}” is new."), ("zh-hans", f"新增操作手册“{LINK}”。")])
def test_a_difference_says_the_runbook_in_words(language, told):
    with override(language):
        words = Words(differences(model(), model(LINK)), Lexicon({}, {}))
        (item,) = words.found.meaning

        assert words.details(item) == [told]


def test_a_runbook_and_a_name_that_two_people_changed_come_together():
    merged = merge(*(open_document(each) for each in (model(), model(LINK), model())))
    conflict = merge(*(open_document(each) for each in (model(), model(LINK), model("https://elsewhere"))))

    assert merged.model_xml is not None
    assert LINK in merged.model_xml
    assert conflict.conflicts == ("a",)


def test_the_table_has_a_column_for_it_and_never_a_link_that_runs_something():
    row = next(row for row in rows_of(model(LINK)) if row.id == "a")
    evil = next(row for row in rows_of(model("javascript:alert(1)")) if row.id == "a")

    assert row.runbook == LINK
    assert ShownRow(row, Window(), "", "", "").runbook == LINK
    assert ShownRow(evil, Window(), "", "", "").runbook == ""
