"""One fault of each kind on a day of RTGS Shenzhen: where it is found, who decides, and that the run still ends."""

from decimal import Decimal

import pytest

from apps.engine.states import StepState
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen.core.simulated import Fate, Fault
from apps.lines.rtgs_shenzhen.core.simulated_files import file_name, files_of
from apps.lines.rtgs_shenzhen.models import GrossOutcome
from apps.lines.rtgs_shenzhen.selectors import undecided_of_lines
from apps.recon.models import Break
from tests.lines.shenzhen import (
    DAY,
    a_day,
    a_world,
    answer,
    arrive,
    at,
    begun,
    finished,
    folder,
    fund,
    installed,
    morning,
    offered,
    outputs_of,
    result_of,
    scanned,
    texts,
)

NOTHING = Decimal(0)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def breaks():
    rows = Break.objects.filter(state="open").order_by("reconciliation__name", "pk")
    return list(rows.values_list("reconciliation__name", "kind"))


def test_instructions_that_do_not_fit_are_told_and_left_out_of_the_need(root):
    morning(root, a_world(Fault.UNKNOWN_TYPE, Fault.STRANGE_ACCOUNT, Fault.NO_OWN_TRADE))

    assert [text.split("：")[1] for text in outputs_of("check")["told"]] == [
        "业务类别 XX99 当日不在表内。",
        "没有对应的自有成交。",
        "D-COM 未列示备付金账户 B001000999999。",
    ]
    answer("confirm_unknown", "wang.min", decision="exclude", reason="asked the trader")

    rows = SettlementResult.objects.filter(is_matched=False)
    assert list(rows.values_list("state", "outlook")) == [("received", "")] * 3
    assert offered("fund")


def test_an_instruction_that_an_operator_takes_as_in_order_queues_and_is_a_break_in_the_evening(root):
    world = a_world(Fault.NO_OWN_TRADE)
    run = morning(root, world)
    answer("confirm_unknown", "wang.min", decision="include", reason="the trader confirmed by phone")
    assert SettlementResult.objects.get(is_matched=False).outlook == "settled"
    fund()
    arrive(root, world, "evening")

    assert breaks() == [("own trades / sjsmx0", "only_right")]
    answer("explain", "wang.min", decision="accept", reason="the trade was recorded late")

    finished(run)


def test_a_corrected_list_is_read_again_and_nothing_is_left_to_find(root):
    morning(root, a_world(Fault.STRANGE_ACCOUNT))
    arrive(root, a_world(), "morning")

    answer("confirm_unknown", "wang.min", decision="again", reason="a corrected list came")

    assert offered("fund")
    assert not SettlementResult.objects.filter(is_matched=False).exists()


def test_late_cash_and_unconfirmed_receipts_fall_to_the_gross_run_and_settle_there(root):
    world = a_world(Fault.UNCONFIRMED)
    run = morning(root, world)
    assert result_of(world.trades[-1]).outlook == "unconfirmed"
    assert SettlementResult.objects.filter(state="cash_short", outlook="cash_short").exists()
    fund()
    assert SettlementResult.objects.filter(state="eod_retry").count() == len(world.of(Fate.AT_END))

    arrive(root, world, "evening")

    finished(run)
    assert SettlementResult.objects.filter(closed_as="settled_eod").count() == len(world.of(Fate.AT_END))
    assert result_of(world.trades[-1]).closed_as == "settled_eod"


def test_a_seller_without_securities_is_told_in_the_day_and_decided_in_the_evening(root):
    world = a_world(Fault.SECURITIES_SHORT)
    run = morning(root, world)
    seller = next(one for one in world.trades if one.fate is Fate.FAILED)
    assert result_of(seller).state == "sec_short"
    fund()
    arrive(root, world, "evening")

    answer("decide", "wang.min", others="each", lines=f"{seller.trade_no} {seller.account} release", reason="client sold twice")

    finished(run)
    row = result_of(seller)
    assert (row.closed_as, row.result_code, row.result_text, row.reason) == ("failed", "9002", "证券不足", "client sold twice")
    line = next(line for line in texts("rtszdz") if line[0] == seller.trade_no)
    assert line[4:9] == ["0", "0.00", "failed", "9002", "RELEASE"]


def test_a_failed_trade_waits_for_a_decision_on_each_and_moves_nothing(root):
    world = a_world(Fault.FAILED_TRADE)
    run = a_day(root, world)
    failed = world.of(Fate.FAILED)[0]
    assert breaks() == []
    assert list(undecided_of_lines(DAY).values()) == [1]

    answer("decide", "wang.min", others="each", lines="", reason="late")
    assert outputs_of("keep_decisions")["told"] == [f"“{failed.trade_no} {failed.account}”：交收失败但未逐笔列出。"]
    assert offered("decide")
    answer("decide", "wang.min", others="each", lines=f"{failed.trade_no} 0199999999 keep", reason="late")
    assert not GrossOutcome.objects.exclude(decision="").exists()
    answer("decide", "wang.min", others="keep", reason="both sides trade again tomorrow")

    finished(run)
    row = result_of(failed)
    assert (row.closed_as, row.settled_cash, row.settled_qty, row.result_text) == ("failed", NOTHING, 0, "资金不足")
    assert undecided_of_lines(DAY) == {}
    assert outputs_of("report")["settled_cash"] == f"{world.settled_cash:.2f}"


