"""Reversals are exact opposites, and what was posted plus the postings is the file, for any two versions of a file."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.lines.corrections.core.difference import Kind, Row, by_account, closes, difference, postings

CENTS = st.integers(-(10**14), 10**14).map(lambda fen: Decimal(fen).scaleb(-2))
UNITS = st.integers(-(10**9), 10**9)


@st.composite
def rows(draw, carried: bool) -> list[Row]:
    """Rows of few keys and few values, so that many are the same, changed and doubled. Failed rows move nothing."""
    made = []
    for number in range(draw(st.integers(0, 12))):
        cash = draw(st.one_of(st.sampled_from([Decimal("0.01"), Decimal("-5.00")]), CENTS))
        quantity = draw(st.one_of(st.just(100), UNITS))
        settles = draw(st.booleans())
        made.append(
            Row(
                key=draw(st.sampled_from("abcd")),
                row_no=number + 1,
                cash_account=draw(st.sampled_from(["B1", "B2"])),
                account="A1",
                security=draw(st.sampled_from(["600000", "019547"])),
                cash=cash if settles else Decimal(0),
                quantity=quantity if settles else 0,
                measures={"net": cash, "quantity": Decimal(quantity)},
                words={"code": "0000" if settles else "0001"},
                file=1,
                carrier=("obligation", number + 1) if carried else None,
            )
        )
    return made


@given(rows(True), rows(False))
def test_what_was_posted_and_the_postings_are_the_file_to_the_fen(posted, now):
    found = difference(posted, now)
    made = postings(found)

    assert closes(posted, made, now)
    assert found.same + len(found.changed) + len(found.gone) == len(posted)
    assert found.same + len(found.changed) + len(found.added) == len(now)
    for change in by_account(posted, now):
        assert change.change == sum((one.cash for one in made if one.row.cash_account == change.account), Decimal(0))


@given(rows(True), rows(False))
def test_a_reversal_is_the_exact_opposite_of_one_row_and_no_row_is_reversed_twice(posted, now):
    made = postings(difference(posted, now))

    reversed_rows = [one.row for one in made if one.kind is Kind.REVERSAL]
    assert len({id(row) for row in reversed_rows}) == len(reversed_rows)
    for one in made:
        sign = -1 if one.kind is Kind.REVERSAL else 1
        assert (one.cash, one.quantity) == (sign * one.row.cash, sign * one.row.quantity)
        assert one.measures == {name: sign * value for name, value in one.row.measures.items()}
        assert (one.row in posted) is (one.kind is Kind.REVERSAL) or one.row in now
        assert one.instead_of is None or one.kind is Kind.REPOST


@given(rows(True))
def test_the_same_rows_in_another_order_change_nothing(posted):
    assert not difference(posted, list(reversed(posted)))


@given(rows(True), rows(False))
def test_what_does_not_close_is_seen(posted, now):
    """A posting left out shows, unless it moves nothing and says nothing."""
    made = postings(difference(posted, now))

    for place, one in enumerate(made):
        rest = made[:place] + made[place + 1 :]
        assert closes(posted, rest, now) is not any([one.cash, one.quantity, *one.measures.values()])
