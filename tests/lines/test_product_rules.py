"""Wildcards, effective dates, trees and tables of products: what a cell matches, and one class or a named reason."""

import fnmatch
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel import dmn
from apps.lines.products.actions.loading import DATA
from apps.lines.products.core.book import Book, ClassRow, Facts, RuleRow, TableRow, book_of, loops_of, matches
from apps.lines.products.core.checks import cell_problem, findings_of, overlaps_of
from apps.lines.products.core.contents import ProductContent
from apps.lines.products.core.decision import model_of, result_text
from apps.lines.products.core.moves import NONE, digest_of_moves, moves_of, summary_of
from apps.lines.products.core.patterns import BadPattern, read_pattern
from apps.lines.products.core.rows import in_force, last_day
from apps.lines.products.core.sheets import BadSheet, read_rows, sheet_of
from apps.lines.products.core.simulated import simulated_products
from apps.lines.products.states import HitPolicy, Standing

DAY = date(2023, 6, 1)
NOTICE = date(2026, 11, 20)
FAMILY = "TRUST.SERVICE.WEALTH.FAMILY"


def rule(code, cells=None, *, table="products", position=100, valid_from=DAY, **result):
    result = result or {"class_code": FAMILY}
    return RuleRow(id=1, table=table, code=code, position=position, cells=cells or {}, valid_from=valid_from, **result)


def a_book(*rules, policy=HitPolicy.UNIQUE, tables=("products",), day=NOTICE):
    codes = ("TRUST", "TRUST.SERVICE", "TRUST.SERVICE.WEALTH", FAMILY, "TRUST.SERVICE.WEALTH.HOUSEHOLD")
    classes = [ClassRow(id=number, code=code, valid_from=DAY) for number, code in enumerate(codes)]
    held = [TableRow(id=number, code=code, hit_policy=policy, valid_from=DAY) for number, code in enumerate(tables)]
    return book_of(day, classes, held, rules)


@pytest.fixture(scope="module")
def shipped() -> Book:
    """The book that ships with the product."""
    told = json.loads(DATA.read_text(encoding="utf-8"))

    def dated(facts, *names):
        return {name: facts[name] for name in names if name in facts} | {"valid_from": date.fromisoformat(facts["valid_from"])}

    classes = [ClassRow(id=number, **dated(facts, "code")) for number, facts in enumerate(told["classes"])]
    tables = [
        TableRow(id=number, hit_policy=HitPolicy(facts["hit_policy"]), **dated(facts, "code"))
        for number, facts in enumerate(told["tables"])
    ]
    names = ("table", "code", "position", "cells", "class_code", "next_table", "refusal")
    rules = [RuleRow(id=number, **dated(facts, *names)) for number, facts in enumerate(told["rules"])]
    return book_of(NOTICE, classes, tables, rules)


# -- wildcards --------------------------------------------------------------------------------------------------------

LETTERS = st.text("ABab1·信托.[](", max_size=8)


@given(pattern=st.text("ABab1信托.[](*?", min_size=1, max_size=8), value=LETTERS)
def test_a_wildcard_matches_what_shells_match_whatever_else_the_text_holds(pattern, value):
    shell = "".join(f"[{sign}]" if sign == "[" else sign for sign in pattern).upper()

    assert read_pattern(pattern).passes([value]) == (value != "" and fnmatch.fnmatchcase(value.upper(), shell))


@given(texts=st.lists(st.text("AB1*?信", min_size=1, max_size=5), min_size=1, max_size=4), value=LETTERS)
def test_several_patterns_are_one_or_the_other_and_not_turns_them_round(texts, value):
    one_of_them = any(read_pattern(text).passes([value]) for text in texts)

    assert read_pattern(" , ".join(texts)).passes([value]) is one_of_them
    assert read_pattern(f"not({','.join(texts)})").passes([value]) is not one_of_them


@given(text=st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text and not any(sign < " " for sign in text)))
def test_a_backslash_takes_every_sign_as_it_is(text):
    escaped = "".join(f"\\{sign}" for sign in text)

    assert read_pattern(escaped).is_plain
    assert read_pattern(escaped).passes([text])


@pytest.mark.parametrize(
    ("cell", "code", "place"),
    [("A,,B", "empty", 3), ("A,", "empty", 3), ("not()", "empty", 5), ("A\\", "escape_at_end", 2), ("A\nB", "control_sign", 2),
     ("A" * 401, "too_long", 401), (",".join("A" * 51), "too_many", 1)],
)  # fmt: skip
def test_a_pattern_that_cannot_be_is_refused_with_the_place_of_its_sign(cell, code, place):
    with pytest.raises(BadPattern) as refusal:
        read_pattern(cell)

    assert (refusal.value.code, refusal.value.place) == (code, place)


