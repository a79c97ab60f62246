# ruff: noqa: E501 - tables read better with one case beside the other
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.kernel import feel

NOW = datetime(2026, 6, 15, 1, 30, tzinfo=UTC)
GIVEN = {
    "business date": date(2026, 6, 15),
    "run": {"id": 7, "line": "rtgs-sh"},
    "金额": 100,
    "结算 金额": 250,
    "a-b": 4,
    "terms and conditions": "ok",
    "count": 5,
    "rows": [{"id": "p", "amount": 1}, {"id": "q", "amount": 2}, {"id": "r", "amount": 3}],
    "ratio": 0.1,
}

NUMBERS = [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 2 - 3", 5), ("7 / 2", "3.5"), ("1 / 0", None), ("2 ** 10", 1024), ("2 ** -1", "0.5"),
    ("-2 ** 2", 4), ("2 ** 3 ** 2", 64), (".5 + .5", 1), ("0.1 + 0.2", "0.3"), ("1e3", 1000), ("1 - -1", 2), ("ratio * 10", 1),
    ("1 / 3", "0.3333333333333333333333333333333333"), ('1 + "a"', None), ("1 + null", None), ("-null", None), ("9 ** 9 ** 9 ** 9 ** 9", None),
    ("decimal(2.5, 0)", 2), ("decimal(1/3, 2)", "0.33"), ("floor(-1.5)", -2), ("ceiling(-1.5)", -1), ("floor(1.56, 1)", "1.5"),
    ("round up(5.5, 0)", 6), ("round up(-5.5, 0)", -6), ("round down(5.5, 0)", 5), ("round half up(2.5, 0)", 3),
    ("round half up(-2.5, 0)", -3), ("round half down(2.5, 0)", 2), ("round half down(-1.126, 2)", "-1.13"), ("abs(-10)", 10),
    ("modulo(-12, 5)", 3), ("modulo(12, -5)", -3), ("modulo(10.1, 4.5)", "1.1"), ("modulo(1, 0)", None), ("sqrt(16)", 4), ("sqrt(-1)", None),
    ("odd(5)", True), ("even(5)", False), ("even(0)", True), ("log(1)", 0), ("log(0)", None), ("exp(0)", 1),
]  # fmt: skip
TEXTS = [
    ('"a" + "b"', "ab"), (r'"\n\t\"\\"', '\n\t"\\'), (r'"\u4e2d"', "中"), (r'"\U01F40E"', "🐎"), (r'"\ud83d\udc0e"', "🐎"), ('"a" < "b"', True),
    ('substring("foobar", 3)', "obar"), ('substring("foobar", 3, 3)', "oba"), ('substring("foobar", -2, 1)', "a"), ('substring("abc", 0)', None),
    ('substring("\\U01F40Eab", 2)', "ab"), ('string length("中文")', 2), ('upper case("aBc4")', "ABC4"), ('lower case("aBc4")', "abc4"),
    ('is(time("23:00:50z"), time("23:00:50+00:00"))', True), ('is(time("23:00:50z"), time("23:00:50"))', False),
    ('substring before("foobar", "bar")', "foo"), ('substring before("foobar", "xyz")', ""), ('substring after("foobar", "ob")', "ar"),
    ('substring after("", "a")', ""), ('contains("foobar", "of")', False), ('starts with("foobar", "fo")', True), ('ends with("foobar", "r")', True),
    ('matches("foobar", "^fo*b")', True), ('matches("ABC", "abc", "i")', True), ('matches("a", "[")', None), ('matches("a", "a", "z")', None),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"), ('replace("a.b", ".", "x", "q")', "axb"), ('replace("aaa", "a", "\\\\$")', "$$$"),
    ('split("John Doe", "\\\\s")', ["John", "Doe"]), ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
    ('string join(["a", null, "c"], "-")', "a-c"), ('string join(["a", "b"])', "ab"), ("string join([1])", None), ("string join([])", ""),
    ('matches("é", "^\\\\p{L}$")', True), ('matches("b", "[a-z-[aeiou]]")', True), ('matches("e", "[a-z-[aeiou]]")', False),
]  # fmt: skip
LOGIC = [
    ("true and null", None), ("false and null", False), ("true or null", True), ("false or null", None), ('true and "x"', None), ("not(null)", None),
    ("not(true)", False), ("1 = 1.0", True), ("1 = null", False), ("null = null", True), ("null != null", False), ('1 = "1"', None), ("[1, 2] = [1, 2]", True),
    ("[1] = 1", None), ("{a: 1} = {a: 1}", True), ("{a: 1} = {b: 1}", False), ("1 < null", None), ("true < false", None), ("1 between 0 and 2", True),
    ("1 between 0 and 2 and false", False), ("null between 1 and 2", None), ("if null then 1 else 2", 2), ("if 1 < 2 then 1 else 2", 1),
    ("some x in [1, 2] satisfies x > 1", True), ("every x in [1, 2] satisfies x > 1", False), ("every x in [] satisfies false", True),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", True), ("some x in [null] satisfies x", None), ("all([true, null])", None), ("any(false, true)", True),
    ("all([])", True), ("any([])", False), ("all(null)", None),
]  # fmt: skip
RANGES = [
    ("5 in [1..5]", True), ("5 in [1..5)", False), ("5 in [1..5[", False), ("1 in ]1..5]", False), ("1 in (1..5]", False), ("3 in (1, 2, 3)", True),
    ("3 in (<2, >5)", False), ("3 in > 2", True), ("3 in [1, [2..4]]", True), ("null in [1..2]", None), ('"b" in ["a".."c"]', True), ("[5..1]", None),
    ("[1..3].start", 1), ("(1..3].start included", False), ("(< 5).end", 5), ("before(1, 10)", True), ("before([1..5), [5..10])", True),
    ("before([1..5], [5..10])", False), ("after(10, [1..5])", True), ("meets([1..5], [5..10])", True), ("met by([5..10], [1..5))", False),
    ("overlaps([1..5], [3..8])", True), ("overlaps([1..5), [5..8])", False), ("overlaps before([1..5], [3..8])", True),
    ("overlaps after([3..8], [1..5])", True), ("finishes(10, [1..10])", True), ("finished by([1..10], [5..10])", True), ("includes([1..10], 5)", True),
    ("includes([1..10], [4..11])", False), ("during(5, [1..10])", True), ("starts([1..5], [1..10])", True), ("started by([1..10], 1)", True),
    ("coincides([1..5], [1..5])", True), ("coincides(3, 4)", False), ('3 in range("[1..5]")', True), ('range("[1+1..5]")', None),
]  # fmt: skip
LISTS = [
    ("[1, 2, 3][1]", 1), ("[1, 2, 3][-1]", 3), ("[1, 2, 3][4]", None), ("[1, 2, 3][0]", None), ("[1, 2, 3][item > 1]", [2, 3]), ("5[1]", 5), ("[][1]", None),
    ("rows[amount > 1].id", ["q", "r"]), ("rows.amount", [1, 2, 3]), ("rows[2].id", "q"), ("sum(rows.amount)", 6), ("for x in [1, 2] return x * 2", [2, 4]),
    ("for i in 1..3 return i", [1, 2, 3]), ("for i in 3..1 return i", [3, 2, 1]), ("for i in [1..3) return i", [1, 2]),
    ("for i in 1..2, j in i..2 return i * j", [1, 2, 4]), ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
    ("list contains([1, null], null)", True), ("count([1, 2])", 2), ("min([3, 1])", 1), ("max(3, 1)", 3), ("min([])", None), ('max("a", "b")', "b"), ('max(1, "b")', None),
    ("sum([])", None), ("sum(1, 2.5)", "3.5"), ("mean([1, 2, 6])", 3), ("median(8, 2, 5, 3, 4)", 4), ("median([6, 1, 2, 3])", "2.5"),
    ("stddev([47])", None), ("stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"), ("mode(6, 3, 9, 6, 6)", [6]), ("mode([])", []), ("product([2, 3, 4])", 24),
    ("sublist([4, 5, 6], 1, 2)", [4, 5]), ("sublist([4, 5, 6], -1)", [6]), ("append([1], 2, 3)", [1, 2, 3]), ("concatenate([1], [2])", [1, 2]),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]), ("remove([1, 2, 3], 2)", [1, 3]), ("list replace([2, 4, 7, 8], 3, 6)", [2, 4, 6, 8]),
    ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", [5, 5, 7, 8]), ("reverse([1, 2])", [2, 1]), ("index of([1, 2, 1], 1)", [1, 3]),
    ("union([1, 2], [2, 3])", [1, 2, 3]), ("distinct values([1, 2, 1])", [1, 2]), ("distinct values([true, 1])", [True, 1]), ("flatten([[1, [2]], 3])", [1, 2, 3]),
    ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]), ("sort(list: [3, 1], precedes: function(x, y) x > y)", [3, 1]), ("sort([3, 1])", [1, 3]),
]  # fmt: skip
CONTEXTS = [
    ("{a: 1, b: a + 1}.b", 2), ('{"a b": 1}.a b', 1), ("{a: {b: 2}}.a.b", 2), ("{a: 1}.x", None), ("null.x", None), ('get value({a: 1}, "a")', 1),
    ('get value({a: {b: 2}}, ["a", "b"])', 2), ("get entries({a: 1})", [{"key": "a", "value": 1}]), ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}), ("context merge([{a: 1}, {b: 2}])", {"a": 1, "b": 2}), ('context([{key: "a", value: 1}])', {"a": 1}),
    ("{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(5)}.r", 120), ("(function(a: number, b) a + b)(1, 2)", 3), ("{f: function(a) a * 2}.f(4)", 8),
    ("(function(a) a)(1, 2)", None), ('substring(string: "abc", start position: 2)', "bc"), ('substring(text: "abc", start position: 2)', None), ("unknown(1)", None),
]  # fmt: skip
NAMES = [
    ("金额 + 1", 101), ("结算 金额 - 金额", 150), ("a-b + 1", 5), ("a - b", None), ('terms and conditions = "ok"', True), ('run.line = "rtgs-sh"', True),
    ("count([1, 2, 3])", 3), ("count + 1", 6), ("business   date = business date", True), ("1 // comment\n + 1", 2), ("1 /* c */ + 1", 2), ("nothing here", None),
    ("__class__", None), ('"x".__class__', None), ("run.__class__", None), ("{a-b: 1, c: a-b + 1}.c", 2),
]  # fmt: skip
TYPES = [
    ("1 instance of number", True), ('"a" instance of string', True), ("null instance of Any", False), ("[1] instance of list<number>", True), ("[1] instance of list<string>", False),
    ("{a: 1} instance of context<a: number>", True), ('@"P1D" instance of days and time duration', True), ('@"P1M" instance of years and months duration', True),
    ("[1..2] instance of range<number>", True), ("true instance of number", False), ("abs instance of function", True), ('@"2026-01-01" instance of date and time', False),
    ('number("1,000.5", ",", ".")', "1000.5"), ('number("1 000,5", " ", ",")', "1000.5"), ('number("x")', None), ("string(1.50)", "1.50"), ('string([1, "a", null])', '[1, "a", null]'),
    ("string({a: 1})", "{a: 1}"), ("string(null)", None), ('string(@"P1DT2H")', "P1DT2H"), ("string([1..2))", "[1..2)"), ('number(from: "1", grouping separator: ",")', 1),
]  # fmt: skip
TIMES = [
    ('date("2026-06-15")', date(2026, 6, 15)), ('date("2026-02-30")', None), ("date(2026, 6, 15)", date(2026, 6, 15)), ('@"2026-06-15" - @"2026-06-01"', timedelta(days=14)),
    ('business date + duration("P1D")', date(2026, 6, 16)), ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)), ('@"2024-02-29" - @"P1Y"', date(2023, 2, 28)),
    ('time("14:30:00") + duration("PT10H")', time(0, 30)), ('@"14:30:00" - @"13:00:00"', timedelta(hours=1, minutes=30)), ('duration("P1Y2M").months', 2), ('duration("-P1Y2M").months', -2),
    ('duration("P1DT2H3M4.5S").seconds', "4.5"), ('duration("P1M1D")', None), ('duration("P")', None), ('duration("PT36H").days', 1), ('@"P1D" * 2', timedelta(days=2)),
    ('@"P1D" / @"PT12H"', 2), ('@"P1Y" / 2', feel.YearMonthDuration(6)), ('@"P1Y" < @"P13M"', True), ('business date.weekday', 1), ("day of week(business date)", "Monday"),
    ("day of year(@\"2026-02-01\")", 32), ("month of year(business date)", "June"), ("week of year(@\"2005-01-01\")", 53), ("now()", NOW), ("today()", date(2026, 6, 15)),
    ('date and time("2026-06-15T09:30:00+08:00") = date and time("2026-06-15T01:30:00Z")', True), ('date and time("2026-06-15T09:30:00") = date and time("2026-06-15T01:30:00Z")', None),
    ('date and time("2026-06-15T09:30:00@Asia/Shanghai").timezone', "Asia/Shanghai"), ('date and time("2026-06-15T09:30:00+08:00").time offset', timedelta(hours=8)),
    ('string(date and time(business date, @"09:30:00@Asia/Shanghai"))', "2026-06-15T09:30:00@Asia/Shanghai"), ('is(@"10:00:00Z", @"10:00:00+00:00")', True), ('is(1, "1")', False),
    ('years and months duration(@"2025-12-24", @"2026-06-15")', feel.YearMonthDuration(5)), ('time(14, 30, 0)', time(14, 30)), ("time(25, 0, 0)", None), ("abs(@\"-P1D\")", timedelta(days=1)),
    ('@"9999-12-31" + @"P1D"', None), ('for d in @"2026-01-01"..@"2026-01-03" return d.day', [1, 2, 3]), ('@"2026-06-15T00:00:00" + 1', None), ("last day of month(@\"2024-02-01\")", 29),
]  # fmt: skip


