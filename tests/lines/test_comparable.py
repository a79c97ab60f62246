"""The shipped definitions over what this line has: a day without faults has no breaks, one with a fault has them."""

from decimal import Decimal

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.lines.models import Obligation
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.models import Break
from tests.factories.recon import DAY
from tests.lines.world import Day, a_day, arrive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alone(db, settings, tmp_path, monkeypatch):
    """No run is told of files; the data folder is the test's own."""
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setattr("apps.files.actions.accepting.deliver_message", lambda **message: None)
    load_calendar_facts()


def test_trades_and_totals_agree_on_a_day_without_faults_and_differ_with_one(tmp_path):
    arrive(a_day(tmp_path, instructions=80), tmp_path, "morning", "results", "evening")
    load_definitions()
    day = Day()
    day.morning()
    day.ingest()

    trades = compare_defined(code="R9", line_code="rtgs-sh", day=DAY)
    totals = compare_defined(code="R10", line_code="rtgs-sh", day=DAY)

    assert (trades.breaks_count, trades.matched) == (0, 80)
    assert totals.breaks_count == 0
    assert totals.matched > 0
    assert totals.control["left"]["rejected"] == totals.control["right"]["rejected"] == 0

    settled = Obligation.objects.filter(file_code="jsmx", record_type="003", result_code="0000").first()
    assert settled is not None
    Obligation.objects.filter(pk=settled.pk).update(net_cash=settled.net_cash + 1)
    again = compare_defined(code="R10", line_code="rtgs-sh", day=DAY)

    assert again.pk == totals.pk
    assert [(one.kind, one.difference) for one in Break.objects.filter(definition_code="R10")] == [("amount", Decimal(1))]
