"""One fault of each kind on a day of fund distribution T+0: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.calendars.selectors import instant_of
from apps.engine.states import StepState
from apps.lines.fund_distribution.core.simulated import Fault
from apps.lines.fund_distribution.core.simulated_files import confirmation_files
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_distribution.selectors import used_of_lines
from apps.recon.models import Break
from tests.lines.advances import (
    DAY,
    NEXT,
    a_desk,
    a_world,
    answer,
    arrive,
    at,
    confirmed,
    installed,
    money,
    morning,
    offered,
    orders,
    outputs_of,
    paid,
    payments,
    post,
    repaid,
    sums,
    texts,
    tried,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def first():
    return AdvanceRequest.objects.order_by("pk").first()


def until_confirmed(root, *faults):
    world = a_world(*faults)
    run = morning(root, world)
    paid(root, world)
    confirmed(root, world)
    return world, run


@pytest.mark.parametrize(
    ("fault", "said", "rejected"),
    [
        (Fault.UNQUALIFIED_BANK, "BKB 按规则不得垫支。", True),
        (Fault.LIMIT_ABOVE_RULE, "基金 000198：约定的单客户限额高于规则，以规则为准。", False),
        (Fault.OVERDRAWN_LINE, "BKA：未归还垫支已超过垫支额度。", True),
    ],
)
def test_limits_that_do_not_fit_are_told_before_anything_is_paid_and_the_rules_count(root, fault, said, rejected):
    world = a_world(fault)
    run = morning(root, world)
    assert outputs_of("check_limits")["told"] == [said]
    assert not AdvanceRequest.objects.exists()

    answer("decide_limits", "wang.min", decision="accept", reason="known to the bank")
    if offered("decide_limits"):
        answer("decide_limits", "wang.min", decision="accept", reason="no line today")
    paid(root, world)
    confirmed(root, world)
    money(root, world)

    repaid(run)
    assert AdvanceRequest.objects.filter(state="rejected").exists() is rejected


def test_a_line_that_runs_out_is_raised_under_four_eyes(root):
    world = a_world(Fault.LINE_TOO_SMALL)
    run = morning(root, world)
    line = AdvanceLine.objects.get(bank="BKA")
    assert outputs_of("compute_quota")["line_short"] > 0
    assert not offered("send_advances")

    answer("decide_limits", "wang.min", decision="raise", lines=f"BKA {line.limit + 500_000}", reason="agreed by phone")
    assert tried("approve_lines", "wang.min", decision="approved") == 403
    answer("approve_lines", "li.lei", decision="returned")
    assert AdvanceLine.objects.get(bank="BKA").limit == line.limit
    answer("decide_limits", "wang.min", decision="raise", lines=f"BKA {line.limit + 600_000}", reason="confirmed in writing")
    answer("approve_lines", "li.lei", decision="approved")

    assert AdvanceLine.objects.get(bank="BKA").limit == line.limit + 600_000
    assert outputs_of("compute_quota")["line_short"] == 0
    paid(root, world)
    confirmed(root, world)
    money(root, world)
    repaid(run)


def test_a_line_that_is_nearly_used_is_told_and_measured(root):
    world = a_world(Fault.LINE_NEARLY_USED)
    run = morning(root, world)

    paid(root, world)

    assert outputs_of("outstanding")["warned"] == 1
    assert AdvanceLine.objects.get(is_warned=True).bank == "BKA"
    assert used_of_lines(DAY) == {run.line_id: pytest.approx(91, abs=5)}


def test_an_advance_payment_that_fails_is_reversed_and_nothing_of_it_is_outstanding(root):
    world = a_world(Fault.FAILED_PAYMENT)
    run = morning(root, world)
    refused = payments()[0]
    paid(root, world)
    assert outputs_of("read_receipts")["failed"] == 1

    answer("failed_payments", "wang.min", decision="reverse", reason="account closed")
    confirmed(root, world)
    money(root, world)

    repaid(run)
    row = AdvanceRequest.objects.get(number=refused.number)
    assert (row.state, row.advanced, row.receipt_code, row.reason) == ("reversed", Decimal(0), "5101", "account closed")
    assert sums()["advanced"] == sums()["granted"] - refused.amount
    assert [line[5] for line in texts("jjt0rz") if line[0] == refused.number] == ["reversed"]


@pytest.mark.parametrize(("decision", "state"), [("paid", "repaid"), ("reverse", "reversed")])
def test_an_advance_without_an_answer_is_released_by_a_person(root, decision, state):
    world = a_world(Fault.STUCK_PAYMENT)
    run = morning(root, world)
    paid(root, world)
    assert outputs_of("read_receipts")["stuck"] == 1

    answer("failed_payments", "wang.min", decision=decision, reason="the bank answered by phone")
    confirmed(root, world)
    money(root, world)

    repaid(run)
    assert AdvanceRequest.objects.get(reason__startswith="the bank answered").state == state


def test_receipts_that_come_again_are_read_again(root):
    world = a_world(Fault.FAILED_PAYMENT)
    morning(root, world)
    paid(root, world)

    paid(root, a_world())
    answer("failed_payments", "wang.min", decision="again", reason="the bank sent a new file")

    assert not AdvanceRequest.objects.filter(state="checked").exists()
    assert at("await_confirmations").state == StepState.WAITING


def test_a_payment_that_the_bank_made_with_another_amount_is_never_reversed_and_waits_for_a_new_receipt(root):
    world = a_world(Fault.WRONG_RECEIPT)
    run = morning(root, world)
    paid(root, world)
    row = first()
    assert (row.state, row.advanced, row.receipt_code) == ("checked", Decimal(0), "0000")

    for decision in ("reverse", "paid"):
        answer("failed_payments", "wang.min", decision=decision, reason="somebody is in a hurry")
        assert offered("failed_payments")
        assert first().state == "checked"
    paid(root, a_world())
    answer("failed_payments", "wang.min", decision="again", reason="the bank corrected it")
    confirmed(root, world)
    money(root, world)

    repaid(run)
    assert first().state == "repaid"
    assert sums()["advanced"] == sums()["granted"]


@pytest.mark.parametrize(("decision", "state"), [("reverse", "reversed"), ("carry", "sent_to_ta")])
def test_a_reject_after_the_advance_is_a_loss_case_and_stays_outstanding(root, decision, state):
    world, run = until_confirmed(root, Fault.TA_REJECT)
    row = first()
    assert (row.ta_code, row.loss) == ("0301", row.advanced)
    assert outputs_of("compare_confirmations")["lost"] == [row.number]
    assert set(Break.objects.values_list("key", flat=True)) == {f"{row.number}/{row.fund}"}

    answer("deal_with_losses", "wang.min", decision=decision, reason="the account was frozen")
    money(root, world)

    repaid(run)
    row.refresh_from_db()
    assert (row.state, row.repaid) == (state, 0)
    before = {line.bank: line.outstanding for line in world.lines}
    assert {line.bank: line.outstanding - before[line.bank] for line in AdvanceLine.objects.all()} == {
        bank: row.loss if bank == row.bank else Decimal(0) for bank in before
    }


@pytest.mark.parametrize(
    ("fault", "breaks", "loss"),
    [
        (Fault.WRONG_UNITS, [("redeemed units / ofd04", "amount")], "0.00"),
        (Fault.WRONG_AMOUNT, [("advances / ofd04", "amount")], "1.00"),
        (Fault.UNKNOWN_CONFIRMATION, [("advances / ofd04", "only_right"), ("redeemed units / ofd04", "only_right")], "0.00"),
    ],
)
def test_a_confirmation_that_differs_is_a_break_and_what_it_lacks_is_lost(root, fault, breaks, loss):
    world, run = until_confirmed(root, fault)

    assert list(Break.objects.order_by("pk").values_list("reconciliation__name", "kind")) == breaks
    assert outputs_of("compare_confirmations")["loss"] == loss
    answer("deal_with_losses", "wang.min", decision="carry", reason="asked the TA")
    money(root, world)
    repaid(run)
    totals = sums()
    assert totals["advanced"] - totals["repaid"] == totals["loss"] == Decimal(loss)


def test_confirmations_that_come_again_are_read_again_and_the_break_is_gone(root):
    world, run = until_confirmed(root, Fault.WRONG_AMOUNT)
    right = a_world()

    confirmed(root, right)
    answer("deal_with_losses", "wang.min", decision="again", reason="the TA sent a new file")
    money(root, right)

    repaid(run)
    assert not Break.objects.filter(state="open").exists()
    assert sums()["loss"] == 0
    assert world.requests == right.requests


@pytest.mark.parametrize(
    ("fault", "broken"), [(Fault.SHORT_MONEY, "redemptions due / kffzmxb"), (Fault.WRONG_CREDIT, "kffzmxb / bank statement")]
)
def test_money_that_is_short_is_a_break_and_only_what_came_is_repaid(root, fault, broken):
    world, run = until_confirmed(root, fault)
    money(root, world)
    assert list(Break.objects.values_list("reconciliation__name", flat=True)) == [broken]

    answer("money_trouble", "wang.min", decision="accept", reason="the rest comes tomorrow")

    repaid(run)
    totals, lines = sums(), AdvanceLine.objects.all()
    short = totals["advanced"] - totals["repaid"]
    assert Decimal(0) < short <= Decimal(500)
    assert sum(line.outstanding for line in lines) - sum(line.outstanding for line in world.lines) == short
    assert AdvanceRequest.objects.filter(state="confirmed").exists()


def test_confirmations_that_are_late_are_waited_for(root):
    world = a_world(Fault.LATE_CONFIRMATIONS)
    run = morning(root, world)
    paid(root, world)
    waiting = at("await_confirmations")
    assert waiting.state == StepState.WAITING
    assert waiting.deadline_at == instant_of("FUND.CONFIRM", DAY)
    assert waiting.is_late
    assert not AdvanceRequest.objects.exclude(state="sent_to_ta").exists()

    confirmed(root, world)
    money(root, world)

    repaid(run)


def test_a_switch_that_nobody_knows_stops_before_limits_are_read(root):
    morning(root, a_world(), on_excess="sometimes")

    assert at("check_limits").state == StepState.FAILED
    assert not AdvanceLine.objects.exists()


def test_a_file_of_the_ta_that_contradicts_itself_stops_with_a_sentence_and_is_read_again(root):
    world = a_world()
    run = morning(root, world)
    paid(root, world)
    half = {name: data.replace(b"OFDCFEND\n", b"") for name, data in confirmation_files(world, orders(world), a_desk()).items()}

    arrive(root, NEXT, half)

    step = at("read_confirmations")
    assert step.problem == "文件无法使用：ofd04: without its first or its last line。"
    assert not AdvanceRequest.objects.exclude(state="sent_to_ta").exists()
    confirmed(root, world)
    assert post("zhang.wei", "api-step-retry", [step.pk], {"reason": "the TA sent it again"}) == 200
    work()
    money(root, world)
    repaid(run)
