"""Every line that posts from files: what came again is reversed and posted anew, and the sum is what the new file says."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.files.models import ArrivedFile
from apps.lines.core.market.files import files_of
from apps.lines.core.market.world import World, build_world
from apps.lines.corrections import selectors
from apps.lines.corrections.conf import corrected_of, declarations
from apps.lines.corrections.errors import RowsPosted
from apps.lines.corrections.models import Correction, CorrectionPosting
from apps.lines.corrections.store import require_unposted
from apps.lines.fund_shenzhen.models import FundItem
from apps.lines.models import Obligation
from apps.lines.rtgs import conf as rtgs
from apps.people.models import BusinessLine
from apps.people.states import Role
from tests.factories.people import make_member
from tests.lines import fund_settlement as fund
from tests.lines.corrections import asked, decided, ruled
from tests.lines.world import Day, a_day, arrive, look


def came_again(folder: Path, world: World, code: str) -> ArrivedFile:
    """The same file of a day as another market would have written it."""
    for stage in ("morning", "results", "evening"):
        for name, data in files_of(world, stage).items():
            if name.startswith(f"{code}js"):
                (folder / name).write_bytes(data)
    look(world)
    return ArrivedFile.objects.filter(file_code=code).latest("pk")


def comes_to(file: ArrivedFile, run: int, originals: list[Any], cash: str) -> Decimal:
    """What was posted of the file's code, with every posting on top of it. CNY."""
    declared = corrected_of(file.line.code, file.file_code)
    assert declared is not None
    moved = sum((getattr(one, cash) for one in originals if declared.settles(one)), Decimal(0))
    return moved + sum(CorrectionPosting.objects.filter(run=run).values_list("cash", flat=True), Decimal(0))


def test_every_declaration_names_columns_that_its_table_has():
    assert {one.line for one in declarations()} == {"rtgs-sh", "agency-sh", "rtgs-sz", "fund-sz", "preclearing-sh"}
    for one in declarations():
        columns = {field.name for field in one.table._meta.get_fields()}
        named = {*one.key, *one.measures, *one.words, one.cash, one.cash_account, "run", "file", "row_no"}
        assert named <= columns, one.files


@pytest.mark.django_db
def test_details_of_rtgs_shanghai_that_come_again_are_reversed_and_posted_anew(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("apps.files.actions.accepting.deliver_message", lambda **message: None)
    load_calendar_facts()
    world = a_day(tmp_path, instructions=40)
    line = BusinessLine.objects.get(code=rtgs.LINE)
    for name, *roles in (("wang.min", Role.OPERATOR, Role.MAKER), ("li.lei", Role.CHECKER)):
        make_member(name, *roles, line=line)
    arrive(world, tmp_path, "morning", "results", "evening")
    day = Day()
    day.morning()
    day.do("rtgs.write_ticks", selection="all")
    day.do("rtgs.read_results")
    day.do("rtgs.close_window")
    day.ingest()
    day.do("rtgs.reconcile_end_of_day")
    day.do("rtgs.send_result_file", reason="told the desk")
    posted = list(Obligation.objects.filter(run=day.run, file__file_code="jsmx"))
    kept = list(Obligation.objects.order_by("pk").values())

    # given details of another market, as the depository's second version
    late = came_again(tmp_path, build_world(day=world.day, seed=2, instructions=40), "jsmx")
    assert (late.state, late.version) == ("accepted", 2)

    # when the step reads them again, what was posted stands
    refused = day.attempt("ingest.normalise", owner=day.run.pk, line="rtgs-sh")
    with pytest.raises(RowsPosted):
        require_unposted(day.run.pk, late, Obligation)
    assert "jsmx" in str(refused)
    assert list(Obligation.objects.order_by("pk").values()) == kept

    # and when two people correct it, the sum is the new file
    assert asked(late)[0] == 201
    assert not CorrectionPosting.objects.exists()
    assert decided("correction") == 200
    correction = Correction.objects.get()
    assert correction.state == "posted"
    assert comes_to(late, day.run.pk, posted, "net_cash") == correction.cash_after != correction.cash_before
    assert list(Obligation.objects.order_by("pk").values()) == kept


@pytest.mark.django_db(transaction=True)
def test_confirmations_of_a_fund_register_that_come_too_late_are_reversed_and_posted_anew(settings, tmp_path):
    fund.installed(settings, tmp_path)
    run = fund.a_day(tmp_path, fund.a_world())
    fund.finished(run)
    assert fund.begun(fund.NEXT).business_date == fund.NEXT  # carries amounts over that name the same file
    posted = list(FundItem.objects.filter(run=run, file_code="lofjs"))
    kept = list(FundItem.objects.order_by("pk").values())

    fund.arrive(tmp_path, fund.a_world(seed=2), "morning")
    late = ArrivedFile.objects.filter(file_code="lofjs").latest("pk")
    assert late.state == "quarantined"
    assert (ruled(late, "release"), decided("late_file")) == (201, 200)
    late.refresh_from_db()
    found = selectors.proposal_of(late)
    assert found.run == run
    assert (asked(late)[0], decided("correction")) == (201, 200)

    correction = Correction.objects.get()
    assert (correction.state, correction.owner) == ("posted", run)
    assert comes_to(late, run.pk, posted, "amount") == correction.cash_after == sum(row.cash for row in found.now)
    assert correction.cash_after != correction.cash_before
    assert list(FundItem.objects.order_by("pk").values()) == kept
