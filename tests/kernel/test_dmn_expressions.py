# ruff: noqa: E501 - tables read better with one case beside the other
"""Boxed expressions, functions, types and requirements of decision models."""

from datetime import date
from decimal import Decimal

import pytest

from apps.kernel import dmn
from tests.kernel.dmn_models import decision, given, literal, model, table


def worth(body, *needs, context=None, others=(), type_name="", problems=None):
    xml = model(*others, decision("asked", body, *needs, type_name=type_name))
    return dmn.evaluate(xml, "asked", context or {}, problems=problems)


def entry(name, body, type_name=""):
    typed = f' typeRef="{type_name}"' if type_name else ""
    return f'<contextEntry><variable name="{name}"{typed}/>{body}</contextEntry>'


LIST = f"<list>{literal('1')}{literal('2 + 3')}</list>"
SQUARE = f'<functionDefinition><formalParameter name="x"/>{literal("x * x")}</functionDefinition>'
BOXED = [
    (LIST, [1, 5]),
    (f"<context>{entry('a', literal('1'))}{entry('b c', literal('a + 1'))}{entry('d', literal('b c * 2'))}</context>", {"a": 1, "b c": 2, "d": 4}),
    (f"<context>{entry('a', literal('1'))}<contextEntry>{literal('a + 1')}</contextEntry></context>", 2),
    (f"<context>{entry('a', literal('[7]'), 'number')}</context>", {"a": 7}),
    (f'<relation><column name="x"/><column name="y"/><row>{literal("1")}{literal("2")}</row><row>{literal("3")}{literal("4")}</row></relation>', [{"x": 1, "y": 2}, {"x": 3, "y": 4}]),
    (f"<conditional><if>{literal('1 > 0')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>", 1),
    (f"<conditional><if>{literal('null')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>", 2),
    (f"<filter><in>{literal('[1, 5, 9]')}</in><match>{literal('item > 3')}</match></filter>", [5, 9]),
    (f"<filter><in>{literal('[{a: 1}, {a: 2}]')}</in><match>{literal('a = 2')}</match></filter>", [{"a": 2}]),
    (f'<for iteratorVariable="i"><in>{literal("[1, 2]")}</in><return>{literal("i * 2")}</return></for>', [2, 4]),
    (f'<for iteratorVariable="i"><in>{literal("[1..3]")}</in><return>{literal("count(partial)")}</return></for>', [0, 1, 2]),
    (f'<every iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i > 0")}</satisfies></every>', True),
    (f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i > 1")}</satisfies></some>', True),
    (f"<invocation>{literal('max')}</invocation>", None),
    (f"<invocation>{literal('floor')}<binding><parameter name=\"n\"/>{literal('2.5')}</binding></invocation>", 2),
    (f'<context>{entry("f", SQUARE)}<contextEntry>{literal("f(4)")}</contextEntry></context>', 16),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), BOXED)
def test_a_boxed_expression_is_worth_what_it_holds(body, expected):
    assert worth(body, problems=[]) == expected


def test_a_knowledge_model_is_a_function_that_may_call_itself_and_others():
    others = (
        f'<businessKnowledgeModel id="double" name="double"><variable name="double"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>{literal("n * 2")}</encapsulatedLogic></businessKnowledgeModel>',
        f'<businessKnowledgeModel id="sum up" name="sum up"><variable name="sum up"/><encapsulatedLogic><formalParameter name="n"/>{literal("if n = 0 then 0 else double(n) + sum up(n - 1)")}</encapsulatedLogic><knowledgeRequirement><requiredKnowledge href="#double"/></knowledgeRequirement></businessKnowledgeModel>',
    )

    assert worth(literal("sum up(3)"), "knowledge:sum up", others=others) == 12
    assert worth(literal('double("x")'), "knowledge:double", others=others, problems=[]) is None


def test_a_table_in_a_knowledge_model_sees_its_parameters():
    body = table("FIRST", ["amount"], ["rate"], [["> 100", "0.1"], ["-", "0.2"]])
    others = (f'<businessKnowledgeModel id="rate" name="rate"><variable name="rate"/><encapsulatedLogic><formalParameter name="amount"/>{body}</encapsulatedLogic></businessKnowledgeModel>',)  # fmt: skip

    assert worth(literal("rate(150)"), "knowledge:rate", others=others) == Decimal("0.1")
    assert worth(
        f"<invocation>{literal('rate')}<binding><parameter name='amount'/>{literal('50')}</binding></invocation>",
        "knowledge:rate",
        others=others,
    ) == Decimal("0.2")


