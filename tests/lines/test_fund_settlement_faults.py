"""Each fault of a day of fund settlement Shenzhen is found in its own place, and the day ends all the same."""

import pytest

from apps.files.models import SentFile
from apps.lines.fund_shenzhen.core.simulated import Fault
from apps.lines.fund_shenzhen.models import FundItem
from apps.recon.models import Break
from tests.lines.fund_settlement import (
    DAY,
    NEXT,
    a_day,
    a_world,
    answer,
    arrive,
    begun,
    finished,
    fund,
    installed,
    morning,
    offered,
    outputs_of,
    texts,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def broken() -> set[str]:
    """The comparisons that found something."""
    return {f"{one.reconciliation.left_name} / {one.reconciliation.right_name}" for one in Break.objects.all()}


def test_what_is_wrong_in_the_morning_is_told_and_returned_and_what_can_be_taken_is_taken(root):
    faults = (
        Fault.UNKNOWN_TYPE,
        Fault.STRANGE_FUND,
        Fault.STRANGE_CLIENT,
        Fault.BAD_CODE,
        Fault.LARGE_REDEMPTION,
        Fault.BROKEN_UNITS,
    )
    world = a_world(*faults)
    run = morning(root, world)
    assert (outputs_of("check")["found"], outputs_of("check")["fatal"]) == (6, 5)
    assert {one.flaw for one in FundItem.objects.exclude(flaw="")} == {
        "no_type",
        "no_fund",
        "no_client",
        "bad_code",
        "partly",
        "broken_units",
    }

    answer("confirm_flaws", "wang.min", decision="include", reason="部分赎回属实")

    partly = FundItem.objects.get(flaw="partly")
    assert (partly.state, partly.settle_date) == ("due", DAY)
    assert FundItem.objects.filter(state="failed").count() == 5
    if offered("fund"):
        fund()
    arrive(root, world, "evening", "counter")
    finished(run)
    assert broken() == set()
    assert len(texts("jjszth")) == 5
    partly.refresh_from_db()
    assert (partly.state, FundItem.objects.filter(state="returned").count()) == ("posted", 5)


@pytest.mark.parametrize(("fault", "flaw"), [(Fault.NO_VALUE, "no_value"), (Fault.WRONG_AMOUNT, "amount")])
def test_an_amount_that_nobody_vouches_for_is_left_out_and_returned(root, fault, flaw):
    morning(root, a_world(fault))
    assert FundItem.objects.get(flaw=flaw).state == "confirmed"

    answer("confirm_flaws", "wang.min", decision="leave", reason="净值待核实")

    assert FundItem.objects.get(flaw=flaw).state == "failed"
    assert broken() == {"due / kffzmxa"}


def test_a_failed_order_is_returned_and_an_unpaid_redemption_comes_again_on_its_day(root):
    world = a_world(Fault.FAILED_ORDER, Fault.UNPAID)
    run = a_day(root, world)
    assert broken() == {"due / sjszj"}
    answer("explain", "wang.min", decision="accept", reason="基金公司顺延")
    assert outputs_of("list_unsettled")["unsettled"] == 2
    failed = next(one for one in world.gross if one.has_failed)
    unpaid = next(one for one in world.due if not one.is_paid and not one.is_gross)
    for lines, said in (
        (f"{failed.serial} postpone 20251121", f"“{failed.serial} postpone 20251121”：结算公司已判定失败，只能退还。"),
        (f"{unpaid.serial} return", f"“{failed.serial}”：未交收，且没有处理意见。"),
    ):
        answer("decide", "wang.min", others="each", lines=lines, reason="试填")
        assert said in outputs_of("keep_decisions")["told"]
        assert set(FundItem.objects.filter(serial__in=[failed.serial, unpaid.serial]).values_list("reason", flat=True)) == {""}
        assert not SentFile.objects.filter(name__startswith="jjszr").exists()

    answer("decide", "wang.min", others="return", lines=f"{unpaid.serial} postpone 20251121", reason="基金公司顺延")

    finished(run)
    assert FundItem.objects.get(run=run, serial=failed.serial).state == "returned"
    assert [line[5] for line in texts("jjszth")] == ["9001"]
    postponed = FundItem.objects.get(run=run, serial=unpaid.serial)
    assert (postponed.state, postponed.settle_date, postponed.reason) == ("postponed", NEXT, "基金公司顺延")
    assert ["POSTPONED", "20251121"] in [line[4:] for line in texts("jjszts")]
    begun(NEXT)
    assert FundItem.objects.get(carried_from=postponed).settle_date == NEXT


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        (
            (Fault.WRONG_MONEY, Fault.STRANGE_DETAIL, Fault.NOT_BOOKED),
            {"due / kffzmxa", "own orders / sjsmx0", "due / sjszj", "fund money / jjszrz", "sjszj by fund / jjszrz by fund"},
        ),
        (
            (Fault.NO_RESULT, Fault.WRONG_POSTING, Fault.WRONG_BOOKING),
            {"sjsmx0 / sjsjg", "due / sjszj", "fund money / jjszrz", "sjszj by fund / jjszrz by fund"},
        ),
    ],
)
def test_a_difference_is_a_break_that_somebody_explains(root, faults, found):
    run = a_day(root, a_world(*faults))

    assert broken() == found
    answer("explain", "wang.min", decision="accept", reason="已核实")
    if offered("decide"):
        answer("decide", "wang.min", others="return", reason="退还客户")
    finished(run)


def test_details_that_are_not_the_days_stop_the_line_until_corrected_ones_are_there(root):
    run = morning(root, a_world())
    fund()
    faults = (Fault.WRONG_DATE, Fault.EARLY_AGENCY, Fault.WRONG_SUM, Fault.WRONG_SUMMARY)
    arrive(root, a_world(*faults), "evening")
    assert offered("stopped_evening")
    assert (outputs_of("check_evening")["stopped"], len(outputs_of("check_evening")["told"])) == (4, 4)
    assert not FundItem.objects.filter(state="settled").exists()
    assert not FundItem.objects.filter(file_code="sjsmx2").exists()

    arrive(root, a_world(), "evening", "counter")
    answer("stopped_evening", "wang.min", reason="已重新取得文件")

    work()
    finished(run)


def test_the_evening_waits_for_late_results_and_a_wrong_difference_of_the_second_day_is_found(root):
    first = a_world(Fault.LATE_FILES)
    run = a_day(root, first)
    assert not FundItem.objects.filter(state="settled").exists()
    arrive(root, first, "late")
    finished(run)

    a_day(root, a_world(Fault.WRONG_DIFFERENCE, day=NEXT))

    assert broken() == {"expected differences / sjsmx2"}
