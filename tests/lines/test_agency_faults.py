"""One fault of each kind on a day of agency payments: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.calendars.selectors import instant_of
from apps.engine.states import StepState
from apps.lines.agency.core.simulated import FUND_ACCOUNT, Fault
from apps.lines.agency.models import AgencyFunding, AgencyItem
from apps.lines.agency.selectors import postponed_of_lines
from apps.lines.agency.states import ItemState
from apps.recon.models import Break
from tests.lines.agency import (
    DAY,
    NEXT,
    a_world,
    an_item,
    answer,
    arrive,
    at,
    finished,
    funded,
    installed,
    morning,
    offered,
    outputs_of,
    texts,
    until_evening,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def breaks():
    return list(Break.objects.filter(state="open").order_by("pk").values_list("reconciliation__name", "kind"))


def postings_of(item):
    return [line[9] for line in texts("dsrz") if line[0] == item.serial]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.UNKNOWN_FUND, "项目 00000002：柜台没有基金 999999。"),
        (Fault.UNKNOWN_OUTLET, "项目 00000002：柜台没有销售网点 999。"),
        (Fault.UNKNOWN_CODE, "项目 00000002：项目表当日没有代码 777。"),
        (Fault.UNKNOWN_ACCOUNT, "第 3 行：付款方与收款方都不是本公司账户。"),
    ],
)
def test_what_nobody_knows_is_told_before_anything_is_sent_and_the_day_goes_on(root, fault, said):
    world = a_world(fault)
    run = morning(root, world)
    assert outputs_of("read_a")["told"] == [said]
    assert not AgencyFunding.objects.exists()

    answer("findings_a", "wang.min", decision="accept", reason="known to the fund manager")
    funded("a")
    arrive(root, world, "second")
    funded("b")
    arrive(root, world, "evening")

    finished(run)
    assert not Break.objects.exists()
    assert AgencyItem.objects.filter(serial="00000003").exists() is (fault is not Fault.UNKNOWN_ACCOUNT)


@pytest.mark.parametrize(("fault", "count"), [(Fault.DUPLICATE_ROW, 12), (Fault.BEFORE_DUE, 11)])
def test_what_would_be_paid_twice_or_too_early_is_held_and_not_counted(root, fault, count):
    world = a_world(fault)

    run = until_evening(root, world)

    finished(run)
    held = AgencyItem.objects.get(is_held=True)
    first = AgencyFunding.objects.get(batch="A", account=FUND_ACCOUNT)
    assert held.state == ItemState.ANNOUNCED
    assert postings_of(held) == (["paid"] if fault is Fault.DUPLICATE_ROW else [])
    assert AgencyItem.objects.filter(batch="A", source="kffzmx", is_held=False).count() == count
    paid = AgencyItem.objects.filter(batch="A", account=FUND_ACCOUNT, is_held=False, amount__lt=0)
    assert first.payments == -sum(paid.values_list("amount", flat=True))


def test_findings_are_read_again_after_a_new_file(root):
    morning(root, a_world(Fault.UNKNOWN_FUND))

    arrive(root, a_world(), "morning")
    answer("findings_a", "wang.min", decision="again", reason="the depository sent a new file")

    assert outputs_of("read_a")["findings"] == 0
    assert offered("fund_a")
    assert not AgencyItem.objects.filter(fund="999999").exists()


def test_an_item_that_was_postponed_before_is_told_and_paid(root):
    world = a_world(Fault.POSTPONED_BEFORE)

    run = until_evening(root, world)

    finished(run)
    assert outputs_of("read_a")["postponed"] == 1
    assert outputs_of("read_a")["told"] == ["项目 00000002：自 2025-11-19 起顺延。"]
    assert an_item(world, 1).posted_as == "paid"


def test_an_item_that_is_not_paid_is_postponed_and_stays_open_to_the_next_day(root):
    world = a_world(Fault.NOT_PAID)
    run = until_evening(root, world)
    item = an_item(world)
    assert (item.state, item.last_chance) == (ItemState.POSTPONED, False)
    assert breaks() == [("announced / zjbd", "only_left")]
    assert postponed_of_lines(DAY) == {run.line_id: 1}

    answer("unpaid", "wang.min", decision="settle", reason="the fund manager pays tomorrow")

    finished(run)
    item.refresh_from_db()
    assert (item.state, item.posted_as) == (ItemState.POSTPONED, "")
    assert postings_of(item) == []


def test_what_a_day_leaves_postponed_is_retried_the_next_day_even_when_nobody_announces_it(root):
    world = a_world(Fault.NOT_PAID)
    finished_day = until_evening(root, world)
    answer("unpaid", "wang.min", decision="settle", reason="the fund manager pays tomorrow")
    before = an_item(world, run=finished_day)

    tomorrow = a_world(day=NEXT)
    run = morning(root, tomorrow, NEXT)

    again = AgencyItem.objects.get(run=run, voucher=before.voucher)
    assert outputs_of("read_a")["carried"] == 1
    assert (again.tries, again.batch, again.amount, again.due_date, again.settle_date) == (1, "A", before.amount, DAY, NEXT)
    assert (again.file_id, again.row_no) == (before.file_id, before.row_no)
    assert outputs_of("need_a")["need"] == "700000.00"
    before.refresh_from_db()
    assert before.state == ItemState.POSTPONED


def test_an_item_that_was_postponed_too_long_fails_and_is_posted_so(root):
    world = a_world(Fault.TOO_LATE)
    run = until_evening(root, world)
    assert outputs_of("read_a")["told"] == ["项目 00000002：自 2025-11-14 起顺延，已超过可重试天数。"]
    assert an_item(world, 1).last_chance

    answer("unpaid", "wang.min", decision="settle", reason="asked the fund manager")

    finished(run)
    item = an_item(world, 1)
    assert (item.state, item.posted_as, item.reason) == (ItemState.POSTED, "failed", "asked the fund manager")
    assert postings_of(item) == ["failed"]


def test_a_person_says_that_an_item_was_returned_and_may_not_let_it_wait_any_longer(root):
    world = a_world(Fault.TOO_LATE)
    run = until_evening(root, world)
    item = an_item(world, 1)

    answer("unpaid", "wang.min", decision="settle", lines=f"{item.serial} wait", reason="one more day")
    assert outputs_of("settle")["told"] == [f"“{item.serial} wait”：重试次数已用完，只能失败或退回。"]
    item.refresh_from_db()
    assert item.state == ItemState.POSTPONED
    answer("unpaid", "wang.min", decision="settle", lines=f"{item.serial} return", reason="the money went back")

    finished(run)
    assert postings_of(item) == ["returned"]


def test_an_item_that_the_second_batch_announces_again_is_one_retry_and_is_paid_once(root):
    world = a_world(Fault.RETRIED)

    run = until_evening(root, world)

    finished(run)
    first, again = AgencyItem.objects.filter(serial=world.first[0].serial).order_by("pk")
    assert (first.batch, first.state, first.is_retried, first.tries) == ("A", ItemState.POSTPONED, True, 0)
    assert (again.batch, again.posted_as, again.tries) == ("B", "paid", 1)
    assert postings_of(again) == ["paid"]
    assert not Break.objects.exists()
    second = AgencyFunding.objects.get(batch="B", account=FUND_ACCOUNT)
    assert second.need == second.payments - first.amount.copy_abs()  # what was sent for it is still there


def test_a_posting_of_another_amount_waits_for_a_person_and_is_never_decided_by_rule(root):
    world = a_world(Fault.WRONG_POSTING)
    run = until_evening(root, world)
    item = an_item(world)
    assert (item.is_odd, item.state, breaks()[0]) == (True, ItemState.FUNDED, ("announced / zjbd", "amount"))

    answer("unpaid", "wang.min", decision="settle", reason="somebody is in a hurry")
    assert offered("unpaid")
    item.refresh_from_db()
    assert item.state == ItemState.FUNDED
    arrive(root, a_world(), "evening")
    answer("unpaid", "wang.min", decision="again", reason="the depository corrected it")

    finished(run)
    assert postings_of(item) == ["paid"]
    assert breaks() == []


def test_a_posting_of_another_amount_is_failed_by_a_line_that_names_it(root):
    world = a_world(Fault.WRONG_POSTING)
    run = until_evening(root, world)

    answer("unpaid", "wang.min", decision="settle", lines=f"{world.first[0].serial} fail", reason="reversed at the depository")

    finished(run)
    assert postings_of(an_item(world)) == ["failed"]


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        (Fault.STRANGE_POSTING, ("announced / zjbd", "only_right")),
        (Fault.COUNTER_DIFFERS, ("paid / dsqr", "amount")),
    ],
)
def test_what_only_one_side_says_is_a_break_and_does_not_stop_the_posting(root, fault, broken):
    run = until_evening(root, a_world(fault))
    assert breaks() == [broken]

    answer("unpaid", "wang.min", decision="settle", reason="asked the other side")

    finished(run)
    assert set(AgencyItem.objects.values_list("posted_as", flat=True)) == {"paid"}
    assert breaks() == [broken]


def test_a_same_day_detail_that_did_not_settle_postpones_its_summary(root):
    run = until_evening(root, a_world(Fault.FAILED_DETAIL))

    assert breaks() == [("zjhz / jsmx", "only_left")]
    assert list(AgencyItem.objects.filter(state=ItemState.POSTPONED).values_list("source", "amount")) == [
        ("zjhz", Decimal("50000.00"))
    ]
    answer("unpaid", "wang.min", decision="settle", reason="retried tomorrow")
    finished(run)


def test_an_account_without_a_balance_needs_every_payment(root):
    world = a_world(Fault.NO_BALANCE)
    run = morning(root, world)
    assert outputs_of("need_a")["need"] == f"{world.payments(world.first):.2f}"

    funded("a")
    arrive(root, world, "second")
    funded("b")
    arrive(root, world, "evening")

    finished(run)


def test_a_second_batch_that_is_late_is_waited_for(root):
    world = a_world(Fault.LATE_SECOND)
    run = morning(root, world)
    funded("a")
    arrive(root, world, "second")
    waiting = at("await_second")
    assert (waiting.state, waiting.deadline_at) == (StepState.WAITING, instant_of("SH.KFB", DAY))
    assert not AgencyItem.objects.filter(batch="B").exists()

    arrive(root, world, "late")
    funded("b")
    arrive(root, world, "evening")

    finished(run)


def test_fund_money_of_the_next_day_that_settles_otherwise_is_held_and_what_is_not_posted_is_postponed(root):
    world = a_world(Fault.NEXT_DAY_LATER, Fault.NEXT_DAY_UNPAID)
    run = morning(root, world)
    later, unpaid = world.next_day
    assert outputs_of("read_a")["told"] == [f"项目 {later.serial}：交收日 2025-11-21 不是今日，已暂缓。"]
    answer("findings_a", "wang.min", decision="accept", reason="of tomorrow")
    funded("a")
    arrive(root, world, "second")
    funded("b")
    arrive(root, world, "evening")

    answer("unpaid", "wang.min", decision="settle", reason="the fund manager pays tomorrow")

    finished(run)
    assert AgencyItem.objects.get(serial=later.serial).is_held
    assert AgencyItem.objects.get(serial=unpaid.serial).state == "postponed"
    assert breaks() == [("announced / zjbd", "only_left")]


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        (Fault.TAX_DIFFERS, [("announced / zjbd", "amount"), ("abcsj / jsmx", "amount")]),
        (Fault.STRANGE_TAX, [("abcsj / jsmx", "only_right")]),
    ],
)
def test_dividend_tax_that_its_details_do_not_settle_so_is_a_break(root, fault, broken):
    world = a_world(fault)
    run = until_evening(root, world)
    assert breaks() == broken

    lines = "".join(f"{one.account}{one.security} fail\n" for one in world.taxes) if fault is Fault.TAX_DIFFERS else ""
    answer("unpaid", "wang.min", decision="settle", lines=lines, reason="asked the depository")

    finished(run)
    state = "failed" if fault is Fault.TAX_DIFFERS else "paid"
    assert set(AgencyItem.objects.filter(source="abcsj").values_list("posted_as", flat=True)) == {state}


def test_a_tax_file_that_comes_after_the_first_batch_is_taken_with_the_second_and_paid_once(root):
    world = a_world(Fault.LATE_TAX)
    run = until_evening(root, world)

    finished(run)
    assert list(AgencyItem.objects.filter(source="abcsj").values_list("batch", "posted_as")) == [("B", "paid")] * 2
    assert set(AgencyItem.objects.filter(source="kf1").values_list("batch", "posted_as")) == {("A", "paid")}
    assert not Break.objects.exists()