SERVICE = (
    given("amount", "number"),
    decision("rate", literal("0.5")),
    decision("half", literal("amount * rate"), "amount", "decision:rate"),
    decision("rest", literal("amount - half"), "amount", "decision:half"),
    '<decisionService id="cut" name="cut"><variable name="cut"/><outputDecision href="#half"/><encapsulatedDecision href="#half"/><inputDecision href="#rate"/><inputData href="#amount"/></decisionService>',
    '<decisionService id="both" name="both"><variable name="both"/><outputDecision href="#half"/><outputDecision href="#rest"/><encapsulatedDecision href="#rate"/><inputData href="#amount"/></decisionService>',
)


def test_a_decision_service_is_a_function_of_its_inputs():
    assert worth(literal("cut(10, 0.1)"), "knowledge:cut", others=SERVICE) == 1
    assert worth(literal("cut(rate: 0.2, amount: 10)"), "knowledge:cut", others=SERVICE) == 2
    assert worth(literal("both(10)"), "knowledge:both", others=SERVICE) == {"half": 5, "rest": 5}
    assert worth(literal("both(10, 1)"), "knowledge:both", others=SERVICE) is None
    assert dmn.evaluate(model(*SERVICE), "cut", {"amount": 10, "rate": 2}) == 20


def test_a_knowledge_model_can_be_asked_by_its_parameters():
    later = '<businessKnowledgeModel id="later" name="later"><variable name="later"/><encapsulatedLogic><formalParameter name="day" typeRef="date"/>'
    xml = model(later + literal('day + duration("P1D")') + "</encapsulatedLogic></businessKnowledgeModel>")

    assert dmn.evaluate(xml, "later", {"day": "2026-02-28"}) == date(2026, 3, 1)


def item(name, inner, collection=False):
    return f'<itemDefinition name="{name}" isCollection="{str(collection).lower()}">{inner}</itemDefinition>'


