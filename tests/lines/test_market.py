"""The market simulator: same seed same bytes, files that agree with one another, faults that are what they say."""

import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.files.core.dbf import read_dbf
from apps.files.core.problems import StillBeingWritten, UnreadableFile
from apps.lines.core.market.files import STAGES, answer_to, file_name, files_of
from apps.lines.core.market.texts import SETTLED, TickLine, read_tick_text, tick_text
from apps.lines.core.market.world import CASH_02, Fault, build_world
from apps.lines.dispatch import attend_markets

DAY = date(2026, 11, 20)


def world(*faults, seed=1, instructions=120, day=DAY):
    return build_world(day=day, seed=seed, instructions=instructions, faults=faults)


def table(files, code, *, broadcast=False):
    return read_dbf(files[file_name(code, DAY, broadcast=broadcast)])


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_seed_gives_the_same_bytes(stage):
    assert files_of(world(Fault.LATE_FILE), stage) == files_of(world(Fault.LATE_FILE), stage)


def test_another_seed_or_day_gives_another_day():
    files = files_of(world(), "evening")

    assert files_of(world(seed=2), "evening") != files
    assert build_world(day=date(2026, 11, 19), seed=1, instructions=120).trades != world().trades


def test_names_follow_the_gateway():
    assert file_name("jsmx_10", date(2026, 11, 21)) == "jsmx_10js326.b21"
    assert file_name("zjye", date(2026, 7, 13), broadcast=True) == "zjye.713"


def test_cash_movements_are_the_sum_of_what_settled_and_balances_chain():
    evening = files_of(world(), "evening")
    details = [row for row in table(evening, "jsmx").rows() if row["JLLX"] == "003" and row["JGDM"] == "0000"]
    movements = list(table(evening, "zjbd", broadcast=True).rows())
    (opening,) = (
        Decimal(row["ZJYE"]) for row in table(files_of(world(), "morning"), "zjye", broadcast=True).rows() if row["ZHLB"] == "02"
    )

    assert sum(Decimal(row["SJSF"]) for row in details) == sum(Decimal(row["FSJE"]) for row in movements)
    balance = opening
    for row in movements:
        balance += Decimal(row["FSJE"])
        assert Decimal(row["BCYE"]) == balance >= 0
    assert {row["ZJZH"] for row in movements} == {CASH_02}


def test_securities_movements_are_the_sum_of_quantities():
    evening = files_of(world(), "evening")
    sums: Counter[tuple[str, ...]] = Counter()
    for row in table(evening, "jsmx").rows():
        if row["JLLX"] in ("001", "003") and row["JGDM"] == "0000":
            sums[row["ZQZH"], row["XWH1"], row["ZQDM1"]] += int(row["SL"])
    moved = {(row["ZQZH"], row["XWH"], row["ZQDM"]): int(row["BDSL"]) for row in table(evening, "zqbd").rows()}

    assert moved == dict(sums)


def test_the_summary_is_the_sum_of_the_details():
    evening = files_of(world(), "evening")
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in table(evening, "jsmx").rows():
        if row["JLLX"] in ("001", "003") and row["JGDM"] == "0000":
            sums[row["ZJZH"], row["XWH1"], row["JSRQ"], row["JLLX"]] += Decimal(row["SJSF"])

    said = {(row["ZJZH"], row["XWH"], row["JSRQ"], row["JLLX"]): Decimal(row["SJSF"]) for row in table(evening, "zjhz").rows()}

    assert said == dict(sums)


def test_the_manifest_counts_rows_and_bytes_of_the_evening():
    evening = files_of(world(), "evening")

    for row in table(evening, "fsbz_fi", broadcast=True).rows():
        assert int(row["WJZJS"]) == len(evening[row["SJWJM"]])
        assert int(row["WJJLS"]) == len(read_dbf(evening[row["SJWJM"]]))


def test_both_kinds_of_dbf_and_chinese_text_are_written():
    evening = files_of(world(), "evening")

    assert {data[0] for name, data in evening.items() if not name.startswith("fsbz")} == {0x03, 0x30}
    assert "债券RTGS逐笔全额结算" in set(table(evening, "jsmx").column("FJSM"))


def test_every_row_says_net_is_principal_less_fees():
    for row in table(files_of(world(), "evening"), "jsmx").rows():
        assert Decimal(row["QSJE"]) + Decimal(row["JSF"]) == Decimal(row["SJSF"])


def test_answers_are_given_for_ticks_only_and_never_for_what_fails():
    today = world(Fault.SHORT_CASH)
    refs = [trade.ref_no for trade in today.trades[::2]]

    (data,) = answer_to(today, refs).values()

    lines = read_tick_text(data)
    assert [line.ref_no for line in lines] == refs
    assert all(today.fates[line.ref_no].settles for line in lines if line.state == SETTLED)


def test_a_tick_text_reads_back_as_it_was_written():
    line = TickLine(
        group_no="1",
        ref_no="2",
        account="D890000001",
        security="185001",
        quantity=10,
        amount=Decimal("10.50"),
        side="B",
        counterparty="12345",
        state=SETTLED,
        time="093000",
        operator="王敏",
    )

    assert read_tick_text(tick_text([line])) == [line]


