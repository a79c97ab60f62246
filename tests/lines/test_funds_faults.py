"""One fault of each kind on days of funds monitoring: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.engine.states import StepState
from apps.lines.core.market.world import CASH_01, CASH_02
from apps.lines.funds_monitoring.core.simulated import SHENZHEN, Fault
from apps.lines.funds_monitoring.models import FundsPosition, FundsTopUp
from apps.recon.models import Break
from tests.lines.funds import a_world, answer, arrive, at, evening, finished, installed, of, offered, outputs_of, topped_up

MILLIONS = Decimal("3000000.00")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def breaks():
    return list(Break.objects.filter(state="open").order_by("pk").values_list("reconciliation__name", "kind"))


def test_balances_of_the_day_before_are_told_and_the_corrected_file_is_read_again(root):
    evening(root, a_world(Fault.STALE_BALANCES))
    assert outputs_of("check")["told"] == [
        f"中国结算上海 {CASH_01}，第 1 行：余额日期为 20251119。",
        f"中国结算上海 {CASH_02}，第 2 行：余额日期为 20251119。",
    ]
    assert not FundsPosition.objects.exists()
    world = a_world()
    arrive(root, world, "evening")

    answer("balances", "wang.min", decision="again", reason="a corrected file came")

    assert set(FundsPosition.objects.values_list("is_stale", flat=True)) == {False}
    assert at("await_sjsdpc").state == StepState.WAITING


def test_stale_balances_that_a_person_goes_on_with_are_marked_on_the_screen(root):
    world = a_world(Fault.STALE_BALANCES)
    run = evening(root, world)

    answer("balances", "wang.min", decision="accept", reason="the depository confirmed the amounts")

    arrive(root, world, "unlock")
    finished(run)
    assert dict(FundsPosition.objects.values_list("account", "is_stale")) == {CASH_01: True, CASH_02: True, SHENZHEN: False}


def test_an_account_that_the_balances_do_not_tell_is_a_task_of_a_person(root):
    run = evening(root, a_world(Fault.MISSING_ACCOUNT))
    assert outputs_of("check")["told"] == [f"中国结算上海 {CASH_02}：余额文件中没有该账户。"]
    assert offered("balances")

    answer("balances", "wang.min", decision="accept", reason="the account is asked for")

    arrive(root, a_world(), "unlock")
    finished(run)
    assert not FundsPosition.objects.filter(account=CASH_02).exists()


def test_balances_that_are_late_are_waited_for_and_nothing_is_computed_before(root):
    world = a_world(Fault.LATE_BALANCES)
    evening(root, world)
    assert at("await_sjsye").state == StepState.WAITING
    assert not FundsPosition.objects.exists()

    arrive(root, world, "late")

    assert FundsPosition.objects.count() == 3


def test_balances_that_do_not_follow_are_breaks_each_of_its_own_comparison_and_the_day_goes_on(root):
    world = a_world(Fault.MOVEMENT_DIFFERS, Fault.FORMULA_DRIFT)
    run = evening(root, world)

    arrive(root, world, "unlock")

    finished(run)
    assert breaks() == [("previous close and movements / balance", "amount"), ("own withdrawable / YEKTZJ", "amount")]


def test_an_account_with_little_cover_and_an_overdrawn_one_are_told_and_need_no_plan(root):
    world = a_world(Fault.TIGHT, Fault.OVERDRAFT)
    run = evening(root, world)
    assert (of().colour, of(CASH_01).colour, of(CASH_02).colour) == ("amber", "black", "green")
    assert [text.partition("：")[0] for text in outputs_of("compute")["told"]] == [
        f"中国结算上海 {CASH_01}",
        f"中国结算深圳 {SHENZHEN}",
    ]

    arrive(root, world, "unlock")

    finished(run)


def test_a_bank_that_has_too_little_is_refused_and_another_one_pays(root):
    world = a_world(Fault.SHORT, Fault.POOR_BANK)
    evening(root, world)
    answer("plan", "wang.min", bank="ICBC")
    assert outputs_of("take")["told"] == ["银行 ICBC：应付 3000000.00 元，可用 1000.00 元。"]
    assert not FundsTopUp.objects.exists()

    answer("plan", "wang.min", bank="ICBC", lines=f"{SHENZHEN} {MILLIONS} CCB")

    assert list(FundsTopUp.objects.values_list("bank", "amount", "state")) == [("CCB", MILLIONS, "planned")]


def test_a_transfer_that_the_bank_rejects_leaves_the_account_short_until_a_second_one_arrives(root):
    world = a_world(Fault.SHORT, Fault.REJECTED)
    run = topped_up(root, world)
    assert outputs_of("confirm")["missing"] == 1
    assert breaks() == [("sent / arrived", "only_left")]
    assert (of().shortfall, of().sent, of().arrived) == (MILLIONS, Decimal(0), Decimal(0))

    answer("missing", "wang.min", decision="more", reason="the bank rejected it")
    answer("plan", "wang.min", bank="CCB")
    answer("approve", "li.lei", decision="approved")
    arrive(root, world, "receipts")
    answer("missing", "wang.min", decision="again", reason="the second receipt is here")

    assert (of().shortfall, of().arrived) == (Decimal(0), MILLIONS)
    answer("missing", "wang.min", decision="accept", reason="the first one was never paid")
    arrive(root, world, "unlock")
    finished(run)
    assert list(FundsTopUp.objects.order_by("pk").values_list("state", "bank")) == [("failed", "ICBC"), ("arrived", "CCB")]


def test_a_transfer_without_a_receipt_stays_on_the_way_and_is_not_planned_twice(root):
    world = a_world(Fault.SHORT, Fault.NOT_ARRIVED)
    topped_up(root, world)
    assert (of().shortfall, of().sent, of().expected) == (MILLIONS, MILLIONS, of().projected + MILLIONS + of().gross_receive)

    answer("missing", "wang.min", decision="more", reason="nothing is seen at the bank")
    answer("plan", "wang.min", bank="CCB")

    assert outputs_of("take")["transfers"] == 0
    assert FundsTopUp.objects.count() == 1


def test_a_transfer_that_arrives_with_another_amount_is_a_break_and_what_came_counts(root):
    world = a_world(Fault.SHORT, Fault.WRONG_ARRIVAL)
    run = topped_up(root, world)
    assert breaks() == [("sent / arrived", "amount")]
    assert (of().shortfall, of().arrived) == (Decimal("1.00"), MILLIONS - 1)
    assert FundsTopUp.objects.get().state == "sent"

    answer("missing", "wang.min", decision="accept", reason="the bank took a fee")

    arrive(root, world, "unlock")
    finished(run)


def test_an_account_that_is_still_locked_is_black_and_a_task_until_a_later_batch_opens_it(root):
    world = a_world(Fault.STILL_LOCKED)
    run = evening(root, world)
    arrive(root, world, "unlock")
    assert outputs_of("unlock")["told"] == [f"{SHENZHEN}：第 3 批后仍锁定。"]
    assert (of().colour, of().is_locked) == ("black", True)
    arrive(root, a_world(), "unlock")

    answer("locks", "wang.min", decision="again", reason="a later batch came")

    finished(run)
    assert (of().colour, of().is_locked, of().batch) == ("green", False, "3")
    assert outputs_of("unlock")["locked_securities"] == 1


def test_a_summary_and_a_query_that_do_not_fit_are_breaks_and_a_person_looks_at_what_came(root):
    world = a_world(Fault.SHORT, Fault.SUMMARY_DIFFERS, Fault.QUERY_DIFFERS)
    run = topped_up(root, world)
    assert breaks() == [("summary of clearing / balance", "amount"), ("balance and receipts / queried", "amount")]
    assert outputs_of("confirm")["breaks"] == 1

    answer("missing", "wang.min", decision="accept", reason="the depository is asked")

    arrive(root, world, "unlock")
    finished(run)
    assert of().queried == of().balance + MILLIONS - 2


def test_locked_securities_of_an_account_of_which_the_batch_says_that_nothing_was_locked_are_told(root):
    world = a_world(Fault.LOCKED_AGAINST)
    run = evening(root, world)
    arrive(root, world, "unlock")
    assert outputs_of("unlock")["told"] == [f"{SHENZHEN}：锁定证券 1 笔。", f"{SHENZHEN}：批次结果称期初无锁定。"]
    assert (outputs_of("unlock")["locked"], outputs_of("unlock")["locked_securities"]) == (1, 2)

    answer("locks", "wang.min", decision="accept", reason="asked the depository")

    finished(run)
    assert (of().locked_rows, of().is_locked) == (1, False)