def test_any_of_several_extended_codes_is_enough_and_none_of_them_with_not():
    facts = Facts(code="A", extended_codes=("E1", "F2"))

    assert matches({"extended_codes": "F*"}, facts)
    assert not matches({"extended_codes": "not(F*)"}, facts)
    assert not matches({"extended_codes": "*"}, Facts(code="A"))
    assert matches({"extended_codes": "-", "declared": ""}, Facts(code="A"))


def test_what_is_not_known_passes_no_threshold_but_the_one_that_names_it():
    known, unknown = Facts(code="A", amount=Decimal("10000000.00")), Facts(code="A")

    assert [matches({"amount": cell}, known) for cell in (">= 10000000", "< 10000000, null", "[1..2]")] == [True, False, False]
    assert [matches({"amount": cell}, unknown) for cell in (">= 10000000", "< 10000000, null")] == [False, True]
    assert matches({"other_beneficiaries": ">= 1"}, Facts(code="A", other_beneficiaries=1, is_wound_up=True))
    assert matches({"established": '>= date("2023-06-01")', "is_wound_up": "false"}, Facts(code="A", established=DAY))


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [("hue", "red", "no_such_column"), ("amount", ">= \"many\"", "cell_other_type"), ("amount", ">=", "cell_unreadable"),
     ("is_wound_up", "perhaps", "cell_no_truth"), ("code", "A,,B", "pattern_empty"), ("established", "> 5", "cell_other_type"),
     ("amount", "1" * 401, "cell_too_long")],
)  # fmt: skip
def test_a_cell_that_cannot_stand_in_its_column_is_named(column, cell, code):
    found = cell_problem(column, cell)
    assert found is not None
    assert found.code == code
    assert cell_problem("amount", "< 5, null") is None
    assert cell_problem("established", '[date("2020-01-01")..date("2021-01-01")]') is None


# -- effective dates --------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 12).map(lambda number: DAY + timedelta(days=number))


@given(
    rows=st.lists(st.tuples(DAYS, st.none() | DAYS, st.booleans()), max_size=8),
    day=DAYS,
)
def test_of_each_day_at_most_one_row_counts_and_its_last_day_agrees_day_by_day(rows, day):
    made = [
        ClassRow(id=number, code="A", valid_from=first, valid_to=last, is_withdrawn=gone)
        for number, (first, last, gone) in enumerate(rows)
    ]

    counting = in_force(made, day).get("A")

    began = [row for row in made if row.valid_from <= day]
    newest = max(began, key=lambda row: (row.valid_from, row.id), default=None)
    holds = newest is not None and not newest.is_withdrawn and (newest.valid_to is None or newest.valid_to >= day)
    assert counting is (newest if holds else None)
    if counting is not None:
        end = last_day(counting, made)
        assert end is None or end >= day
        assert in_force(made, end).get("A") is counting if end is not None else True
        assert end is None or in_force(made, end + timedelta(days=1)).get("A") is not counting


# -- one class or a named reason --------------------------------------------------------------------------------------


def test_the_family_trust_of_the_notice_needs_ten_million_and_somebody_beside_the_settlor(shipped):
    def asked(amount, others, settlor="person"):
        facts = Facts(code="A", declared="家族信托3号", settlor=settlor, amount=amount, other_beneficiaries=others)
        found = shipped.decide(facts)
        return found.standing.value, found.deciding.code if found.deciding else found.place

    assert asked(Decimal("10000000"), 1) == ("classified", "admitted")
    assert asked(Decimal("9999999.99"), 3) == ("refused", "amount")
    assert asked(None, 3) == ("refused", "amount")
    assert asked(Decimal("10000000"), 0) == ("refused", "self-benefit")
    assert asked(Decimal("10000000"), None) == ("refused", "self-benefit")
    assert asked(Decimal("10000000"), 1, "organisation") == ("refused", "settlor")
    assert asked(Decimal("10000000"), 1, "") == ("refused", "settlor")


def test_what_no_rule_knows_and_what_two_rules_claim_is_named_with_its_place(shipped):
    old = shipped.decide(Facts(code="A", declared="单一资金信托"))
    both = shipped.decide(Facts(code="A", declared="家族信托（慈善）"))

    assert (old.standing, old.place, old.class_code) == (Standing.GAP, "products", "")
    assert (both.standing, both.place) == (Standing.CONFLICT, "products: family, welfare-charitable")


