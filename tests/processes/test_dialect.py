"""Expressions of other tools become FEEL that means the same, or are refused; nothing is guessed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel import feel
from apps.processes.core.dialect import Untranslatable, to_feel

NAMES: dict[str, Any] = {"a": "b", "n": 3, "xs": ["x", "y"], "t": "text", "m": {"k": 5}, "nothing": None, "yes": True}
NAMES |= {"numberOfInstances": 2, "numberOfCompletedInstances": 1, "loopCounter": 1}

SAME = [
    ("${a == 'b'}", True),
    ('#{a == "c"}', False),
    ('= a = "b"', True),
    ('=a = "b"', True),
    ("a == 'b' && n > 2", True),
    ("${n >= 3 and not (n > 5)}", True),
    ("${!yes || n eq 3}", True),
    ('t.contains("ex")', True),
    ("${xs.contains('x')}", True),
    ("${xs.contains('z')}", False),
    ("${empty nothing}", True),
    ("${!empty xs}", True),
    ("${not empty t}", True),
    ("${n % 2 == 1}", True),
    ("${n > 2 ? 'big' : 'small'}", "big"),
    ("${xs.size() == 2}", True),
    ("${t.length() - 1}", 3),
    ("${xs[0]}", "x"),
    ("${xs.get(1)}", "y"),
    ("${m.k * 2 + 1}", 11),
    ("${m['k']}", 5),
    ("${m.containsKey('k')}", True),
    ("${t.startsWith('te') && t.endsWith('xt')}", True),
    ("${t.equals('text')}", True),
    ("${t.equalsIgnoreCase('TEXT')}", True),
    ("${t.toUpperCase()}", "TEXT"),
    ("${xs.isEmpty()}", False),
    ("${execution.getVariable('n') lt 4}", True),
    ("${nothing == null}", True),
    ("${-n + 1}", -2),
    ("${(n + 1) * 2}", 8),
    ("${a === 'b'}", True),
    ("${nrOfCompletedInstances / nrOfInstances >= 0.5 && loopCounter == 0}", True),
]


@pytest.mark.parametrize(("text", "value"), SAME)
def test_simple_forms_of_other_languages_mean_the_same_in_feel(text, value):
    found = to_feel(text)

    assert found.translated
    assert feel.evaluate(found.text, NAMES) == value


@pytest.mark.parametrize(
    "text", ['a = "b"', "n > 2 and n < 5", "[1..5]", "if n > 1 then 2 else 3", 'contains(t, "x!")', '"a == b"']
)
def test_feel_stays_as_it_is(text):
    found = to_feel(text)

    assert (found.text, found.translated) == (text, False)


@pytest.mark.parametrize(
    "text",
    [
        "${bean.decide(a)}",
        "${decide(a)}",
        "${execution.setVariable('a', 1)}",
        "${execution.id}",
        "${task.assignee}",
        "Hello ${a}",
        "${a}${n}",
        "${xs[n]}",
        "${a = 1}",
        "${a ==}",
        "${a == 'b'",
        "a == 'b' }",
        "${xs.stream()}",
        "return a;",
        "a := 1",
        "${}",
        "",
        "=",
        "${" + "(" * 100 + "1" + ")" * 100 + "}",
        "a" * 5000,
    ],
)
def test_what_has_no_exact_translation_is_refused(text):
    with pytest.raises(Untranslatable):
        to_feel(text)


@given(st.text(alphabet="ab1'\"$#{}()[].,?:!=<>&|+-*/% \n", max_size=40))
def test_any_text_is_feel_or_refused_and_what_comes_out_parses(text):
    try:
        found = to_feel(text)
    except Untranslatable:
        return
    feel.parse(found.text)


_VALUES = st.integers(0, 9)
_COMPARISONS = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">=": lambda a, b: a >= b}


@given(_VALUES, _VALUES, _VALUES, st.sampled_from(sorted(_COMPARISONS)), st.sampled_from(sorted(_COMPARISONS)))
def test_precedence_is_that_of_the_source(a, b, c, first, second):
    one, two = _COMPARISONS[first], _COMPARISONS[second]

    found = to_feel(f"${{a + b * c {first} c && a {second} b || c == 0}}")

    expected = (one(a + b * c, c) and two(a, b)) or c == 0
    assert feel.evaluate(found.text, {"a": a, "b": b, "c": c}) is expected
