"""Files of pre-clearing that come again after the report: reversed and posted anew, and what was reported stays."""

from decimal import Decimal
from typing import Any

import pytest

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.files.models import ArrivedFile, SentFile
from apps.lines.corrections import selectors
from apps.lines.corrections.errors import NothingPosted
from apps.lines.corrections.models import Correction, CorrectionPosting
from apps.lines.models import Obligation
from apps.lines.preclearing.core.simulated import BOND, FIRST_ACCOUNT, SECOND_ACCOUNT, Fault
from apps.lines.preclearing.models import PreclearingAccount, PreclearingTrade
from tests.lines.corrections import asked, decided, ruled
from tests.lines.preclearing import a_world, answer, arrive, at, finished, installed, kept, until_evening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def came_late(root, world, stage, code):
    """Another version of a file after the close, released by two people."""
    arrive(root, world, stage)
    late = ArrivedFile.objects.filter(file_code=code).latest("pk")
    assert late.state == "quarantined"
    assert (ruled(late, "release"), decided("late_file")) == (201, 200)
    late.refresh_from_db()
    return late


def rows_of(table) -> list[Any]:
    return list(table.objects.order_by("pk").values())


def test_the_details_behind_the_report_are_posted_with_it_once(root):
    world = a_world()
    run = until_evening(root, world)
    finished(run)

    rows = Obligation.objects.filter(run=run)
    for account in (FIRST_ACCOUNT, SECOND_ACCOUNT):
        net = sum((one.net_cash for one in rows if one.cash_account == account), Decimal(0))
        assert net == kept(account).final_net == world.final(account)
    assert {one.guarantee for one in rows} == {"ccp_net"}
    before = rows_of(Obligation)
    assert isinstance(do(held(at("report"))), Finished)
    assert rows_of(Obligation) == before


def test_final_details_that_come_again_are_reversed_and_posted_anew_and_the_report_stays(root):
    world = a_world()
    run = until_evening(root, world)
    finished(run)
    before = rows_of(Obligation), rows_of(PreclearingAccount), rows_of(PreclearingTrade)
    sent = list(SentFile.objects.order_by("pk").values_list("name", "sha256"))
    other = a_world(Fault.LATE_TRADE, Fault.WRONG_FEE)

    late = came_late(root, other, "evening", "jsmx")
    found = selectors.proposal_of(late)
    assert {one.account: one.change for one in found.accounts if one.change} == {
        FIRST_ACCOUNT: other.final(FIRST_ACCOUNT) - world.final(FIRST_ACCOUNT)
    }
    assert asked(late)[0] == 201
    assert not CorrectionPosting.objects.exists()
    assert decided("correction") == 200

    correction = Correction.objects.get()
    assert (correction.state, correction.owner) == ("posted", run)
    assert (correction.changed, correction.added, correction.gone) == (1, 1, 0)
    assert correction.cash_after == other.final(FIRST_ACCOUNT) + other.final(SECOND_ACCOUNT)
    moved = sum(CorrectionPosting.objects.values_list("cash", flat=True), Decimal(0))
    assert correction.cash_before + moved == correction.cash_after
    assert (rows_of(Obligation), rows_of(PreclearingAccount), rows_of(PreclearingTrade)) == before
    assert list(SentFile.objects.exclude(name__startswith="gzcz").order_by("pk").values_list("name", "sha256")) == sent


def test_own_executions_that_come_again_are_reversed_and_posted_anew_with_the_interest_of_bonds(root):
    world = a_world()
    run = until_evening(root, world)
    finished(run)
    before = rows_of(PreclearingTrade)
    bond = PreclearingTrade.objects.get(security=BOND)

    late = came_late(root, a_world(Fault.OTHER_UNITS), "close", "gh")
    assert (asked(late)[0], decided("correction")) == (201, 200)

    (reversal,) = CorrectionPosting.objects.all()  # the bond does not count with units that its table does not know
    assert (reversal.kind, reversal.original, reversal.cash) == ("reversal", bond.pk, -bond.net)
    assert Decimal(reversal.measures["interest"]) == -bond.interest
    assert rows_of(PreclearingTrade) == before


def test_final_details_that_come_again_before_the_report_are_read_again_and_nothing_is_corrected(root):
    run = until_evening(root, a_world(Fault.WRONG_FEE))
    world = a_world()
    arrive(root, world, "evening")
    again = ArrivedFile.objects.filter(file_code="jsmx").latest("pk")
    with pytest.raises(NothingPosted):
        selectors.proposal_of(again)

    answer("variance", "wang.min", decision="again", reason="corrected details came")

    finished(run)
    assert {one.file_id for one in Obligation.objects.filter(run=run)} == {again.pk}
    assert kept().final_net == world.final(FIRST_ACCOUNT)
    assert not CorrectionPosting.objects.exists()