EXAMPLES: list[Any] = [*NUMBERS, *TEXTS, *LOGIC, *RANGES, *LISTS, *CONTEXTS, *NAMES, *TYPES, *TIMES]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_an_expression_has_the_value_that_dmn_gives_it(text, expected):
    value = feel.evaluate(text, GIVEN, now=NOW)

    if isinstance(value, Decimal) and isinstance(expected, str):
        assert value == Decimal(expected)
    else:
        assert value == expected
        assert isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("1 +", 1, 4), ("(1", 1, 3), ("1 2", 1, 3), ('"abc', 1, 1), ("1\n+ )", 2, 3), ("if true then 1", 1, 15), ("[1, 2", 1, 6), ("{a 1}", 1, 5), ("", 1, 1), ('@"2026-13-01"', 1, 1),
        ("/* x", 1, 1), ("for x in return 1", 1, 10), ("a and", 1, 6), ("1 = 2 = 3", 1, 7), ("{a: 1, a: 2}", 1, 12), ("x & y", 1, 3), ("function(x) external {}", 1, 13),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_its_place(text, line, column):
    with pytest.raises(feel.FeelError) as refusal:
        feel.parse(text)

    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert refusal.value.message


@pytest.mark.parametrize(
    ("tests", "value", "expected"),
    [
        ("-", 1, True), ("1, 2", 2, True), ("< 5", 3, True), ("[1..3), > 10", 3, False), ("not(1, 2)", 3, True), ("not(1, 2)", 2, False), ('"a", "b"', "b", True),
        ("? > 5", 6, True), ('starts with(?, "a")', "abc", True), ("true", True, True), ("false", True, False), ("null", None, True), ("limit", 7, True), ("< 5", None, None),
        ("list contains([1, 2], ?)", 2, True), ("[1, 2]", 2, True), (">= limit, 3", 3, True), ("!= 3", 3, False), ("!= 3", 4, True), ('@"2026-06-15"', date(2026, 6, 15), True),
    ],
)  # fmt: skip
def test_a_cell_of_a_decision_table_tests_a_value(tests, value, expected):
    assert feel.unary_tests(tests, value, {"limit": 7}) is expected


def test_variables_keep_whole_numbers_and_write_the_rest_as_text():
    value = feel.evaluate('{n: 2, d: 1.50, day: @"2026-06-15", ago: @"P1M", items: [null, true]}', {})

    assert feel.to_json(value) == {"n": 2, "d": "1.50", "day": "2026-06-15", "ago": "P1M", "items": [None, True]}
    with pytest.raises(TypeError):
        feel.to_json(feel.evaluate("[1..2]", {}))
