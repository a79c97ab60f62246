"""Models that import others: by a name, or without one as if all stood in one model."""

import re

import pytest

from apps.kernel import dmn
from tests.kernel.dmn_models import NAMESPACE, decision, given, literal


def model(namespace, *parts):
    """A model; what needs `name#id` needs an element of the model with that name."""
    body = re.sub(r'href="#(\w+)#', r'href="urn:\1#', "".join(parts))
    return f'<definitions xmlns="{NAMESPACE}" id="m" name="{namespace}" namespace="urn:{namespace}">{body}</definitions>'


def imported(namespace, name, location=""):
    place = f' locationURI="{location}"' if location else ""
    return f'<import namespace="urn:{namespace}" name="{name}" importType="{NAMESPACE}"{place}/>'


def knowledge(name, parameter, body, type_name=""):
    typed = f' typeRef="{type_name}"' if type_name else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic>'
        f'<formalParameter name="{parameter}"{typed}/>{literal(body)}</encapsulatedLogic></businessKnowledgeModel>'
    )


def asked(main, others=(), context=None, wanted="total", problems=None):
    return dmn.evaluate(main, wanted, context or {}, others=[other.encode() for other in others], problems=problems)


RATES = model(
    "rates",
    '<itemDefinition name="share"><typeRef>number</typeRef><allowedValues><text>[0..1]</text></allowedValues></itemDefinition>',
    given("venue"),
    decision("base rate", literal('if venue = "SSE" then 0.5 else 0.25'), "venue", type_name="share"),
    knowledge("mark-up", "n", "n + 1", "share"),
)


def test_a_decision_of_another_model_is_seen_behind_the_name_of_the_import():
    main = model(
        "fees", imported("rates", "my rates"), given("amount", "number"),
        decision("total", literal("amount * my rates.base rate"), "amount", "decision:rates#base rate"),
    )  # fmt: skip

    assert asked(main, [RATES], {"amount": 8, "my rates": {"venue": "SSE"}}) == 4
    assert asked(main, [RATES], {"amount": 8, "my rates.venue": "SSE"}) == 4
    assert asked(main, [RATES], {"amount": 8, "venue": "SSE"}) == 4
    assert asked(main, [RATES], {"amount": 8}) == 2


def test_functions_and_types_of_another_model_are_used_by_their_whole_names():
    main = model(
        "fees", imported("rates", "r"), given("part", "r.share"),
        decision("total", literal("r.mark-up(part)"), "part", "knowledge:rates#mark-up"),
    )  # fmt: skip
    kind = model(
        "fees", imported("rates", "r"), decision("total", literal("[1 instance of r.share, (function(a: r.share) a)(7)]"))
    )

    assert asked(main, [RATES], {"part": "0.5"}) == 1.5
    problems: list[dmn.Problem] = []
    assert asked(main, [RATES], {"part": 7}, problems=problems) is None
    assert "dmn.input_type" in {problem.rule for problem in problems}
    assert asked(kind, [RATES]) == [True, None]


def test_one_model_under_two_names_has_inputs_of_its_own_for_each():
    leaf = model("leaf", given("v"), decision("own", literal("v"), "v"))
    middle = model("middle", imported("leaf", "i"), decision("both", literal('"m" + i.own'), "decision:leaf#own"))
    main = model(
        "main", imported("middle", "i"), imported("leaf", "x"), given("v"),
        decision("total", literal("v + i.both + x.own"), "v", "decision:middle#both", "decision:leaf#own"),
    )  # fmt: skip

    assert asked(main, [middle, leaf], {"v": "a", "i": {"i": {"v": "b"}}, "x": {"v": "c"}}) == "ambc"
    assert asked(main, [leaf, middle], {"v": "a", "i.i.v": "b", "x.v": "c"}) == "ambc"
    assert asked(main, [leaf, middle], {"v": "a", "i.i.v": "b"}) is None


def test_an_import_without_a_name_takes_all_in_and_what_is_here_stays():
    deep = model(
        "deep", '<itemDefinition name="word"><typeRef>string</typeRef></itemDefinition>',
        decision("said", literal('"deep"')), decision("found", literal('"far"')),
    )  # fmt: skip
    other = model(
        "other", imported("deep", ""), decision("said", literal('"other"')), decision("asks", literal("said"), "decision:said")
    )
    main = model(
        "main", imported("other", ""), given("w", "word"), decision("said", literal('"here"')),
        decision("total", literal("[found, asks, w]"), "decision:found", "decision:asks", "w"),
    )  # fmt: skip

    assert asked(main, [other, deep], {"w": "x"}) == ["far", "here", "x"]
    assert asked(main, [other, deep], {"w": 1}, problems=[]) == ["far", "here", None]
    assert asked(main, [other, deep], wanted="asks") == "here"


def test_models_that_import_each_other_are_read_once():
    main = model("a", imported("b", ""), imported("a", ""), decision("total", literal("theirs"), "decision:theirs"))
    other = model("b", imported("a", ""), decision("theirs", literal("2")))

    assert asked(main, [main, other]) == 2


@pytest.mark.parametrize("others", [[], [model("b", imported("a", "back"))]])
def test_an_import_that_is_not_there_or_leads_back_is_refused_by_name(others):
    main = model("a", imported("b", "far"), decision("total", literal("1")))

    with pytest.raises(dmn.DmnError) as refusal:
        asked(main, [main, *others], problems=[])

    assert refusal.value.problem.rule == "dmn.import"
    assert "urn:" in refusal.value.problem.message
    assert dmn.is_refused(dmn.check(main, [main.encode(), *(other.encode() for other in others)]))


def test_a_reference_with_the_own_namespace_stays_here():
    main = model("a", decision("one", literal("1")), decision("total", literal("one"), "decision:a#one"))

    assert asked(main) == 1
