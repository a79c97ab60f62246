"""Files are known by their columns; the catalogue holds facts, and says when it does not know."""

import json
from pathlib import Path

import pytest

from apps.files.core.catalogue import Text, fits, match_family, recognise, unknown_codes
from apps.files.core.dbf import Column, read_dbf
from apps.files.core.names import Name, dated_name, read_name
from apps.files.store import catalogue
from tests.factories.files import DAY, small_table, table_bytes

LAYOUTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "csdc-layouts.json"


@pytest.mark.skipif(not LAYOUTS.exists(), reason=f"no {LAYOUTS}")
def test_all_families_and_layouts_of_the_real_files_are_in_the_catalogue():
    facts = json.loads(LAYOUTS.read_text())["families"]

    for code, layouts in facts.items():
        known = {layout.columns for layout in catalogue().families[code].layouts}
        for layout in layouts:
            assert tuple(Column(f[0].upper(), *f[1:]) for f in layout["fields"] if f[1] != "0") in known


@pytest.mark.parametrize("code", sorted(catalogue().families))
def test_a_table_of_every_layout_of_a_family_is_recognised(code):
    family = catalogue().families[code]

    for layout in family.layouts:
        match = match_family(catalogue(), read_dbf(small_table(*layout.columns)), f"{code}.713")

        assert match is not None
        assert (match.family.code, match.layout, match.drift) == (code, layout, ())


def test_the_name_decides_only_between_equal_columns():
    table = read_dbf(table_bytes("sjsmx1", []))

    assert recognise(catalogue(), table, "SJSMX20713.DBF") is catalogue().families["sjsmx2"]
    assert recognise(catalogue(), table, "jsmx.713") in [catalogue().families[code] for code in ("sjsmx0", "sjsmx1", "sjsmx2")]
    unnamed = match_family(catalogue(), table)
    assert unnamed is not None
    assert [problem.rule for problem in unnamed.drift] == ["family_ambiguous"]


def test_drift_is_shown_column_by_column():
    columns = list(catalogue().families["zqye"].layouts[0].columns)
    columns[0] = Column("SCDM", "C", 3)
    columns[3], columns[4] = columns[4], columns[3]
    columns[-1] = Column("NEU", "C", 1)

    match = match_family(catalogue(), read_dbf(small_table(*columns)), "zqye.713")

    assert match is not None
    assert match.family.code == "zqye"
    assert {(problem.rule, problem.field) for problem in match.drift} == {
        ("column_changed", "SCDM"),
        ("column_missing", "JZRQ"),
        ("column_added", "NEU"),
        ("columns_reordered", None),
    }


def test_columns_of_nobody_are_of_no_family():
    table = read_dbf(small_table(Column("A", "C", 1), Column("B", "C", 1)))

    assert match_family(catalogue(), table, "jsmx.713") is None
    assert not fits(catalogue().families["jsmx"], table)


def test_every_column_of_the_first_line_has_a_meaning_in_both_languages():
    for code in ("jsmx", "zqbd", "zqye", "zjbd", "zjye", "zjhz", "fsbz_fi"):
        family = catalogue().families[code]
        for layout in family.layouts:
            for column in layout.columns:
                assert family.meanings[column.name].zh
                assert family.meanings[column.name].en


def test_codes_without_a_text_are_listed_and_not_dropped():
    rows = [{"JLLX": "003", "YWLX": "605", "MMBZ": "B"}, {"JLLX": "990", "YWLX": "605", "MMBZ": "S"}]
    table = read_dbf(table_bytes("jsmx", rows))

    found = unknown_codes(catalogue(), catalogue().families["jsmx"], table)

    assert [(problem.field, problem.facts["codes"]) for problem in found] == [("JLLX", "990")]
    assert catalogue().text_of("SH", "YWLX", "605") == Text("债券交易（非担保／RTGS）", "bond trade, non-guaranteed or RTGS")


@pytest.mark.parametrize(
    ("name", "naming", "code", "rest", "month", "day"),
    [
        ("ZQYEJS329.713", "mdd", "zqye", "JS329", 7, 13),
        ("jsmx01_JS123.a27", "mdd", "jsmx01_", "JS123", 10, 27),
        ("jsmx.C31", "mdd", "jsmx", "", 12, 31),
        ("SJSMX10713.DBF", "mmdd", "SJSMX1", "", 7, 13),
        ("SJSQS00713.DBF", "mmdd", "SJSQS0", "", 7, 13),
        ("SJSQS0713.DBF", "mmdd", "SJSQS", "", 7, 13),
        ("jsmx_extra.dbf", "plain", "jsmx", "_extra", None, None),
        ("M0671_20260713_00SPOTMATCH.txt", "sge", "SPOTMATCH", "", 7, 13),
        ("0671202607130000spotmatch.TXT", "sge", "SPOTMATCH", "", 7, 13),
    ],
)
def test_names_say_code_and_day(name, naming, code, rest, month, day):
    codes = ["zqy", "zqye", "jsmx", "jsmx01_", "SJSMX", "SJSMX1", "SJSQS", "SJSQS0", "SPOTMATCH"]

    found = read_name(name, naming, codes)

    assert found == Name(code, rest, month, day)


@pytest.mark.parametrize("name", ["jsmx", "jsmx.d13", "jsmx.71", "other.713", "jsmx.7133", ".713"])
def test_other_names_are_nobodys(name):
    assert read_name(name, "mdd", ["jsmx"]) is None


@pytest.mark.parametrize(
    "name",
    ["M0671_20260713_00DEFERMATCH.txt", "20261313_00SPOTMATCH.txt", "20260713SPOTMATCH.txt", "SPOTMATCH.txt", "00SPOTMATCH"],
)
def test_other_names_of_the_gold_exchange_are_nobodys(name):
    assert read_name(name, "sge", ["SPOTMATCH"]) is None


def test_a_text_of_the_gold_exchange_is_known_by_the_end_of_its_name():
    assert catalogue().text_named("M0671_20260713_00SPOTMATCH.txt") == "spotmatch"
    assert catalogue().text_named("M0671_20260713_00NOBODYKNOWS.txt") is None


def test_flags_are_named_by_the_day():
    assert dated_name("END", "sge", DAY) == f"{DAY:%Y%m%d}00end.txt"
    assert dated_name("FSBZ_A", "mdd", DAY) == "fsbz_a.713"
    assert dated_name("END", "mmdd", DAY) == "end0713.dbf"