def test_differences_between_the_files_of_the_evening_are_breaks_that_a_person_explains(root):
    world = a_world(Fault.NO_RESULT, Fault.STRANGE_DETAIL, Fault.WRONG_POSTING, Fault.WRONG_BALANCE)
    run = a_day(root, world)

    assert breaks() == [
        ("own trades / sjsmx0", "only_right"),
        ("settled / sjszj", "amount"),
        ("sjsmx0 / sjsjg", "only_left"),
        ("sjsmx0 / sjsye", "amount"),
        ("szrtjg / sjsjg", "only_left"),
    ]
    answer("explain", "wang.min", decision="accept", reason="told the depository")

    finished(run)
    strange = Obligation.objects.get(file_code="sjsmx0", ref_no=world.trades[-1].trade_no)
    assert strange.result.closed_as == "settled_rt"
    assert world.trades[-1].trade_no in {line[0] for line in texts("rtszdz")}


def test_a_failed_trade_with_a_settled_quantity_is_a_break_and_a_code_without_a_row_is_shown_as_it_came(root):
    world = a_world(Fault.FAILED_QUANTITY, Fault.STRANGE_CODE)
    run = a_day(root, world)
    assert breaks() == [("settled / sjsjg", "qty")]

    answer("explain", "wang.min", decision="accept", reason="asked the depository")
    answer("decide", "wang.min", others="release", reason="the file is wrong")

    finished(run)
    row = result_of(world.of(Fate.FAILED)[0])
    assert (row.closed_as, row.settled_qty, row.result_code, row.result_text) == ("failed", 0, "M99", "")


def test_the_depositorys_word_counts_when_it_contradicts_what_was_told_in_the_day(root):
    world = a_world(Fault.CONTRADICTED)
    run = morning(root, world)
    fund()
    first = world.trades[0]
    assert result_of(first).state == "settled_rt"
    arrive(root, world, "evening")
    assert breaks() == [("szrtjg / sjsjg", "state")]

    answer("explain", "wang.min", decision="accept", reason="D-COM was wrong")
    answer("decide", "wang.min", others="release", reason="told the client")

    finished(run)
    row = result_of(first)
    assert (row.closed_as, row.settled_cash, row.settled_qty) == ("failed", NOTHING, 0)


def test_details_of_another_day_or_sum_stop_the_line_until_corrected_files_come(root):
    run = a_day(root, a_world(Fault.WRONG_DATE, Fault.WRONG_SUM, Fault.WRONG_SUMMARY))

    assert outputs_of("check_details")["told"] == [
        "SJSMX01120.DBF 第 1 行：日期并非全部为业务日。",
        "SJSMX01120.DBF 第 1 行：本金与各项费用之和不等于收付净额。",
        "明细与汇总有 1 处不一致。",
    ]
    answer("stopped_details", "wang.min", reason="nothing has come yet")
    assert offered("stopped_details")
    assert not GrossOutcome.objects.exists()
    arrive(root, a_world(), "evening")
    answer("stopped_details", "wang.min", reason="corrected files came")

    finished(run)
    assert breaks() == []


def test_corrected_results_are_read_again_and_a_failed_trade_settles(root):
    wrong, right = a_world(Fault.CONTRADICTED), a_world()
    run = a_day(root, wrong)
    arrive(root, right, "evening")

    answer("explain", "wang.min", decision="again", reason="a corrected file came")

    finished(run)
    assert result_of(right.trades[0]).closed_as == "settled_rt"
    assert breaks() == []


def test_the_evening_waits_for_its_flag_and_tells_what_settled_in_the_day_when_d_com_did_not(root):
    world = a_world(Fault.LATE_FILES)
    run = begun()
    arrive(root, world, "morning")
    fund()
    assert not SettlementResult.objects.exclude(settled_at="").exists()
    arrive(root, world, "evening")
    assert at("await_details").state == StepState.WAITING
    assert not Obligation.objects.filter(file_code="sjsmx0").exists()

    arrive(root, world, "late")

    finished(run)
    assert SettlementResult.objects.filter(closed_as="settled_rt").count() == len(world.of(Fate.IN_DAY))
    assert breaks() == []


def test_a_bad_row_of_the_list_names_file_row_column_and_rule(root):
    world = a_world()
    run = begun()
    files = files_of(world, "morning")
    name = file_name("szrtzl", DAY, "TXT")
    for other, data in files.items():
        (folder(root) / other).write_bytes(data.replace(b"JY01|R|", b"JY01|Q|", 1) if other == name else data)
    scanned()

    assert at("read").state == StepState.FAILED
    assert "szrtzl: row 1, Mode “Q”: is none of N, R" in at("read").problem
    assert not Obligation.objects.filter(run=run).exists()
