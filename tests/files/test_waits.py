"""A run waits for a file and goes on with it: from the bytes in a folder to the step's outputs."""

from datetime import date

import pytest

from apps.engine import actions
from apps.engine.models import Message, Step
from apps.files.actions import scan_due_sources
from apps.files.selectors import open_table
from tests.factories import engine as runs
from tests.factories.files import drop, source, table_bytes

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 3, 2)


def waiting_run(code="zqbd"):
    text = runs.PlanText("WAITS").receive("wait", correlation=f'"rtgs-sh/2026-03-02/{code}"').service("after")
    run = runs.begin(text.flow("start", "wait", "after", "end"), day=DAY)
    runs.run_until_quiet()
    return run


def look(times=2):
    for _ in range(times):
        scan_due_sources()
    runs.run_until_quiet()


def test_a_run_waits_until_the_file_is_whole_and_then_goes_on(tmp_path):
    source(tmp_path, required_codes=["zqbd"])
    run = waiting_run()
    data = table_bytes("zqbd", [{"ZQDM": "600000", "BDSL": "100"}])

    drop(tmp_path, "zqbd.302", data[:-40])
    look(3)
    half = runs.states(run)
    drop(tmp_path, "zqbd.302", data, modified_seconds=1_000_000_001)
    look()

    assert half == {"wait": "waiting"}
    assert runs.states(run) == {"wait": "done", "after": "done"}
    outputs = Step.objects.get(run=run, node_id="wait").outputs
    assert outputs is not None
    assert (outputs["rows"], outputs["name"], outputs["version"]) == (1, "zqbd.302", 1)
    assert open_table(outputs["file"]).column("ZQDM") == ["600000"]


def test_a_file_that_came_before_the_wait_answers_it(tmp_path):
    source(tmp_path, required_codes=["zqbd"])
    drop(tmp_path, "zqbd.302", table_bytes("zqbd", []))
    text = runs.PlanText("LATER").user("person").receive("wait", correlation='"rtgs-sh/2026-03-02/zqbd"')
    run = runs.begin(text.flow("start", "person", "wait", "end"), day=DAY)
    runs.run_until_quiet()
    look()
    assert Message.objects.get().retained

    actions.complete_step(step_id=Step.objects.get(run=run, node_id="person").pk, actor=runs.operator(), answer={})
    runs.run_until_quiet()

    assert runs.states(run) == {"person": "done", "wait": "done"}


def test_a_quarantined_file_wakes_nobody_and_its_repair_does(tmp_path):
    source(tmp_path, required_codes=["zqbd"])
    run = waiting_run()
    lying = bytearray(table_bytes("zqbd", []))
    lying[10:12] = b"\0\0"
    drop(tmp_path, "zqbd.302", bytes(lying))

    look()
    lied = runs.states(run)
    drop(tmp_path, "zqbd.302", table_bytes("zqbd", []), modified_seconds=1_000_000_001)
    look()

    assert lied == {"wait": "waiting"}
    assert runs.states(run) == {"wait": "done", "after": "done"}
