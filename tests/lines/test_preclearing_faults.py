"""One fault of each kind on a day of pre-clearing: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.engine.states import StepState
from apps.lines.preclearing.core.simulated import FIRST_ACCOUNT, MISSING_ON_THE_FIRST, Fault
from apps.lines.preclearing.models import PreclearingTrade
from apps.lines.preclearing.selectors import outside_of_lines, short_of_lines
from apps.recon.models import Break
from tests.lines.preclearing import (
    DAY,
    a_world,
    answer,
    arrive,
    at,
    finished,
    forecast,
    funded,
    installed,
    kept,
    offered,
    outputs_of,
    until_evening,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def breaks():
    return list(Break.objects.filter(state="open").order_by("pk").values_list("reconciliation__name", "kind"))


@pytest.mark.parametrize(
    ("fault", "said", "left_out"),
    [
        (Fault.UNKNOWN_UNIT, "gh 第 12 行：单元 09999 没有对应的资金账户；不计入。", 1),
        (Fault.UNKNOWN_CLASS, "gh 第 12 行：证券 900901 没有类别；不计入。", 1),
        (Fault.UNKNOWN_SIDE, "gh 第 12 行：不认识买卖方向 9；不计入。", 1),
        (Fault.FORCED_CLOSE, "gh 第 12 行：买卖方向表未说明代码 7 是付款还是收款；不计入。", 1),
        (Fault.NO_INTEREST, "gh 第 5 行：zqjsxx 没有 019547 当日的应计利息；不计入。", 1),
        (Fault.TWO_INTERESTS, "gh 第 5 行：zqjsxx 中 019547 的应计利息不一致，或超过面值；不计入。", 1),
        (Fault.OTHER_UNITS, "gh 第 5 行：成交金额不等于债券表所述的数量 × 价格（37456.95 ≠ 374569.50）；不计入。", 1),
        (Fault.NO_RATE, "gh 第 4 行：费率表没有 fund/handling 的费率；计入时不含该项费用。", 0),
    ],
)
def test_an_execution_that_no_table_knows_is_told_and_the_others_are_forecast(root, fault, said, left_out):
    forecast(root, a_world(fault))

    assert said in outputs_of("own")["told"]
    assert PreclearingTrade.objects.count() == 12 - left_out
    assert offered("differs") is bool(left_out)


def test_executions_that_come_late_are_waited_for(root):
    world = a_world(Fault.LATE_OWN)
    forecast(root, world)
    assert at("await_own").state == StepState.WAITING
    assert not PreclearingTrade.objects.exists()

    arrive(root, world, "late")

    assert offered("fund")


def test_an_account_that_the_balances_do_not_tell_has_nothing(root):
    world = a_world(Fault.NO_BALANCE)
    forecast(root, world)

    row = kept()
    assert (row.balance, row.min_reserve) == (Decimal(0), Decimal(0))
    assert row.top_up == row.pending - world.first(FIRST_ACCOUNT)


def test_balances_of_another_day_stop_the_forecast_and_name_row_and_rule(root):
    forecast(root, a_world(Fault.STALE_BALANCE))

    assert "row 1, RQ: balances are those of 2025-11-19" in at("own").problem
    assert not PreclearingTrade.objects.exists()


@pytest.mark.parametrize(
    ("fault", "said", "summary_differs"),
    [
        (Fault.OTHER_DAY, ["jsmx01_ 第 3 行：日期为 2025-11-19，不是当日。"], False),
        (Fault.NOT_GUARANTEED, ["jsmx01_ 第 3 行：记录类型 002 不是担保业务。"], True),
        (Fault.UNKNOWN_TYPE, ["jsmx01_ 第 3 行：业务类型表当日没有 777。"], False),
        (Fault.WRONG_SUMMARY, [], True),
    ],
)
def test_a_first_batch_that_does_not_fit_is_not_counted_and_a_person_goes_on_with_the_own_forecast(
    root, fault, said, summary_differs
):
    forecast(root, a_world(fault))
    checked = outputs_of("check_first")
    assert (checked["told"], checked["breaks"] > 0) == (said, summary_differs)
    assert kept().basis == "own"

    answer("findings", "wang.min", decision="own", reason="the depository cannot send it again today")

    assert (kept().basis, kept().first_net, kept().top_up) == ("own", None, MISSING_ON_THE_FIRST)
    assert offered("fund")


def test_a_corrected_first_batch_is_read_again_and_counts(root):
    forecast(root, a_world(Fault.WRONG_SUMMARY))
    arrive(root, a_world(), "first")

    answer("findings", "wang.min", decision="again", reason="a corrected file came")

    assert kept().basis == "csdc"
    assert breaks() == []


@pytest.mark.parametrize(("decision", "basis"), [("accept", "csdc"), ("own", "own")])
def test_an_execution_that_the_first_batch_lacks_is_a_break_and_a_person_says_which_figures_count(root, decision, basis):
    world = a_world(Fault.NOT_IN_FIRST)
    forecast(root, world)
    assert breaks() == [("own executions / jsmx01_", "only_left")]

    answer("differs", "wang.min", decision=decision, reason="it comes with a later batch")

    missing = world.trades[1].net
    assert kept().basis == basis
    assert kept().top_up == MISSING_ON_THE_FIRST - (missing if basis == "own" else 0)
    assert kept().own_net - kept().pre_net == (missing if basis == "csdc" else 0)


def test_a_top_up_that_did_not_arrive_makes_the_account_short_and_a_new_query_is_read_again(root):
    run = forecast(root, a_world(Fault.NOT_FUNDED))
    funded()
    arrive(root, a_world(Fault.NOT_FUNDED), "query")
    row = kept()
    assert (row.state, short_of_lines(DAY)) == ("short", {run.line_id: 1})
    assert outputs_of("check_funds")["told"] == [
        f"账户 {FIRST_ACCOUNT}：需要 {row.needed} 元，只有 {row.needed - MISSING_ON_THE_FIRST} 元；买入证券可能被锁定。"
    ]
    arrive(root, a_world(), "query")

    answer("short_task", "wang.min", decision="again", reason="the bank has sent it")

    assert (kept().state, short_of_lines(DAY)) == ("verified", {})
    assert at("await_final").state == StepState.WAITING


def test_a_shortfall_that_a_person_accepts_may_lock_what_was_bought_and_the_lock_is_explained(root):
    run = until_evening(root, a_world(Fault.NOT_FUNDED, Fault.LOCKED))
    assert kept().state == "short"
    answer("short_task", "wang.min", decision="accept", reason="the money comes tomorrow morning")
    assert kept().locked == 1

    answer("variance", "wang.min", decision="accept", reason="locked because of the shortfall")

    finished(run)
    assert outputs_of("report")["locked"] == 1


@pytest.mark.parametrize(("fault", "cause"), [(Fault.LATE_TRADE, "later"), (Fault.BLOCK_TRADE, "block")])
def test_a_variance_outside_the_tolerance_waits_for_an_explanation_that_is_kept(root, fault, cause):
    world = a_world(fault)
    run = until_evening(root, world)
    row = kept()
    assert (row.state, outside_of_lines(DAY)) == ("final_diff", {run.line_id: 1})
    assert breaks() == [("forecast / jsmx", "amount")]
    assert row.variance is not None
    assert abs(row.variance) > row.tolerance
    small = world.trades[-2].net if cause == "later" else 0
    assert Decimal(row.causes[cause]) == world.trades[-1].net + small
    assert sum(Decimal(amount) for amount in row.causes.values()) == row.variance

    answer("variance", "wang.min", decision="accept", reason="known trade")

    finished(run)
    assert (kept().state, kept().reason) == ("final_diff", "known trade")


def test_a_fee_that_the_fee_table_does_not_say_is_a_break_although_the_variance_is_small(root):
    run = until_evening(root, a_world(Fault.WRONG_FEE))

    row = kept()
    assert breaks() == [("own fees / jsmx", "amount")]
    assert (row.state, row.own_fees - row.final_fees, row.causes["fees"]) == ("final_matched", Decimal("1.00"), "-1.00")
    answer("variance", "wang.min", decision="accept", reason="asked the depository")
    finished(run)


def test_a_final_summary_that_differs_is_a_break_and_corrected_files_are_read_again(root):
    run = until_evening(root, a_world(Fault.WRONG_FINAL_SUMMARY))
    assert breaks() == [("jsmx / zjhz", "amount")]
    arrive(root, a_world(), "evening")

    answer("variance", "wang.min", decision="again", reason="a corrected summary came")

    finished(run)
    assert breaks() == []


def test_files_of_the_evening_that_are_late_are_waited_for(root):
    world = a_world(Fault.LATE_EVENING)
    run = until_evening(root, world)
    assert at("await_final").state == StepState.WAITING
    assert kept().final_net is None

    arrive(root, world, "late")

    finished(run)
