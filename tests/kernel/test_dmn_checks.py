# ruff: noqa: E501 - tables read better with one case beside the other
"""What a check says of decision models: of their tables, and of models that are wrong or hostile."""

import re

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from apps.kernel import dmn, feel
from tests.kernel.dmn_models import decision, given, literal, model, table


def said(policy, inputs, rules, **options):
    xml = model(
        *(given(name) for name in inputs), decision("asked", table(policy, inputs, ["result"], rules, **options), *inputs)
    )
    return [(problem.rule, problem.element) for problem in dmn.check(xml)]


@pytest.mark.parametrize(
    ("policy", "inputs", "rules", "expected"),
    [
        ("UNIQUE", ["a"], [["< 5", "1"], [">= 5", "2"]], []),
        ("UNIQUE", ["a"], [["< 5", "1"], ["> 5", "2"]], [("dmn.gap", "table")]),
        ("UNIQUE", ["a"], [["<= 5", "1"], [">= 5", "2"]], [("dmn.overlap", "table")]),
        ("UNIQUE", ["a"], [["[0..5)", "1"], ["[5..9]", "2"], ["< 0", "3"], ["> 9", "4"]], []),
        ("UNIQUE", ["a"], [["-", "1"], ["> 5", "2"]], [("dmn.overlap", "table")]),
        ("ANY", ["a"], [["-", "1"], ["> 5", "1"]], []),
        ("ANY", ["a"], [["-", "1"], ["> 5", "2"]], [("dmn.overlap", "table")]),
        ("FIRST", ["a"], [["< 5", "1"], ["-", "2"]], []),
        ("FIRST", ["a"], [["-", "1"], ["> 5", "2"]], [("dmn.unreachable", "rule 2")]),
        ("FIRST", ["a"], [["< 5", "1"], [">= 5", "2"], ["7", "3"]], [("dmn.unreachable", "rule 3")]),
        ("UNIQUE", ["a", "b"], [["< 5", '"x"', "1"], [">= 5", '"x"', "2"], ["-", 'not("x")', "3"]], []),
        ("UNIQUE", ["a", "b"], [["< 5", '"x"', "1"], [">= 5", '"x"', "2"]], [("dmn.gap", "table")]),
        ("UNIQUE", ["a", "b"], [["true", "true", "1"], ["false", "-", "2"]], [("dmn.gap", "table")]),
        ("UNIQUE", ["a"], [['< date("2026-01-01")', "1"], ['>= @"2026-01-01"', "2"]], []),
        ("UNIQUE", ["a"], [['<= date("9999-12-31")', "1"]], []),
        ("UNIQUE", ["a"], [['< @"9999-12-31"', "1"]], [("dmn.gap", "table")]),
        ("UNIQUE", ["a"], [['>= @"0001-01-01"', "1"], ['@"0001-01-01"', "2"]], [("dmn.overlap", "table")]),
        ("UNIQUE", ["a"], [["< 1234567890123456789012345678901234", "1"], [">= 1234567890123456789012345678901234", "2"]], []),
        ("COLLECT", ["a"], [["< 5", "1"], ["< 7", "2"]], []),
        ("UNIQUE", ["a"], [["< b", "1"]], [("dmn.not_decided", "table")]),
        ("UNIQUE", ["a"], [["? > 5", "1"]], [("dmn.not_decided", "table")]),
        ("UNIQUE", ["a"], [["5", "1"], ['"x"', "2"]], [("dmn.not_decided", "table")]),
    ],
)  # fmt: skip
def test_a_table_is_judged_where_that_can_be_decided(policy, inputs, rules, expected):
    assert said(policy, inputs, rules) == expected


def test_a_default_closes_every_gap():
    assert said("UNIQUE", ["a"], [["< 5", "1"]], default="0") == []


def test_a_wide_table_is_judged_in_bounds():
    names = [f"n{number}" for number in range(12)]
    rules = [["-"] * number + [f"< {number}"] + ["-"] * (11 - number) + [str(number)] for number in range(12)]

    assert {rule for rule, _element in said("FIRST", names, rules)} <= {"dmn.gap", "dmn.not_decided"}


