"""One fault of each kind on days of preferred stock: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Finished
from apps.engine.states import StepState
from apps.lines.preferred_stock.core import simulated_files
from apps.lines.preferred_stock.core.simulated import PART, PUT_BACK, Fault
from apps.lines.preferred_stock.core.simulated_results import choices_of
from apps.lines.preferred_stock.models import PreferredClaim
from apps.lines.preferred_stock.selectors.figures import open_legs_of_lines
from apps.recon.models import Break
from tests.lines.preferred import (
    DAY,
    NEXT,
    a_day,
    a_world,
    answer,
    arrive,
    at,
    begun,
    finished,
    installed,
    kept,
    morning,
    next_day,
    offered,
    outputs_of,
    process_of,
    set_up,
    texts,
    tried,
)

NOTHING = Decimal(0)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def breaks():
    return list(Break.objects.filter(state="open").order_by("pk").values_list("reconciliation__name", "kind"))


@pytest.mark.parametrize(
    ("fault", "said", "declared"),
    [
        (Fault.OVER_CHOICE, f"第 1 行，{PUT_BACK}/B880000001：超过客户持有数量。", 2),
        (Fault.STRANGE_CHOICE, f"第 4 行，{PUT_BACK}/B880009999：没有对应的未结权益。", 3),
    ],
)
def test_a_choice_that_cannot_be_followed_is_told_to_a_person_and_the_others_are_declared(root, fault, said, declared):
    run = a_day(root, a_world(fault))

    assert outputs_of("declare")["told"] == [said]
    assert PreferredClaim.objects.filter(declared__gt=0).count() == declared
    answer("findings", "wang.min", decision="accept", reason="the client was told")

    finished(run)
    assert PreferredClaim.objects.filter(state="posted").count() == declared + 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.OVER_ACCEPTED, "受理数量超过申报数量。"),
        (Fault.WRONG_CODE, "其代码属于另一类业务。"),
    ],
)
def test_a_result_that_does_not_fit_stops_its_claim_alone(root, fault, said):
    world = a_world(fault)
    run = a_day(root, world)
    assert [text.endswith(said) for text in outputs_of("results")["told"]] == [True]

    answer("findings", "wang.min", decision="accept", reason="asked the depository")

    finished(run)
    stopped = kept(world.first)
    assert (stopped.state, stopped.accepted, stopped.pay) == ("declared", 0, NOTHING)
    assert stopped.problem.endswith(said)
    assert PreferredClaim.objects.filter(state="posted").count() == len(world.claims) - 1


def test_a_corrected_result_is_read_again_and_the_claim_settles(root):
    wrong, right = a_world(Fault.WRONG_CODE), a_world()
    run = a_day(root, wrong)
    arrive(root, right, "evening")

    answer("findings", "wang.min", decision="again", reason="a corrected file came")

    finished(run)
    row = kept(right.first)
    assert (row.state, row.problem, row.pay) == ("posted", "", right.first.pay)
    assert not Break.objects.exists()


def test_a_rejected_declaration_pays_nothing_and_is_set_free_at_the_counter(root):
    world = a_world(Fault.REJECTED)
    finished(a_day(root, world))

    row = kept(world.first)
    assert (row.state, row.accepted, row.pay) == ("rejected", 0, NOTHING)
    assert [line[4:8] for line in texts("ygrz") if line[0] == "release"] == [[row.account, row.unit, "0", str(row.declared)]]


def test_a_declaration_accepted_in_part_pays_for_that_part_and_the_rest_is_set_free(root):
    world = a_world(Fault.PARTIAL)
    finished(a_day(root, world))

    row = kept(world.first)
    assert (row.state, row.accepted, row.paid) == ("posted", row.declared // 2, world.first.pay)
    line = next(line for line in texts("ygrz") if line[4] == row.account and line[0] == "005_004_004" and line[1] == PUT_BACK)
    assert line[6:8] == [str(-row.accepted), str(row.declared - row.accepted)]


def test_cash_that_comes_a_day_later_leaves_the_event_open_and_the_next_run_takes_it_up(root):
    world = a_world(Fault.CASH_LATE)
    first = a_day(root, world)
    finished(first)
    row = kept(world.first)
    assert (row.state, row.securities_on, row.cash_on, row.posted_on) == ("sec_out", DAY, None, None)
    assert outputs_of("reconcile")["open"] == 1
    assert list(open_legs_of_lines(DAY).values()) == [1]

    second = next_day(root, world)

    finished(second)
    row.refresh_from_db()
    assert (row.state, row.securities_on, row.cash_on, row.posted_on) == ("posted", DAY, NEXT, NEXT)
    assert open_legs_of_lines(NEXT) == {}
    assert not Break.objects.exists()


def test_securities_that_leave_a_day_later_keep_the_cash_that_came_first(root):
    world = a_world(Fault.SECURITIES_LATE)
    finished(a_day(root, world))
    row = kept(world.first)
    assert (row.state, row.securities_on, row.cash_on, row.paid) == ("accepted", None, DAY, world.first.pay)

    finished(next_day(root, world))

    row.refresh_from_db()
    assert (row.state, row.securities_on, row.posted_on) == ("posted", NEXT, NEXT)
    assert not Break.objects.exists()


def test_a_leg_that_is_open_for_more_than_a_day_is_a_task_and_may_go_on_waiting(root):
    world = a_world(Fault.CASH_NEVER)
    finished(a_day(root, world))
    second = next_day(root, world)
    assert offered("legs")

    answer("legs", "wang.min", decision="settle", reason="the issuer has not funded")

    finished(second)
    row = kept(world.first)
    assert (row.state, row.cash_on, row.posted_on) == ("sec_out", None, None)
    assert list(open_legs_of_lines(NEXT).values()) == [1]


def test_a_leg_is_closed_by_hand_by_two_people_and_a_line_that_names_no_open_leg_is_refused(root):
    world = a_world(Fault.CASH_NEVER)
    finished(a_day(root, world))
    second = next_day(root, world)
    named = f"{PUT_BACK} {world.first.account}"

    answer("legs", "wang.min", decision="settle", lines=f"{named} securities", reason="seen at the bank")
    assert outputs_of("take_legs")["told"] == [f"“{named} securities”：该权益没有此未结腿。"]
    assert kept(world.first).by_hand == ""
    answer("legs", "wang.min", decision="settle", lines=f"{named} cash", reason="seen at the bank")
    assert outputs_of("take_legs")["to_close"] == [f"业务 {PUT_BACK}，{world.first.account}：{world.first.pay} 元按已到账处理。"]
    assert tried("approve_legs", "wang.min", decision="approved") == 403
    assert kept(world.first).by_hand == ""

    answer("approve_legs", "li.lei", decision="returned")
    assert (offered("legs"), kept(world.first).cash_on) == (True, None)
    answer("legs", "wang.min", decision="settle", lines=f"{named} cash", reason="seen at the bank")
    answer("approve_legs", "li.lei", decision="approved")

    finished(second)
    row = kept(world.first)
    assert (row.state, row.paid, row.by_hand) == ("posted", world.first.pay, "cash: seen at the bank")


def test_a_client_takes_a_declaration_back_inside_the_window_and_the_counter_sets_the_shares_free(root):
    world = a_world(Fault.WITHDRAWN)
    first = a_day(root, world)
    finished(first)
    declared = kept(world.first).declared
    assert (kept(world.first).state, declared) == ("declared", world.first.declared)
    assert not PreferredClaim.objects.filter(event__kind="put_back", state="posted").exists()

    second = begun(NEXT)
    arrive(root, world, "next-morning")
    assert kept(world.first).state == "withdrawal"
    assert [line[4:] for line in texts(f"ygsb{second.pk:06}")] == [[world.first.account, "00W40", str(declared), "withdraw"]]
    arrive(root, world, "next-evening")

    finished(second)
    row = kept(world.first)
    assert (row.state, row.declared, row.withdrawn, row.withdrawn_on) == ("declaring", 0, declared, NEXT)
    freed = [line[4:8] for line in texts(f"ygrz{second.pk:06}") if line[0] == "release"]
    assert freed == [[row.account, row.unit, "0", str(declared)]]
    assert PreferredClaim.objects.filter(state="posted").count() == len(world.claims) - 1
    assert not Break.objects.exists()
    before = list(PreferredClaim.objects.order_by("pk").values())
    for node in ("declare", "results", "post"):
        assert isinstance(do(held(at(node))), Finished)
    assert list(PreferredClaim.objects.order_by("pk").values()) == before


def test_a_withdrawal_that_the_depository_refuses_leaves_the_declaration_which_is_settled(root):
    world = a_world(Fault.WITHDRAWAL_REFUSED)
    finished(a_day(root, world))

    finished(next_day(root, world))

    row = kept(world.first)
    assert (row.state, row.accepted, row.paid, row.withdrawn_on) == ("posted", row.declared, world.first.pay, None)


@pytest.mark.parametrize("line", ["preferred-sh", "preferred-bj"])
@pytest.mark.parametrize("faults", [{Fault.PART_WITHDRAWN}, {Fault.PART_WITHDRAWN, Fault.WITHDRAWAL_PARTIAL, Fault.PARTIAL}])
def test_a_part_is_taken_back_and_the_rest_stays_declared_and_settles(settings, tmp_path, line, faults):
    root = tmp_path / line
    installed(settings, root, line)
    world = a_world(*faults, line=line)
    finished(a_day(root, world))
    declared = kept(world.first)

    second = begun(NEXT, process_of(world))
    arrive(root, world, "next-morning")
    row = kept(world.first)
    assert (row.state, row.declared, row.withdrawing, row.withdrawn) == ("withdrawal", world.first.declared, PART, 0)
    sent = [line[4:] for line in texts(f"ygsb{second.pk:06}")]
    assert sent == [[row.account, row.unit, str(PART), "withdraw"]]
    arrive(root, world, "next-evening")

    finished(second)
    row = kept(world.first)
    returned = PART // 2 if Fault.WITHDRAWAL_PARTIAL in faults else PART
    assert (row.state, row.withdrawn, row.withdrawn_on) == ("posted", returned, NEXT)
    assert (row.declared, row.declared_on, row.declared_by) == (world.first.left, DAY, declared.declared_by)
    assert (row.accepted, row.paid) == (world.first.accepted, world.first.pay)
    lines = [line for line in texts(f"ygrz{second.pk:06}") if line[4] == row.account and line[1] == PUT_BACK]
    freed = {line[0]: (line[6], line[7]) for line in lines if line[7] != "0"}
    rejected = row.declared - row.accepted
    assert freed.pop("release") == ("0", str(returned))
    assert freed == ({"005_004_004": (str(-row.accepted), str(rejected))} if rejected else {})
    assert world.first.declared == row.withdrawn + row.accepted + rejected
    assert not Break.objects.exists()
    before = list(PreferredClaim.objects.order_by("pk").values())
    for node in ("declare", "results", "post"):
        assert isinstance(do(held(at(node))), Finished)
    assert list(PreferredClaim.objects.order_by("pk").values()) == before


def test_a_withdrawal_on_the_day_of_the_declaration_is_refused_by_name_and_the_declaration_is_sent(root, monkeypatch):
    world = a_world()

    def with_one_more(world, *, later):
        yield from choices_of(world, later=later)
        yield PUT_BACK, world.first.account, "00W40", PART, "withdraw"

    monkeypatch.setattr(simulated_files, "choices_of", with_one_more)
    run = morning(root, world)
    set_up(world)

    assert outputs_of("declare")["told"] == [f"第 4 行，{PUT_BACK}/{world.first.account}：当日刚申报，次日起方可撤回。"]
    row = kept(world.first)
    assert (row.state, row.declared, row.withdrawing) == ("declared", world.first.declared, 0)
    assert {line[-1] for line in texts(f"ygsb{run.pk:06}")} == {"declare"}


def test_more_than_what_is_declared_is_not_taken_back_and_the_declaration_stands(root):
    world = a_world(Fault.WRONG_WITHDRAWAL)
    finished(a_day(root, world))
    second = next_day(root, world)
    assert outputs_of("declare")["told"] == [f"第 1 行，{PUT_BACK}/{world.first.account}：撤回数量超过已申报数量。"]

    answer("findings", "wang.min", decision="accept", reason="the client was told")

    finished(second)
    assert (kept(world.first).state, kept(world.first).withdrawn) == ("posted", 0)


def test_another_amount_than_computed_is_a_break_and_its_leg_stays_open(root):
    world = a_world(Fault.WRONG_PAY)
    run = a_day(root, world)

    assert breaks() == [("pay / jsmx", "amount")]
    assert at("legs").state == StepState.OFFERED
    answer("legs", "wang.min", decision="settle", reason="asked the depository")

    finished(run)
    assert (kept(world.first).state, kept(world.first).paid) == ("sec_out", NOTHING)


def test_cash_that_nobody_has_a_claim_for_is_a_break_and_the_others_are_posted(root):
    world = a_world(Fault.STRANGE_CASH)
    run = a_day(root, world)
    assert breaks() == [("pay / jsmx", "only_right")]

    answer("legs", "wang.min", decision="settle", reason="of another participant")

    finished(run)
    assert set(PreferredClaim.objects.values_list("state", flat=True)) == {"posted"}


def test_a_holding_that_is_not_before_less_accepted_is_a_break_of_the_next_morning(root):
    world = a_world(Fault.HOLDING_DIFFERS)
    finished(a_day(root, world))
    assert not Break.objects.exists()

    finished(next_day(root, world))

    assert breaks() == [("before less accepted / zqye", "qty")]


def test_results_that_are_late_are_waited_for_and_nothing_is_accepted_before(root):
    world = a_world(Fault.LATE_RESULTS)
    run = a_day(root, world)
    assert at("await_results").state == StepState.WAITING
    assert not PreferredClaim.objects.filter(accepted__gt=0).exists()

    arrive(root, world, "late")

    finished(run)
    assert set(PreferredClaim.objects.values_list("state", flat=True)) == {"posted"}