def test_the_shipped_book_is_whole(shipped):
    assert findings_of(shipped) == []
    assert sum(code.count(".") == 3 for code in shipped.classes) == 25
    told = overlaps_of(shipped)
    assert not [each for each in told if each.facts["problem"].startswith("The rules")]


NUMBERS = st.none() | st.integers(0, 20_000_000).map(Decimal)
FACTS = st.builds(
    Facts,
    code=st.sampled_from(["XT1", "XT2", "ZX9"]),
    declared=st.sampled_from(["家族信托", "家族信托（慈善）", "家庭服务信托", "慈善信托", "固定收益类信托计划", "", "别的"]),
    settlor=st.sampled_from(["", "person", "family", "organisation"]),
    amount=NUMBERS | st.sampled_from([Decimal(10_000_000), Decimal("9999999.99"), Decimal(1_000_000)]),
    other_beneficiaries=st.none() | st.integers(0, 2),
    term_months=st.none() | st.integers(58, 62),
    extended_codes=st.lists(st.sampled_from(["E1", "F2"]), max_size=2).map(tuple),
)


@given(facts=FACTS)
@settings(max_examples=100)
def test_every_product_gets_exactly_one_leaf_or_a_reason_and_dmn_says_the_same(shipped, facts):
    outcome = shipped.decide(facts)

    assert (outcome.standing is Standing.CLASSIFIED) == bool(outcome.class_code)
    assert outcome.class_code == "" or (outcome.class_code.count(".") == 3 and outcome.class_code in shipped.classes)
    assert outcome.place
    assert outcome.standing is not Standing.BROKEN
    context = {"declared": facts.declared or None, "settlor": facts.settlor or None, "amount": facts.amount}
    context |= {"other_beneficiaries": facts.other_beneficiaries, "term_months": facts.term_months}
    for asked in outcome.way:
        problems: list[dmn.Problem] = []
        said = dmn.evaluate(model_of(shipped, asked.table), asked.table, context, problems=problems)
        several = [problem for problem in problems if problem.rule == "dmn.several_rules"]
        assert (len(asked.rules) > 1) == bool(several)
        assert said == (result_text(asked.rules[0]) if len(asked.rules) == 1 else None)


@given(
    cell=st.lists(st.text("EeF12*?", min_size=1, max_size=3), min_size=1, max_size=2).map(",".join),
    turned=st.booleans(),
    facts=FACTS,
)
@settings(max_examples=60)
def test_wildcards_of_codes_mean_the_same_in_the_decision_model(cell, turned, facts):
    cell = f"not({cell})" if turned else cell
    for column, value in (("extended_codes", " ".join(facts.extended_codes) or None), ("declared", facts.declared or None)):
        book = a_book(rule("only", {column: cell}))

        said = dmn.evaluate(model_of(book, "products"), "products", {column: value}, problems=[])

        assert (said is not None) == matches({column: cell}, facts)


def test_hit_policies_differ_only_where_several_rules_match():
    same, other = rule("a", {"code": "X*"}), rule("b", {"code": "*1"}, class_code="TRUST.SERVICE.WEALTH.HOUSEHOLD", position=200)
    facts = Facts(code="X1")

    def standing(policy, *rules):
        return a_book(*rules, policy=policy).decide(facts)

    assert standing(HitPolicy.UNIQUE, same, other).standing is Standing.CONFLICT
    assert standing(HitPolicy.ANY, same, other).standing is Standing.CONFLICT
    assert standing(HitPolicy.ANY, same, rule("c", {"code": "?1"})).class_code == FAMILY
    assert standing(HitPolicy.FIRST, other, same).class_code == FAMILY
    assert standing(HitPolicy.FIRST, other, same).deciding.code == "a"


def test_a_rule_that_leads_nowhere_gives_no_class():
    gone = a_book(rule("a", {}, class_code="TRUST.SERVICE.WEALTH.NONE"))
    high = a_book(rule("a", {}, class_code="TRUST.SERVICE"))
    lost = a_book(rule("a", {}, next_table="none"))
    circle = a_book(rule("a", {}, next_table="b"), rule("z", {}, table="b", next_table="products"), tables=("products", "b"))

    assert {one.decide(Facts(code="X")).standing for one in (gone, high, lost, circle)} == {Standing.BROKEN}
    found = [each.code for one in (gone, high, lost, circle) for each in findings_of(one)]
    assert found == ["class_not_in_force", "class_not_in_force", "table_not_in_force", "tables_go_round"]
    assert loops_of([rule("a", {}, next_table="b"), rule("z", {}, table="b", next_table="products")]) == [["b", "products"]]
    assert a_book(day=DAY - timedelta(days=1)).decide(Facts(code="X")).standing is Standing.BROKEN


