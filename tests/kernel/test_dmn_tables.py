# ruff: noqa: E501 - tables read better with one case beside the other
from decimal import Decimal

import pytest

from apps.kernel import dmn
from tests.kernel.dmn_models import decision, given, literal, model, table

RULES = [["< 10", "1"], ["[5..20]", "2"], ["> 15", "1"]]


def fee(policy, rules=RULES, **options):
    return model(given("amount", "number"), decision("fee", table(policy, ["amount"], ["fee"], rules, **options), "amount"))


def asked(xml, amount, problems=None):
    return dmn.evaluate(xml, "fee", {"amount": amount}, problems=problems)


@pytest.mark.parametrize(
    ("policy", "options", "amount", "expected"),
    [
        ("UNIQUE", {}, 3, 1), ("UNIQUE", {}, 12, 2), ("UNIQUE", {}, None, None), ("FIRST", {}, 7, 1), ("FIRST", {}, 17, 2), ("FIRST", {}, 30, 1),
        ("PRIORITY", {"values": "2, 1"}, 7, 2), ("PRIORITY", {"values": "1, 2"}, 17, 1), ("OUTPUT ORDER", {"values": "2, 1"}, 7, [2, 1]),
        ("OUTPUT ORDER", {"values": "1, 2"}, 7, [1, 2]), ("RULE ORDER", {}, 17, [2, 1]), ("COLLECT", {}, 7, [1, 2]), ("COLLECT", {}, 3, [1]),
        ("COLLECT", {"aggregation": "SUM"}, 7, 3), ("COLLECT", {"aggregation": "MIN"}, 17, 1), ("COLLECT", {"aggregation": "MAX"}, 7, 2),
        ("COLLECT", {"aggregation": "COUNT"}, 7, 2), ("COLLECT", {"aggregation": "COUNT"}, None, 0), ("COLLECT", {}, None, []),
        ("COLLECT", {"aggregation": "SUM"}, None, None), ("UNIQUE", {"default": "9"}, None, 9), ("COLLECT", {"default": "9"}, None, [9]),
        ("ANY", {}, 3, 1), ("F", {}, 7, 1), ("RULE_ORDER", {}, 7, [1, 2]),
    ],
)  # fmt: skip
def test_each_hit_policy_gives_its_result(policy, options, amount, expected):
    assert asked(fee(policy, **options), amount) == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_disagree_are_refused_by_name(policy):
    with pytest.raises(dmn.DmnError) as refusal:
        asked(fee(policy), 7)

    assert refusal.value.facts["rule"] == "dmn.several_rules"
    assert "rule 1, rule 2" in str(refusal.value)


def test_rules_that_disagree_give_null_where_problems_are_collected():
    problems: list[dmn.Problem] = []

    assert asked(fee("UNIQUE"), 7, problems) is None
    assert [problem.rule for problem in problems] == ["dmn.several_rules"]


def test_rules_that_agree_may_all_match_under_any():
    assert asked(fee("ANY", [["< 10", '"low"'], ["< 20", '"low"']]), 7) == "low"


def test_several_outputs_make_a_context():
    xml = model(
        given("amount"), decision("fee", table("FIRST", ["amount"], ["rate", "why"], [["-", "amount * 2", '"all"']]), "amount")
    )

    assert asked(xml, 4) == {"rate": 8, "why": "all"}


@pytest.mark.parametrize(
    ("cell", "amount", "matches"),
    [
        ("-", 1, True), ("", None, True), ("1, 2", 2, True), ("not(1, 2)", 2, False), ("not(1, 2)", 3, True), ("[1..3)", 3, False), ("? * 2 > 5", 3, True),
        ("? * 2 > 5", 2, False), ("limit", 5, True), ("< limit", 5, False), ("[1, 2, 3]", 2, True), ("null", None, True), ("not(null)", None, False),
        ("not(? > 2) and ? > 0", 1, True), ("odd(?)", 3, True), (">= 2, < 0", -1, True), ("= 2", 2, True), ("!= 2", 2, False),
    ],
)  # fmt: skip
def test_a_cell_tests_its_input(cell, amount, matches):
    xml = model(
        given("amount"), given("limit"),
        decision("fee", table("UNIQUE", ["amount"], ["fee"], [[cell, "true"]], default="false"), "amount", "limit"),
    )  # fmt: skip

    assert dmn.evaluate(xml, "fee", {"amount": amount, "limit": 5}) is matches


def test_a_decision_asks_the_decisions_that_it_needs_first():
    xml = model(
        given("金额", "number"),
        decision("费率", literal("if 金额 > 100 then 0.1 else 0.2"), "金额"),
        decision("应收费用", literal("金额 * 费率"), "金额", "decision:费率", type_name="number"),
    )

    assert dmn.evaluate(xml, "应收费用", {"金额": "150.5"}) == Decimal("15.05")


def test_a_decision_that_is_not_there_is_refused():
    with pytest.raises(dmn.DmnError) as refusal:
        dmn.evaluate(fee("FIRST"), "other", {})

    assert refusal.value.facts["rule"] == "dmn.decision_unknown"


GRADE = (
    '<itemDefinition name="grade"><typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>'
)
GRADES = '<itemDefinition name="grades" isCollection="true"><typeRef>grade</typeRef></itemDefinition>'


@pytest.mark.parametrize(
    ("policy", "type_name", "text", "expected"),
    [
        ("UNIQUE", "grade", '"A"', "A"), ("UNIQUE", "grade", '"X"', None), ("COLLECT", "grades", '"A"', ["A"]),
        ("COLLECT", "grades", '"X"', None), ("COLLECT", "grade", '"B"', ["B"]), ("RULE ORDER", "grade", '"X"', None),
    ],
)  # fmt: skip
def test_a_table_is_of_the_type_that_it_names(policy, type_name, text, expected):
    body = table(policy, ["1"], ["r"], [["-", text]]).replace("<decisionTable ", f'<decisionTable typeRef="{type_name}" ')

    assert dmn.evaluate(model(GRADE, GRADES, decision("d", body)), "d", {}, problems=[]) == expected


def test_a_result_cell_is_of_the_type_that_it_names():
    body = table("UNIQUE", ["1"], ["r", "s"], [["-", '"X"', '"X"']]).replace("<outputEntry>", '<outputEntry typeRef="grade">', 1)

    assert dmn.evaluate(model(GRADE, decision("d", body)), "d", {}, problems=[]) == {"r": None, "s": "X"}
