"""The whole day through the handlers: simulator, arrival, readers, handlers, breaks; without the engine."""

from collections import Counter
from decimal import Decimal

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.engine.handlers import Failed
from apps.files.models import ArrivedFile, SentFile
from apps.lines.core.market.files import answer_to
from apps.lines.core.market.texts import read_tick_text
from apps.lines.core.market.world import Fate, Fault
from apps.lines.models import Obligation, OwnTradeRecord, SettlementResult
from apps.lines.rtgs.selectors import figures_of
from apps.lines.states import InstructionState
from apps.recon.models import Break, Reconciliation
from apps.recon.states import BreakKind
from tests.lines.world import Day, a_day, arrive, look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alone(db, settings, tmp_path, monkeypatch):
    """No run is told of files; the data folder is the test's own."""
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("apps.files.actions.accepting.deliver_message", lambda **message: None)
    load_calendar_facts()


def states():
    return Counter(SettlementResult.objects.values_list("state", flat=True))


def test_a_day_without_faults_ends_without_breaks(tmp_path):
    world = a_day(tmp_path, instructions=80)
    arrive(world, tmp_path, "morning", "results", "evening")
    day = Day()

    found = day.morning()
    sent = day.do("rtgs.write_ticks", selection="all")
    read = day.do("rtgs.read_results")
    day.do("rtgs.close_window")
    summary = day.ingest()
    compared = day.do("rtgs.reconcile_end_of_day")
    day.do("rtgs.send_result_file", reason="told the desk")
    closed = day.do("rtgs.close")

    fates = Counter(world.fates.values())
    assert found["settled"] == fates[Fate.IN_THE_DAY] == read["settled"]
    assert sent["ticks"] == 80
    assert summary["breaks"] == 0
    assert compared["breaks"] == 0
    assert compared["settled_late"] == fates[Fate.END_OF_DAY]
    assert compared["failed"] == fates[Fate.NO_SECURITIES] + fates[Fate.NO_CASH]
    assert closed == {"closed": 80, "still_open": 0}
    assert not Break.objects.exists()
    figures = figures_of(day.run.pk)
    assert figures is not None
    assert figures.settled + figures.failed == figures.instructions == 80
    assert figures.settled_cash == sum(trade.cash for trade in world.trades if world.fates[trade.ref_no].settles)


def test_the_simulation_of_the_product_finds_the_fate_that_the_market_decided(tmp_path):
    world = a_day(tmp_path, instructions=120, seed=7, faults=(Fault.SHORT_CASH,))
    arrive(world, tmp_path, "morning")
    day = Day()

    found = day.morning()

    settled = set(SettlementResult.objects.filter(outlook="settled").values_list("obligation__ref_no", flat=True))
    assert settled == {ref for ref, fate in world.fates.items() if fate is Fate.IN_THE_DAY}
    assert Decimal(found["need_now"]) > 0
    assert Decimal(found["need_eod"]) > 0
    figures = figures_of(day.run.pk, found)
    assert figures is not None
    assert figures.cash_short
    assert figures.cash_short[0].need > 0


def test_every_step_may_be_done_again_and_changes_nothing(tmp_path):
    world = a_day(tmp_path)
    arrive(world, tmp_path, "morning", "results", "evening")
    day = Day()
    names = ["rtgs.read_instructions", "rtgs.match_own_trades", "rtgs.simulate_queue", "rtgs.write_ticks", "rtgs.read_results"]
    names += ["rtgs.close_window"]
    owned = {"owner": day.run.pk, "line": "rtgs-sh"}

    def twice(name, **parameters):
        step = day.step(name)
        first = day.attempt(name, step=step, **parameters)
        before = states(), Obligation.objects.count(), OwnTradeRecord.objects.count(), SentFile.objects.count()
        second = day.attempt(name, step=step, **parameters)
        assert (states(), Obligation.objects.count(), OwnTradeRecord.objects.count(), SentFile.objects.count()) == before
        return first, second

    for name in names:
        twice(name)
    for name in ("ingest.normalise", "ingest.detail_vs_summary"):
        twice(name, **owned)
    for name in ("rtgs.reconcile_end_of_day", "rtgs.send_result_file", "rtgs.close"):
        twice(name)

    assert Reconciliation.objects.count() == 4
    assert not Break.objects.exists()
    assert SentFile.objects.count() == 2


def test_a_second_try_of_sending_sends_the_same_ticks(tmp_path):
    world = a_day(tmp_path)
    arrive(world, tmp_path, "morning")
    day = Day()
    day.morning()
    step = day.step("rtgs.write_ticks")

    first = day.attempt("rtgs.write_ticks", step=step, selection="settleable", top_up="1000.50")
    second = day.attempt("rtgs.write_ticks", step=step, selection="all", top_up="1000.50")

    assert first == second
    assert SentFile.objects.count() == 2
    assert {file.key for file in SentFile.objects.all()} >= {f"step-{step.pk}"}


def test_what_the_maker_excludes_is_not_ticked_and_not_answered(tmp_path):
    world = a_day(tmp_path)
    arrive(world, tmp_path, "morning")
    day = Day()
    day.morning()
    out = world.trades[0].ref_no

    sent = day.do("rtgs.write_ticks", selection="all", exclude=f"{out}, 99999999")

    file = SentFile.objects.get()
    from pathlib import Path

    lines = read_tick_text(Path(file.path).read_bytes())
    assert out not in {line.ref_no for line in lines}
    assert len(lines) == sent["ticks"] == len(world.trades) - 1
    (name, answer), *_ = answer_to(world, [line.ref_no for line in lines]).items()
    (tmp_path / name).write_bytes(answer)
    look(world)
    read = day.do("rtgs.read_results")
    assert read["unanswered"] == 0
    assert SettlementResult.objects.get(obligation__ref_no=out).state == InstructionState.TICK_PENDING


