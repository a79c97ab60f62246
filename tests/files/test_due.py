"""Folders are looked at only while a run may want their files, and once a turn however many look."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apps.engine.models import Run, Step, Subscription
from apps.engine.states import RunState, StepState
from apps.files.actions import due, scan_due_sources
from apps.files.models import ArrivedFile, Sighting, Source
from apps.kernel import clock
from apps.people.models import User
from apps.processes.models import Process, ProcessVersion
from tests.factories.files import DAY, drop, line, source, table_bytes

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 13, 9, tzinfo=UTC)


def live_run(line_code="rtgs-sh", day=DAY, state=RunState.RUNNING) -> Run:
    """A run as the engine would have written it; nothing here moves it."""
    author = User.objects.get_or_create(username="chen.jing")[0]
    process = Process.objects.get_or_create(
        key=f"P-{line_code}", defaults={"name_zh": "流程", "name_en": "P", "line": line(line_code)}
    )[0]
    version, _ = ProcessVersion.objects.get_or_create(
        process=process, number=1, defaults={"author": author, "created_at": NOW, "plan_digest": "0", "model_xml": "<x/>"}
    )
    sequence = Run.objects.count() + 1
    return Run.objects.create(
        process=process, version=version, line=line(line_code), business_date=day, sequence=sequence, state=state, begun_at=NOW
    )


def scanned(monkeypatch) -> list[tuple[str, date]]:
    seen: list[tuple[str, date]] = []
    names = dict(Source.objects.values_list("pk", "code"))
    monkeypatch.setattr(due, "scan_source", lambda *, source_id, business_date: seen.append((names[source_id], business_date)))
    return seen


def test_an_idle_installation_asks_four_questions_and_reads_nothing(tmp_path, django_assert_num_queries):
    source(tmp_path / "nowhere")

    with django_assert_num_queries(4):
        looked = scan_due_sources()

    assert looked == 0


def test_sources_of_lines_with_live_runs_are_looked_at_for_their_days(tmp_path, monkeypatch):
    source(tmp_path)
    source(tmp_path, code="other-line", line_code="options")
    source(tmp_path, code="switched-off", active=False)
    live_run()
    live_run(day=date(2026, 7, 14))
    live_run(day=date(2026, 7, 10), state=RunState.DONE)
    seen = scanned(monkeypatch)

    scan_due_sources()

    assert seen == [("sh-prop", DAY), ("sh-prop", date(2026, 7, 14))]


def test_a_wait_for_another_lines_files_wakes_that_lines_sources(tmp_path, monkeypatch):
    source(tmp_path, code="common-in", line_code="common")
    run = live_run()
    step = Step.objects.create(run=run, token=1, node_id="wait", kind="receive_task", state=StepState.WAITING, created_at=NOW)
    Subscription.objects.create(step=step, name="files.arrived", key="common/2026-07-13/jsmx")
    seen = scanned(monkeypatch)

    scan_due_sources()

    assert seen == [("common-in", DAY)]


@pytest.mark.parametrize("key", ["", "common", "common/never/jsmx", "/"])
def test_a_key_that_no_file_can_have_disturbs_nobody(tmp_path, monkeypatch, key):
    source(tmp_path, code="common-in", line_code="common")
    step = Step.objects.create(
        run=live_run(), token=1, node_id="wait", kind="receive_task", state=StepState.WAITING, created_at=NOW
    )
    Subscription.objects.create(step=step, name="files.arrived", key=key)

    assert scan_due_sources() == 0


def test_a_source_has_its_turn_once_in_its_interval(tmp_path, monkeypatch):
    source(tmp_path, poll_seconds=15)
    live_run()
    seen = scanned(monkeypatch)

    for seconds in (0, 0, 14, 15, 16, 31):
        with clock.fixed_at(NOW + timedelta(seconds=seconds)):
            scan_due_sources()

    assert len(seen) == 3


def test_a_folder_that_is_not_reachable_does_not_keep_others_from_their_turn(tmp_path, messages):
    source(tmp_path / "nowhere")
    source(tmp_path / "in", code="second", required_codes=["zqbd"])
    live_run()
    drop(tmp_path / "in", "zqbd.713", table_bytes("zqbd", []))

    scan_due_sources()
    scan_due_sources()

    assert ArrivedFile.objects.get().source.code == "second"


def test_the_engine_knows_the_chore():
    from apps.engine.dispatch import loops

    assert "files.scan" in loops._chores


def test_a_crash_after_the_copy_is_made_good_at_the_next_look(tmp_path, messages, monkeypatch):
    source(tmp_path, required_codes=["zqbd"])
    live_run()
    drop(tmp_path, "zqbd.713", table_bytes("zqbd", []))
    scan_due_sources()

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("apps.files.actions.arrival._record", crash)
        with pytest.raises(KeyboardInterrupt):
            scan_due_sources()
    assert not ArrivedFile.objects.exists()

    scan_due_sources()

    assert ArrivedFile.objects.get().state == "accepted"
    assert Sighting.objects.get().settled
    assert len(messages) == 1