def test_a_tree_has_no_holes_and_no_branch_that_no_product_can_stand_on():
    classes = [ClassRow(id=1, code="A", valid_from=DAY), ClassRow(id=2, code="B.C.D.E", valid_from=DAY)]
    book = book_of(NOTICE, classes, [], [])

    told = [(each.code, each.place) for each in findings_of(book)]

    assert told == [("class_without_parent", "B.C.D.E"), ("branch_without_leaf", "A"), ("no_first_table", "products")]
    assert not book.is_leaf("B.C.D.E")


# -- moves and sheets -------------------------------------------------------------------------------------------------


@given(products=st.lists(FACTS, max_size=6, unique_by=lambda facts: facts.code), kept=st.booleans())
def test_sums_of_a_preview_add_up_and_its_digest_is_of_the_moves_alone(shipped, products, kept):
    before = {facts.code: shipped.decide(facts).result for facts in products} if kept else {}
    moves = moves_of(shipped, products, before, rule("draft", {"code": "XT*"}))

    told = summary_of(moves)

    assert told.products == len(products) == sum(told.standings.values())
    assert told.moving == sum(count for _before, _after, count in told.ways) == (0 if kept else len(products))
    assert told.matched == sum(facts.code.startswith("XT") for facts in products)
    assert all(move.today == NONE for move in moves) or kept
    assert digest_of_moves(moves) == digest_of_moves(list(reversed(moves)))


def test_a_sheet_comes_back_as_it_went_out_and_formulas_stay_texts():
    products = [ProductContent(code="A-1", name="=1+1", declared="-", amount=Decimal("12.50")), *simulated_products(30, 7)]
    rows = [product.model_dump() for product in products]
    rows = [row | {"settlor": row["settlor"].value if row["settlor"] else None} for row in rows]

    data = "".join(sheet_of("products", rows)).encode()

    assert b"'=1+1" in data
    assert read_rows("products", data) == products
    assert read_rows("products", data.decode("utf-8-sig").encode("gb18030")) == products


@pytest.mark.parametrize(
    ("what", "text", "told"),
    [
        ("products", "", [(1, "", "empty")]),
        ("products", "code,hue\nA,red\n", [(1, "hue", "column_unknown")]),
        ("products", "code,code\nA,B\n", [(1, "", "column_twice")]),
        ("products", "code,name\n", [(2, "", "empty")]),
        ("products", "code,name\nA,x\nA,y\n", [(3, "code", "twice")]),
        ("products", "code,name,is_wound_up\nA,x,perhaps\nb,y,\n", [(2, "is_wound_up", "no_truth"), (3, "code", None)]),
        ("products", "code,name,amount\nA,x,-1\n", [(2, "amount", None)]),
        (
            "products",
            "code,name,amount\nA,x,1e400\nB,x,NaN\nC,x,0.001\n",
            [(2, "amount", None), (3, "amount", None), (4, "amount", None)],
        ),
        ("rules", "table,code,if amount,refusal,source\nt,a,>=,no,x\n", [(2, "if amount", "cell_unreadable")]),
        ("rules", "table,code,source\nt,a,x\n", [(2, "", None)]),
        ("classes", "code,name_zh,name_en,source\nA.B.C.D.E,甲,a,x\n", [(2, "code", None)]),
        ("products", "code,name\nA,x,extra\n", [(2, "", "no_name")]),
    ],
)
def test_a_bad_sheet_is_refused_whole_with_row_and_column(what, text, told):
    with pytest.raises(BadSheet) as refusal:
        read_rows(what, text.encode())

    found = [(each.row, each.column, each.problem) for each in refusal.value.problems]
    assert [each[:2] for each in found] == [each[:2] for each in told]
    assert all(problem in (None, said) for (_row, _column, problem), (_r, _c, said) in zip(told, found, strict=True))


def test_bytes_that_are_no_sheet_are_refused():
    for data in (b"PK\x03\x04nothing", b"\x81\x00\xff\xff", b'"open', b"x" * (5 * 2**20 + 1), b"code\n" + b"A\n" * 1002):
        with pytest.raises(BadSheet):
            read_rows("products", data)
