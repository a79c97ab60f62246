"""A run is rebuilt from its journal, and what does not fit is found."""

import pytest
from django.core.management import CommandError, call_command

from apps.engine import actions
from apps.engine.models import Run, Step
from apps.engine.selectors import replayed
from apps.processes.core.plan import NodeKind
from tests.factories import engine as made
from tests.factories.engine import PlanText, mapping

pytestmark = pytest.mark.django_db


def halfway() -> Run:
    """A run that has asked, computed and called its handler, and now waits for a second person."""
    text = PlanText("REPLAY").user("ask").script("count", "40 + 2", "n").fork("split").service("work").user("look")
    text.sub("box", inputs=mapping(inner="n + 1")).user("inside", scope="box").node("start2", NodeKind.START, "box")
    text.node("end2", NodeKind.END, "box").flow("start2", "inside", "end2")
    text.fork("join").flow("start", "ask", "count", "split", "work", "join", "end").flow("split", "look", "join")
    made.published(text.flow("split", "box", "join"))
    run = made.begin("REPLAY", variables={"rate": 0.1, "name": "清算"})
    actions.complete_step(step_id=run.steps.get(node_id="ask").pk, actor=made.operator(), answer={})
    made.run_until_quiet()
    run.refresh_from_db()
    return run


def test_the_journal_alone_tells_where_a_run_stands():
    run = halfway()

    marking, variables = replayed(run)

    assert {node for node, _ in marking.tokens.values()} == {"look", "box", "inside"}
    assert marking.to_json() == run.marking
    assert variables == run.variables == {"rate": "0.1", "name": "清算", "n": 42}


def test_the_command_says_that_a_run_stands_where_its_journal_says(capsys):
    run = halfway()

    call_command("replay", run.pk)

    assert "3 tokens" in capsys.readouterr().out


def test_a_variable_that_was_changed_behind_the_journal_is_found():
    run = halfway()
    Run.objects.filter(pk=run.pk).update(variables={"n": 43})

    with pytest.raises(CommandError, match="variables differ"):
        call_command("replay", run.pk)


def test_an_incident_that_was_retried_is_told_again():
    text = PlanText("AGAIN").choice("which").user("last").flow("start", "which").flow("which", "last", "end", when="x > 1")
    made.published(text.flow("which", "end2", when="x < 0"))
    run = made.begin("AGAIN", variables={"x": 1})
    for _ in range(2):
        failed = Step.objects.filter(run=run, state="failed").latest("id")
        actions.retry_step(step_id=failed.pk, actor=made.operator(), reason="drill")
    run.refresh_from_db()

    marking, _ = replayed(run)

    assert marking.to_json() == run.marking


def test_steps_that_were_done_in_one_group_are_told_again():
    made.published(made.chain(5, "GROUP", handler="test.pure"))
    run = made.begin("GROUP")
    made.run_until_quiet()
    run.refresh_from_db()

    marking, _ = replayed(run)

    assert run.state == "done"
    assert marking.to_json() == run.marking