TYPES = (
    item("grade", '<typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues>'),
    item("grades", "<typeRef>grade</typeRef>", collection=True),
    item("trade", '<itemComponent name="amount"><typeRef>number</typeRef></itemComponent><itemComponent name="settles on"><typeRef>date</typeRef></itemComponent>'),
    item("trades", "<typeRef>trade</typeRef>", collection=True),
    item("mark", '<typeRef>grade</typeRef><allowedValues><text>"fail"</text></allowedValues>'),
    item("few", "<typeRef>number</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint>", collection=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("type_name", "value", "expected"),
    [
        ("grade", "A", "A"), ("grade", "C", None), ("grade", 1, None), ("grades", ["A", "B"], ["A", "B"]), ("grades", ["A", "C"], None), ("grades", "A", ["A"]),
        # a type made from another has the values of its own
        ("mark", "fail", "fail"), ("mark", "A", None),
        ("trade", {"amount": "1.50", "settles on": "2026-06-15"}, {"amount": Decimal("1.50"), "settles on": date(2026, 6, 15)}), ("trade", {"amount": "x"}, None),
        ("trade", {"amount": 1}, {"amount": 1, "settles on": None}), ("trades", [{"amount": 1, "settles on": None}], [{"amount": 1, "settles on": None}]),
        ("few", [1, 2], [1, 2]), ("few", [1, 2, 3], None), ("number", "12.5", Decimal("12.5")), ("number", "x", None), ("date", "2026-06-15", date(2026, 6, 15)),
        ("string", "2026-06-15", "2026-06-15"), ("boolean", True, True), ("boolean", "true", None), ("number", [3], 3), ("Any", [3], [3]), ("string", None, None),
    ],
)  # fmt: skip
def test_an_input_is_read_as_its_type_and_null_when_it_does_not_fit(type_name, value, expected):
    problems: list[dmn.Problem] = []
    others = (*TYPES, given("v", type_name))

    assert worth(literal("v"), "v", context={"v": value}, others=others, problems=problems) == expected
    assert bool(problems) == (expected is None and value is not None)


@pytest.mark.parametrize(
    ("type_name", "text", "expected"),
    [
        ("string", "1 + 1", None), ("few", "1", [1]), ("number", "[1]", 1), ("number", '["x"]', None), ("grade", '"A"', "A"), ("grade", '"X"', None), ("number", "null", None),
        ("trade", '{amount: 1, settles on: @"2026-01-01", more: 1}', {"amount": 1, "settles on": date(2026, 1, 1), "more": 1}), ("trade", "{amount: 1}", None),
    ],
)  # fmt: skip
def test_a_result_is_of_the_type_that_its_decision_names(type_name, text, expected):
    assert worth(literal(text), type_name=type_name, others=TYPES, problems=[]) == expected


def test_types_of_the_model_can_be_asked_for():
    assert worth(literal('"A" instance of grade'), others=TYPES) is True
    # the kind is asked for; which values are allowed is a matter of what receives them
    assert worth(literal('"X" instance of grade'), others=TYPES) is True
    assert worth(literal("1 instance of grade"), others=TYPES) is False
    assert worth(literal("1 instance of nothing"), others=TYPES) is None


def test_a_value_that_is_not_of_its_type_is_refused_where_nobody_collects_problems():
    with pytest.raises(dmn.DmnError) as refusal:
        worth(literal('"x"'), type_name="number")

    assert refusal.value.facts["rule"] == "dmn.type"


def test_only_what_a_decision_requires_can_be_seen():
    assert worth(literal("secret"), context={"secret": 1}, others=(given("secret"),)) is None
    assert worth(literal("secret"), "secret", context={"secret": 1}, others=(given("secret"),)) == 1


def test_a_parameter_may_be_spelled_like_a_path():
    greeting = literal('Person.Name + "!"')
    others = (
        given("Person"),
        f'<businessKnowledgeModel id="greet" name="greet"><variable name="greet"/><encapsulatedLogic><formalParameter name="Person.Name"/>{greeting}</encapsulatedLogic></businessKnowledgeModel>',
    )
    body = (
        f'<invocation>{literal("greet")}<binding><parameter name="Person.Name"/>{literal("Person.Name")}</binding></invocation>'
    )

    assert worth(body, "Person", "knowledge:greet", context={"Person": {"Name": "Li"}}, others=others) == "Li!"


def test_names_with_keywords_in_them_are_read_where_they_are_known():
    others = (decision("days in weekend", literal('["sat", "sun"]')), decision("in a list", literal("[1, 2]")))

    assert worth(literal('for i in days in weekend return i = "sun"'), "decision:days in weekend", others=others) == [False, True]
    assert worth(literal("for i in in a list return i + 1"), "decision:in a list", others=others) == [2, 3]


def test_names_with_signs_are_read_as_the_model_spells_them():
    others = (given("fee-rate (net)"), given("a"))

    assert worth(literal("fee-rate (net) * 2"), "fee-rate (net)", context={"fee-rate (net)": 2}, others=others) == 4


KINDS = (
    *TYPES,
    item("grading", '<functionItem outputTypeRef="grade"><parameters name="n"/></functionItem>'),
    item("graded", '<functionItem><parameters name="n" typeRef="grade"/></functionItem>'),
)


def function_of(parameter, text, typed="", tag="functionDefinition"):
    named = f' typeRef="{typed}"' if typed else ""
    return f'<{tag}{named}><formalParameter name="{parameter}"/>{literal(text)}</{tag}>'


@pytest.mark.parametrize(
    "maker",
    [
        decision("maker", function_of("n", "n", "grading")), decision("maker", function_of("n", "n"), type_name="grading"),
        decision("maker", '<literalExpression typeRef="grading"><text>function(n) n</text></literalExpression>'),
        f'<businessKnowledgeModel id="maker" name="maker"><variable name="maker"/>{function_of("n", "n", "grading", "encapsulatedLogic")}</businessKnowledgeModel>',
        f'<businessKnowledgeModel id="maker" name="maker"><variable name="maker" typeRef="grading"/>{function_of("n", "n", tag="encapsulatedLogic")}</businessKnowledgeModel>',
        given("n") + decision("n again", literal("n"), "n") + '<decisionService id="maker" name="maker"><variable name="maker" typeRef="grading"/><outputDecision href="#n again"/><inputData href="#n"/></decisionService>',
    ],
)  # fmt: skip
def test_the_type_of_a_function_binds_its_results(maker):
    need = "knowledge:maker" if "Service" in maker or "Knowledge" in maker else "decision:maker"

    assert worth(literal('maker("A")'), need, others=(*KINDS, maker)) == "A"
    assert worth(literal('maker("X")'), need, others=(*KINDS, maker), problems=[]) is None


def test_the_type_of_a_service_binds_what_it_takes():
    service = (
        decision("n", literal("1"))
        + decision("n again", literal("n"), "decision:n")
        + '<decisionService id="s" name="s"><variable name="s" typeRef="graded"/><outputDecision href="#n again"/><inputDecision href="#n"/></decisionService>'
    )

    assert worth(literal('s("A")'), "knowledge:s", others=(*KINDS, service)) == "A"
    assert worth(literal('s("X")'), "knowledge:s", others=(*KINDS, service)) is None