def test_without_results_it_polls_and_in_the_end_goes_on(tmp_path):
    world = a_day(tmp_path)
    arrive(world, tmp_path, "morning")
    day = Day()
    day.morning()
    day.do("rtgs.write_ticks", selection="all")

    assert day.do("rtgs.read_results", polls=0)["next"] == "poll"
    assert day.do("rtgs.read_results", polls=20)["next"] == "close"


def test_an_instruction_for_an_account_that_never_traded_is_unknown_until_somebody_decides(tmp_path):
    world = a_day(tmp_path, faults=(Fault.UNKNOWN_ACCOUNT,))
    arrive(world, tmp_path, "morning")
    day = Day()
    day.do("rtgs.read_instructions")

    matched = day.do("rtgs.match_own_trades")
    day.do("rtgs.simulate_queue", unknown="exclude")
    held_back = states()[InstructionState.RECEIVED]
    day.do("rtgs.simulate_queue", unknown="include")

    assert (matched["unknown"], matched["unknown_refs"]) == (1, [world.trades[0].ref_no])
    assert held_back == 1
    assert states()[InstructionState.RECEIVED] == 0


def test_a_row_that_came_twice_is_kept_found_and_becomes_a_break(tmp_path):
    world = a_day(tmp_path, faults=(Fault.DUPLICATE_ROW,))
    arrive(world, tmp_path, "morning", "results", "evening")
    day = Day()
    day.do("rtgs.read_instructions")

    matched = day.do("rtgs.match_own_trades")
    day.do("rtgs.simulate_queue")
    day.do("rtgs.write_ticks", selection="all")
    day.do("rtgs.read_results")
    day.do("rtgs.close_window")
    day.ingest()
    compared = day.do("rtgs.reconcile_end_of_day")

    assert Obligation.objects.filter(file_code="jsmx_10").count() == len(world.trades) + 1
    assert matched["unknown"] == 1
    assert compared["breaks"] == 1
    found = Break.objects.get()
    assert (found.kind, found.key.endswith("#2")) == (BreakKind.ONLY_LEFT, True)


def test_a_wrong_total_is_a_break_between_details_and_summary(tmp_path):
    world = a_day(tmp_path, faults=(Fault.WRONG_TOTAL,))
    arrive(world, tmp_path, "evening")
    day = Day()

    summary = day.ingest()

    assert summary["breaks"] == 1
    assert Break.objects.get().difference == Decimal(-100)


def test_cash_that_never_came_fails_instructions_and_breaks_nothing(tmp_path):
    world = a_day(tmp_path, faults=(Fault.SHORT_CASH,))
    arrive(world, tmp_path, "morning", "results", "evening")
    day = Day()
    day.morning()
    day.do("rtgs.write_ticks", selection="all")
    day.do("rtgs.read_results")
    day.do("rtgs.close_window")
    day.ingest()

    compared = day.do("rtgs.reconcile_end_of_day")

    assert compared["breaks"] == 0
    assert compared["failed"] > 0
    failed = SettlementResult.objects.filter(state=InstructionState.FAILED)
    assert set(failed.values_list("result_code", flat=True)) <= {"9001", "9002"}
    assert not failed.exclude(settled_cash=0).exists()


def test_a_half_written_list_is_not_taken_in_until_it_is_whole(tmp_path):
    world = a_day(tmp_path, faults=(Fault.HALF_WRITTEN,))
    arrive(world, tmp_path, "morning")
    day = Day()

    refused = day.attempt("rtgs.read_instructions")
    whole = a_day(tmp_path)
    arrive(whole, tmp_path, "morning")

    assert isinstance(refused, Failed)
    assert refused.retry_in_seconds
    assert day.do("rtgs.read_instructions")["instructions"] == len(world.trades)


def test_a_lying_header_is_quarantined(tmp_path):
    world = a_day(tmp_path, faults=(Fault.LYING_HEADER,))

    arrive(world, tmp_path, "morning")

    assert ArrivedFile.objects.get(file_code="zqye").state == "quarantined"
    assert isinstance(Day().attempt("rtgs.read_instructions"), Failed)


def test_a_late_file_is_waited_for_and_then_used(tmp_path):
    world = a_day(tmp_path, faults=(Fault.LATE_FILE,))
    arrive(world, tmp_path, "evening")
    day = Day()
    files = {"line": "rtgs-sh", "files": ["jsmx", "zqbd", "zjbd", "zjhz"]}

    early = day.attempt("ingest.validate", **files)
    arrive(world, tmp_path, "late")
    late = day.do("ingest.validate", **files)

    assert isinstance(early, Failed)
    assert "zqbd" in early.problem
    assert late["count"] == 4


def test_the_trail_leads_from_each_obligation_to_its_row(tmp_path):
    world = a_day(tmp_path)
    arrive(world, tmp_path, "morning")
    day = Day()
    day.do("rtgs.read_instructions")

    rows = list(Obligation.objects.order_by("row_no").values_list("row_no", "ref_no", "file__file_code"))

    assert rows == [(at, trade.ref_no, "jsmx_10") for at, trade in enumerate(world.trades, start=1)]


def test_expected_files_are_none_on_a_day_without_business(monkeypatch):
    monkeypatch.setattr("apps.lines.handlers.is_business_day", lambda calendar, day: False)

    assert Day().do("ingest.expect_files", files=["jsmx"]) == {"is_open": False, "files": []}
