"""R15 and R17: what the lines of bond lending and of agency payments hold, beside what the market told in the evening.

One day of each line; the market then sends its evening again with one fault after the other.
"""

from decimal import Decimal

import pytest

from apps.calendars.actions import load_calendar_facts
from apps.files.models import ArrivedFile
from apps.lines.agency.core.simulated import FUND_ACCOUNT
from apps.lines.agency.core.simulated import Fault as AgencyFault
from apps.lines.bond_lending import actions as lending_actions
from apps.lines.bond_lending.core.simulated import STRANGE_NUMBER, Fault
from apps.lines.rtgs.actions import install as install_common
from apps.people.actions import load_demo_people
from apps.recon.actions import compare_defined, load_definitions
from apps.recon.errors import SourceNotHere
from apps.recon.models import Break
from tests.lines import agency, lending
from tests.lines.corrections import decided, ruled

pytestmark = pytest.mark.django_db(transaction=True)


def found_by(kept):
    rows = Break.objects.filter(reconciliation=kept).exclude(state="gone")
    for side in (kept.control["left"], kept.control["right"]):
        assert side["rows"] == side["matched"] + side["broken"] + side["rejected"]
        total, *parts = (Decimal(side[name]) for name in ("total", "total_matched", "total_broken", "total_rejected"))
        assert total == sum(parts)
    return sorted((one.kind, one.column, one.difference) for one in rows)


def released():
    """The day is closed: what comes again waits until two people have released it."""
    for file in ArrivedFile.objects.filter(state="quarantined"):
        assert ruled(file, "release") == 201
        assert decided("late_file") == 200


def test_contracts_and_their_collateral_are_those_of_the_market(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "rtgs-sh", "bond-lending")
    install_common()
    lending_actions.install()
    load_definitions()
    folder = tmp_path / "incoming" / "bond-lending" / f"{lending.DAY:%Y%m%d}"
    folder.mkdir(parents=True)
    lending.begun()
    lending.arrive(lending.a_world(), folder, "morning")
    lending.work()
    lending.declared()
    lending.arrive(lending.a_world(), folder, "evening")
    lending.work()

    def compared(*faults):
        lending.arrive(lending.a_world(*faults), folder, "evening")
        released()
        return compare_defined(code="R15", line_code="bond-lending", day=lending.DAY)

    clean = compare_defined(code="R15", line_code="bond-lending", day=lending.DAY)
    assert found_by(clean) == []
    assert clean.matched > 10
    assert clean.control["left"]["rows"] == clean.control["right"]["rows"] == clean.matched

    assert found_by(compared(Fault.WRONG_QUANTITY)) == [("qty", "quantity", Decimal(-1000))]
    missing = found_by(compared(Fault.MISSING_CONTRACT))
    assert {kind for kind, _column, _difference in missing} == {"only_left"}
    assert len(missing) == 2
    unknown = compared(Fault.UNKNOWN_CONTRACT)
    assert [kind for kind, _column, _difference in found_by(unknown)] == ["only_right"]
    assert STRANGE_NUMBER in Break.objects.get(kind="only_right").key
    twice = compared(Fault.DUPLICATE_CONTRACT)
    assert (found_by(twice), twice.control["right"]["rejected"]) == ([], 1)
    assert twice.rejected["right"][0]["fault"] == "duplicate_key"


def test_what_was_announced_is_what_was_paid(settings, tmp_path):
    agency.installed(settings, tmp_path)
    load_definitions()
    with pytest.raises(SourceNotHere):
        compare_defined(code="R17", line_code="agency-sh", day=agency.DAY)
    agency.until_evening(tmp_path, agency.a_world())

    def compared(*faults):
        agency.arrive(tmp_path, agency.a_world(*faults), "evening")
        released()
        return compare_defined(code="R17", line_code="agency-sh", day=agency.DAY)

    clean = compare_defined(code="R17", line_code="agency-sh", day=agency.DAY)
    assert found_by(clean) == []
    assert clean.matched > 10
    assert clean.left_total == clean.right_total

    assert [kind for kind, _column, _difference in found_by(compared(AgencyFault.NOT_PAID))] == ["only_left"]
    assert found_by(compared(AgencyFault.WRONG_POSTING)) == [("amount", "amount", Decimal("-1.00"))]
    strange = compared(AgencyFault.STRANGE_POSTING)
    assert found_by(strange) == [("only_right", "", Decimal("-55.55"))]
    assert Break.objects.get(kind="only_right").key == f"{FUND_ACCOUNT}/X000000001"