BROKEN = [
    ("<x/>", "dmn.namespace"), ("", "xml.well_formed"), ("<definitions/>", "dmn.namespace"), (model()[:-5], "xml.well_formed"),
    ('<!DOCTYPE a [<!ENTITY b "c">]>' + model(), "xml.doctype"), ("<a>" * 200 + "</a>" * 200, "xml.depth"),
    (model(decision("a", literal("1"), "decision:b"), decision("b", literal("2"), "decision:a")), "dmn.cycle"),
    (model(decision("a", literal("1"), "nothing")), "dmn.reference"), (model(decision("a", literal("1 +"))), "dmn.feel"),
    (model(decision("a", literal("1")), decision("a", literal("2"))), "dmn.id_twice"),
    (model(decision("a", table("WHATEVER", ["1"], ["r"], [["-", "1"]]))), "dmn.hit_policy"),
    (model(decision("a", table("UNIQUE", ["1"], ["r"], [["-"]]))), "dmn.rule_length"), (model(decision("a", table("UNIQUE", ["1"], [], []))), "dmn.no_output"),
    (model(decision("a", table("PRIORITY", ["1"], ["r"], [["-", "1"]]))), "dmn.no_ranking"), (model(decision("a", table("UNIQUE", [""], ["r"], [["-", "1"]]))), "dmn.input_expression"),
    (model(decision("a", table("COLLECT", ["1"], ["r", "s"], [["-", "1", "2"]], aggregation="SUM"))), "dmn.aggregation"),
    (model(decision("a", table("FIRST", ["1"], ["r", "r"], [["-", "1", "2"]]))), "dmn.output_name"),
    (model('<decision id="a" name="a"><literalExpression expressionLanguage="juel"><text>1</text></literalExpression></decision>'), "dmn.language"),
    (model('<decision id="a" name="a"><functionDefinition kind="Java"/></decision>'), "dmn.external"),
    (model('<itemDefinition name="t"><itemComponent name="c"><typeRef>t</typeRef></itemComponent></itemDefinition>'), "dmn.type_depth"),
    (model('<import namespace="x" importType="y" name="z"/>'), "dmn.import"), (model(given("a", "nothing")), "dmn.type_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("xml", "rule"), BROKEN)
def test_a_model_that_is_wrong_is_told_so_by_rule(xml, rule):
    assert rule in {problem.rule for problem in dmn.check(xml)}


@pytest.mark.parametrize("xml", [xml for xml, rule in BROKEN if rule.startswith(("xml.", "dmn.namespace", "dmn.cycle"))])
def test_what_cannot_be_read_is_never_decided(xml):
    with pytest.raises(dmn.DmnError):
        dmn.evaluate(xml, "a", {}, problems=[])


@pytest.mark.parametrize("version", ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"])  # fmt: skip
def test_every_version_of_the_standard_is_read(version):
    assert dmn.evaluate(model(decision("a", literal("1")), namespace=version), "a", {}) == 1


WHOLE = model(
    '<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef><allowedValues><text>1, 2</text></allowedValues></itemDefinition>',
    given("a", "number"), given("b", "t"),
    decision("rate", table("FIRST", ["a", "b"], ["x", "y"], [["< 5", "-", "1", "2"], [">= 5", "[1]", "a", "b"]], values="1, 2", default="1"), "a", "b"),
    decision("asked", literal("rate.x + help(a)"), "decision:rate", "a", "knowledge:help"),
    f'<businessKnowledgeModel id="help" name="help"><variable name="help"/><encapsulatedLogic><formalParameter name="n"/>{literal("n * 2")}</encapsulatedLogic></businessKnowledgeModel>',
    '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#asked"/><inputDecision href="#rate"/><inputData href="#a"/></decisionService>',
)  # fmt: skip
PIECES = re.findall(r"<[^>]*>|[^<]+", WHOLE)


@settings(max_examples=200)
@for_any(st.lists(st.tuples(st.integers(0, len(PIECES) - 1), st.sampled_from(["", "<x/>", "-", "<text>", "\u4e2d", 'id="a"'])), max_size=3), st.sampled_from(["asked", "s", "help", "rate", "a"]))  # fmt: skip
def test_a_damaged_model_is_a_value_or_a_refusal(damages, name):
    pieces = list(PIECES)
    for place, instead in damages:
        pieces[place] = instead
    xml = "".join(pieces)

    assert all(problem.message for problem in dmn.check(xml))
    try:
        feel.kind_of(dmn.evaluate(xml, name, {"a": 3, "b": [1], "n": 2, "rate": {"x": 1}}, problems=[]))
    except (dmn.DmnError, feel.FeelError) as refusal:
        assert str(refusal)  # noqa: PT017 - both ends are right


@settings(max_examples=200)
@for_any(st.lists(st.sampled_from(["<itemDefinition name='t'>", "</itemDefinition>", "typeRef", "hitPolicy='X'", "href='#", "name='", "<rule/>", "<output/>", "<input/>"]), max_size=3), st.integers(0, len(PIECES) - 1), st.integers(0, len(PIECES) - 1))  # fmt: skip
def test_a_model_with_parts_moved_is_a_value_or_a_refusal(extra, taken, put):
    pieces = list(PIECES)
    pieces.insert(put, pieces.pop(taken))
    pieces[put:put] = extra
    xml = "".join(pieces)

    assert all(problem.message for problem in dmn.check(xml))
    try:
        dmn.evaluate(xml, "asked", {"a": 3, "b": [1]})
    except (dmn.DmnError, feel.FeelError) as refusal:
        assert str(refusal)  # noqa: PT017 - both ends are right
