# ruff: noqa: E501 - tables read better with one case beside the other
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel import clock
from apps.kernel.canonical import canonical_json, digest_of
from apps.kernel.errors import DomainError, NotFound, StaleState
from apps.kernel.ids import stable_key
from apps.kernel.money import CENT, NotAnAmount, Rounding, parse_amount, to_fen


@given(st.integers(-(10**18), 10**18))
def test_rounding_to_the_fen_is_half_up_as_whole_numbers_have_it(thousandths):
    sign = -1 if thousandths < 0 else 1
    fen = sign * ((abs(thousandths) + 5) // 10)

    assert CENT(Decimal(thousandths).scaleb(-3)) == Decimal(fen).scaleb(-2)


def test_rounding_never_gives_a_negative_zero():
    assert str(CENT(Decimal("-0.001"))) == "0.00"
    assert Rounding(places=0)(Decimal("2.5")) == 3


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "sNaN", "Infinity", "-inf", "1e400", "1E5", "12.3.4", "１２", "1２", "1,000", "1_000", "0x10", "--1", "+-1", ".", "1 2", "٣", "9" * 41, "1\x00", "²"],
)  # fmt: skip
def test_what_is_no_plain_amount_is_refused(text):
    with pytest.raises(NotAnAmount):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "amount"), [("1", "1"), (" 12.30 ", "12.30"), ("-0", "0"), ("-0.00", "0.00"), ("+.5", "0.5"), ("5.", "5")]
)
def test_plain_digits_are_read(text, amount):
    assert str(parse_amount(text)) == amount


@given(st.integers(-(10**16), 10**16))
def test_fen_and_yuan_go_both_ways(fen):
    assert to_fen(parse_amount(format(Decimal(fen).scaleb(-2), "f"))) == fen


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_what_is_finer_than_a_fen_is_refused(amount):
    with pytest.raises(NotAnAmount):
        to_fen(Decimal(amount))


def test_the_clock_stands_where_it_is_fixed_and_runs_on_afterwards():
    instant = datetime(2026, 6, 14, 16, 30, tzinfo=UTC)

    with clock.fixed_at(instant):
        assert clock.now() == instant
        assert clock.market_date() == date(2026, 6, 15)
        with pytest.raises(ValueError), clock.fixed_at(datetime(2026, 1, 1)):  # noqa: DTZ001
            pass

    assert clock.now() > instant
    assert clock.now().tzinfo is UTC


def test_the_clock_is_utc_inside_whatever_zone_it_is_fixed_in():
    with clock.fixed_at(datetime(2026, 6, 15, 8, tzinfo=ZoneInfo("Asia/Shanghai"))):
        assert clock.now().isoformat() == "2026-06-15T00:00:00+00:00"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_keys_are_equal_only_for_equal_parts(one, other):
    assert (stable_key(*one) == stable_key(*other)) == (one == other)


def test_a_key_does_not_change_over_time():
    assert stable_key("ab", "c") != stable_key("a", "bc")
    assert stable_key() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()))
def test_the_order_of_keys_does_not_change_a_digest(content):
    assert digest_of(content) == digest_of(dict(reversed(content.items())))


def test_decimals_and_dates_have_one_spelling_and_floats_none():
    assert canonical_json({"b": Decimal("1.50"), "a": [date(2026, 6, 15), "中"]}) == '{"a":["2026-06-15","中"],"b":"1.50"}'
    for unfit in (1.5, {"a": [float("nan")]}, {1: 2}, object()):
        with pytest.raises(TypeError):
            canonical_json(unfit)


def test_a_refusal_says_its_sentence_with_its_facts():
    refusal = StaleState(what="step 7", state="done")

    assert refusal.http_status == 409
    assert refusal.facts == {"what": "step 7", "state": "done"}
    assert "step 7" in str(refusal)
    assert isinstance(NotFound(what="run"), DomainError)
