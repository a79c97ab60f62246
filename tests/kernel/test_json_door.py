"""The front door of JSON: whatever comes in can be kept on every database, and everything else is refused with its place."""

import json
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.json_door import MOST_LEVELS, UnreadableJSON, read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(-1e300, 1e300, allow_nan=False), TEXTS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@given(VALUES, st.booleans())
def test_what_can_be_kept_is_read_as_it_was_written(value, is_ascii):
    text = json.dumps(value, ensure_ascii=is_ascii).encode()

    assert read_json(text, number=float) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b"1" * 5000, "not JSON"),
        (b"NaN", "NaN is not a number"),
        (b'{"a": -Infinity}', "-Infinity is not a number"),
        (b'{"a": 1e999}', "The number 1e999 is too large or too small"),
        (b"-1e-999999999", "too large or too small"),
        (b"1e-325", "too large or too small"),
        (b"1e308", "too large or too small"),
        (b"1e99999999999999999999999", "not JSON"),
        (b'{"a": [1, "x\\u0000"]}', "The text at a.1 holds"),
        (b'{"a": {"\\u0000": 1}}', "The text at a holds"),
        (b'"\\ud800"', "The text at the body holds"),
        (b'{"\\udc00": 1}', "the body"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "The name c stands twice"),
        (b"[" * 100_000, "nested more than 100 deep"),
        (b"[" * (MOST_LEVELS + 2) + b"]" * (MOST_LEVELS + 2), "nested more than 100 deep"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(text, said):
    with override("en"), pytest.raises(UnreadableJSON, match=said.replace(".", r"\.")):
        read_json(text)


def test_a_pair_that_is_whole_is_a_character_and_a_number_keeps_its_digits():
    assert read_json(b'"\\ud83d\\ude00"') == "\U0001f600"
    assert read_json(b"\xef\xbb\xbf[12345678901234567890.10, 0e999]") == [Decimal("12345678901234567890.10"), 0]
    assert read_json(b"[5e-324, 9.9e307]", number=float) == [5e-324, 9.9e307]


def test_the_deepest_value_that_is_read_can_be_walked():
    deep = read_json(b"[" * MOST_LEVELS + b"1" + b"]" * MOST_LEVELS)

    assert json.dumps(deep).count("[") == MOST_LEVELS
