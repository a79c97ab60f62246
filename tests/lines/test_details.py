from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from apps.files.core.dbf import read_dbf, write_dbf
from apps.lines.core.details import CannotNormalise, details_of, fee_signs
from apps.lines.core.guarantee import guarantee_of
from apps.lines.core.market.layouts import JSMX
from apps.lines.core.own_trades import own_trades, unmatched
from apps.lines.states import Guarantee

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "csdc-samples"
DAY = date(2026, 11, 20)


def row(**values):
    usual = {"SCDM": "01", "JLLX": "002", "JYFS": "106", "YWLX": "605", "CJBH": "1", "ZQZH": "D890000001", "JYRQ": "20261120"}
    money = dict.fromkeys(("QSJE", "YHS", "JSF", "GHF", "ZGF", "SXF", "QTJE1", "QTJE2", "QTJE3", "SJSF"), "0.00")
    return {**usual, **money, "SL": "0", **values}


def details(*rows, knows=lambda column, code: True, version=0x03):
    return details_of(read_dbf(write_dbf(JSMX, rows, version=version, updated=DAY)), knows=knows)


def test_fees_stored_with_their_sign_are_taken_as_they_are():
    found = details(row(QSJE="20100.00", YHS="-10.05", JSF="-.69", ZGF="-0.40", GHF="-0.20", SJSF="20088.66", SL="-2000"))

    assert found.fees_signed
    (leg,) = found.legs
    assert leg.net_cash == Decimal("20088.66")
    assert (leg.fee_stamp, leg.fee_handling) == (Decimal("-10.05"), Decimal("-0.69"))
    assert leg.quantity == -2000
    assert leg.principal + leg.fee_stamp + leg.fee_handling + leg.fee_regulatory + leg.fee_transfer == leg.net_cash


def test_fees_stored_without_sign_become_payments():
    found = details(row(QSJE="-10000.00", JSF="0.34", ZGF="0.20", GHF="0.10", SJSF="-10000.64"))

    assert not found.fees_signed
    assert found.legs[0].fee_handling == Decimal("-0.34")


def test_rows_that_obey_neither_rule_stop_the_file_beyond_one_in_a_thousand():
    good, bad = row(QSJE="1.00", SJSF="1.00"), row(QSJE="1.00", SJSF="5.00")

    with pytest.raises(CannotNormalise, match="first in row 2"):
        details(good, bad)

    assert details(*[good] * 1999, bad).unexplained_rows == [2000]


def test_both_rules_hold_without_fees():
    signed, odd = fee_signs(np.array([100]), np.array([0]), np.array([0]), np.array([100]))

    assert signed
    assert not len(odd)


@pytest.mark.parametrize(
    ("codes", "guarantee"),
    [
        (("001", "001", "001"), Guarantee.CCP_NET),
        (("002", "106", "605"), Guarantee.GROSS_RTGS),
        (("003", "106", "605"), Guarantee.GROSS_RTGS),
        (("002", "105", "605"), Guarantee.GROSS_BATCH),
        (("002", "001", "390"), Guarantee.AGENCY),
        (("990", "001", "001"), Guarantee.UNKNOWN),
        (("", "", ""), Guarantee.UNKNOWN),
    ],
)
def test_the_guarantee_comes_from_the_codes(codes, guarantee):
    assert guarantee_of(*codes) is guarantee


def test_unknown_codes_are_counted_and_their_rows_kept():
    found = details(row(YWLX="999"), row(YWLX="999"), row(), knows=lambda column, code: code != "999")

    assert found.unknown == {("YWLX", "999"): 2}
    assert len(found.legs) == 3


def test_a_missing_column_is_named():
    layout = [column for column in JSMX if column[0] != "SJSF"]

    with pytest.raises(CannotNormalise, match="SJSF"):
        details_of(read_dbf(write_dbf(layout, [], updated=DAY)), knows=lambda *_: True)


def test_own_trades_are_read_and_answer_once():
    text = "D890000001|20261120|185001|B|100|10000.00|00W40|7|W7|Y\nD890000001|20261120|185001|B|100|10000.00|00W40|8|W8|N\n"

    first, second = own_trades(text.encode("gbk"))

    assert (first.ref_no, first.amount, first.confirmed, second.confirmed) == ("7", Decimal("10000.00"), True, False)
    assert unmatched({1: "a", 2: "a", 3: "b"}, ["a", "c"]) == {2, 3}


@pytest.mark.parametrize("field", ["|X|100|", "|B|-1|", "|B|１|"])
def test_an_own_trade_that_makes_no_sense_is_refused_with_its_line(field):
    text = f"D890000001|20261120|185001{field}10000.00|00W40|7|W7|Y\n"

    with pytest.raises(CannotNormalise, match="line 1"):
        own_trades(text.encode("gb18030"))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples in ../shared/data are not here")
def test_real_details_of_every_sample_are_read_or_refused_with_a_reason():
    read = refused = 0
    for path in sorted(SAMPLES.rglob("*")):
        if path.suffix.lower() == ".dbf" and path.name.lower().startswith("jsmx"):
            try:
                table = read_dbf(path)
                found = details_of(table, knows=lambda *_: True)
            except CannotNormalise:
                refused += 1
                continue
            assert len(found.legs) == len(table)
            read += 1
    assert read > refused
    assert read >= 20