def test_late_file_is_held_back_and_comes_with_its_stage():
    name = file_name("zqbd", DAY)

    assert name not in files_of(world(Fault.LATE_FILE), "evening")
    assert list(files_of(world(Fault.LATE_FILE), "late")) == [name]
    assert files_of(world(), "late") == {}


def test_half_written_is_still_being_written():
    with pytest.raises(StillBeingWritten):
        table(files_of(world(Fault.HALF_WRITTEN), "morning"), "jsmx_10")


def test_a_lying_header_is_refused():
    with pytest.raises(UnreadableFile) as refused:
        table(files_of(world(Fault.LYING_HEADER), "morning"), "zqye")

    assert refused.value.problems[0].rule == "trailing_bytes"


def test_wrong_total_changes_the_summary_only():
    right, wrong = files_of(world(), "evening"), files_of(world(Fault.WRONG_TOTAL), "evening")

    assert {name for name in right if right[name] != wrong[name]} == {file_name("zjhz", DAY)}


def test_unknown_account_has_no_trade_of_ours():
    morning = files_of(world(Fault.UNKNOWN_ACCOUNT), "morning")

    accounts = {line.split("|")[0] for line in morning[file_name("zycj", DAY)].decode("gb18030").splitlines()}
    assert set(table(morning, "jsmx_10").column("ZQZH")) - accounts == {"D899999999"}


def test_duplicate_row_is_the_last_row_twice():
    rows = list(table(files_of(world(Fault.DUPLICATE_ROW), "morning"), "jsmx_10").rows())

    assert len(rows) == 121
    assert rows[-1] == rows[-2]


def test_short_cash_leaves_some_without_cash_and_nobody_without_the_fault():
    short, fine = (Counter(today.fates.values()) for today in (world(Fault.SHORT_CASH), world()))

    assert short["no_cash"] > 0
    assert fine["no_cash"] == 0


@pytest.mark.parametrize("instructions", [1, 2, 3, 49, 50])
def test_small_days_work_too(instructions):
    today = world(instructions=instructions)

    assert set(today.fates) == {trade.ref_no for trade in today.trades}
    for stage in STAGES:
        files_of(today, stage)


def test_the_command_writes_the_stages_it_is_asked_for(tmp_path):
    call_command("market", "simulate", date=DAY, out=tmp_path, instructions=5, stages=["morning"], stdout=StringIO())

    names = {path.name for path in tmp_path.iterdir()}
    assert file_name("jsmx_10", DAY) in names
    assert file_name("jsmx", DAY) not in names
    assert not [name for name in names if name.endswith(".part")]


def test_the_command_answers_the_ticks_that_were_sent(tmp_path):
    out, sent = tmp_path / "in", tmp_path / "out"
    call_command("market", "simulate", date=DAY, out=out, instructions=20, stages=["morning"], stdout=StringIO())
    today = world(instructions=20)
    (data,) = answer_to(today, [today.trades[3].ref_no]).values()
    sent.mkdir()
    (sent / "rtgsgd00000101js326.b20").write_bytes(data)

    call_command("market", "respond", date=DAY, out=out, ticks=sent, stdout=StringIO())

    (line,) = read_tick_text((out / file_name("rtgsjg", DAY)).read_bytes())
    assert line.ref_no == today.trades[3].ref_no


def test_answering_without_a_simulated_day_is_one_clear_line(tmp_path):
    with pytest.raises(CommandError, match=re.escape(str(tmp_path))):
        call_command("market", "respond", date=DAY, out=tmp_path, ticks=tmp_path)


def test_the_attending_market_answers_a_list_of_ticks_once_and_a_further_list_again(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    out, sent = tmp_path / "incoming/rtgs-sh/20261120", tmp_path / "outgoing/rtgs-sh/20261120"
    call_command("market", "simulate", date=DAY, out=out, instructions=20, stages=["morning"], stdout=StringIO())
    today, answer = world(instructions=20), out / file_name("rtgsjg", DAY)
    (sent).mkdir(parents=True)
    attend_markets()
    assert not answer.exists()

    for number in (1, 2):
        (data,) = answer_to(today, [today.trades[number].ref_no]).values()
        (sent / f"rtgsgd0000010{number}js326.b20").write_bytes(data)
        attend_markets()
        assert len(read_tick_text(answer.read_bytes())) == number
        answer_again = answer.stat().st_mtime_ns
        attend_markets()
        assert answer.stat().st_mtime_ns == answer_again


def test_the_attending_market_leaves_days_alone_that_nobody_simulated(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    real, sent = tmp_path / "incoming/rtgs-sh/20261120", tmp_path / "outgoing/rtgs-sh/20261120"
    for folder in (real, sent):
        folder.mkdir(parents=True)
    (sent / "rtgsgd00000101js326.b20").write_bytes(b"x")

    attend_markets()

    assert not list(real.iterdir())
