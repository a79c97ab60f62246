from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.lines.rtgs.core.first_fit import FirstFit
from apps.lines.rtgs.core.queue import (
    Instruction,
    Look,
    Outcome,
    need_at_end_of_day,
    need_of,
    queue_order,
    simulate,
)

MILLION = Decimal(1_000_000)
BOND = ("D890000001", "00W40", "185001")
OTHER = ("D890000002", "00W40", "185002")


def pay(ref, millions, **more):
    return Instruction(ref=ref, cash=-MILLION * millions, key=BOND, quantity=0, time=ref, **more)


def receive(ref, millions, **more):
    return Instruction(ref=ref, cash=MILLION * millions, key=OTHER, quantity=0, time=ref, **more)


def test_the_vector_of_the_fact_book():
    queue = [pay("1", 6), pay("2", 5), receive("3", 3)]

    end = simulate(queue, balance=10 * MILLION)

    assert end.looks == [
        Look("1", Outcome.SETTLED),
        Look("2", Outcome.CASH_SHORT, MILLION),
        Look("3", Outcome.SETTLED),
        Look("2", Outcome.SETTLED),
    ]
    assert end.closing == 2 * MILLION
    assert (end.need_now, end.need_eod) == (Decimal(0), Decimal(0))


def test_the_vector_without_the_third_asks_for_one_million():
    queue = [pay("1", 6), pay("2", 5), receive("3", 3, confirmed=False)]

    end = simulate(queue, balance=10 * MILLION)

    assert end.outcomes == {"1": Outcome.SETTLED, "2": Outcome.CASH_SHORT, "3": Outcome.UNCONFIRMED}
    assert end.needs == {"2": MILLION}
    assert (end.need_now, end.need_eod) == (MILLION, MILLION)
    assert end.closing == 4 * MILLION


def test_frozen_cash_pays_nothing_and_is_still_there():
    end = simulate([pay("1", 6)], balance=10 * MILLION, frozen=5 * MILLION)

    assert end.outcomes == {"1": Outcome.CASH_SHORT}
    assert end.need_now == MILLION == need_of(6 * MILLION, 10 * MILLION, 5 * MILLION)
    assert end.closing == 10 * MILLION
    assert need_at_end_of_day(6 * MILLION, Decimal(0), 10 * MILLION) == 0


def test_priority_goes_before_time():
    queue = [pay("1", 6), pay("2", 5, priority=1)]

    end = simulate(queue, balance=10 * MILLION)

    assert end.outcomes["2"] is Outcome.SETTLED
    assert end.outcomes["1"] is Outcome.CASH_SHORT


def test_bonds_bought_first_may_be_sold_on_and_the_cash_is_used_again():
    buy = Instruction(ref="b", cash=-10 * MILLION, key=BOND, quantity=100, time="3")
    sell = Instruction(ref="s", cash=12 * MILLION, key=BOND, quantity=-100, time="1")
    last = Instruction(ref="z", cash=-12 * MILLION, key=OTHER, quantity=1, time="2")

    end = simulate([buy, sell, last], balance=10 * MILLION)

    assert [look.ref for look in end.looks if look.outcome is Outcome.SETTLED] == ["b", "s", "z"]
    assert end.securities == {BOND: 0, OTHER: 1}
    assert end.closing == 0


def test_a_leg_that_gives_securities_and_cash_waits_for_both():
    odd = Instruction(ref="o", cash=-MILLION, key=BOND, quantity=-10, time="1")
    buy = Instruction(ref="b", cash=Decimal(0), key=BOND, quantity=10, time="2")

    assert simulate([odd, buy], balance=MILLION).outcomes == {"o": Outcome.SETTLED, "b": Outcome.SETTLED}
    assert simulate([odd], balance=MILLION).outcomes == {"o": Outcome.SEC_SHORT}
    assert simulate([odd, buy], balance=MILLION - 1).outcomes["o"] is Outcome.CASH_SHORT


KEYS = [BOND, OTHER]
instructions = st.lists(
    st.tuples(
        st.integers(-500, 500), st.sampled_from(KEYS), st.integers(-5, 5), st.integers(1, 3), st.booleans(), st.integers(0, 9)
    ),
    max_size=14,
).map(
    lambda rows: [
        Instruction(
            ref=f"{number:02}",
            cash=Decimal(cash).scaleb(-2),
            key=key,
            quantity=quantity,
            priority=priority,
            confirmed=confirmed or number % 3 > 0,
            time=str(time),
        )
        for number, (cash, key, quantity, priority, confirmed, time) in enumerate(rows)
    ]
)
balances = st.integers(0, 800).map(lambda fen: Decimal(fen).scaleb(-2))
holdings = st.fixed_dictionaries({key: st.integers(0, 6) for key in KEYS})


def scanned_by_hand(queue, balance, held):
    """The rule as it is told: walk the queue, settle what can, and walk again from the head after each settlement."""
    cash, held, done = balance, dict(held), []
    waiting = queue_order(queue)
    found = True
    while found:
        found = False
        for one in waiting:
            enough = one.payable <= cash and (one.quantity >= 0 or -one.quantity <= held.get(one.key, 0))
            if one.confirmed and enough:
                cash += one.cash
                held[one.key] = held.get(one.key, 0) + one.quantity
                done.append(one.ref)
                waiting.remove(one)
                found = True
                break
    return done, cash, held


@given(instructions, balances, holdings)
@settings(max_examples=300)
def test_it_does_what_the_walk_by_hand_does(queue, balance, held):
    done, cash, left = scanned_by_hand(queue, balance, held)

    end = simulate(queue, balance=balance, securities=held)

    assert [look.ref for look in end.looks if look.outcome is Outcome.SETTLED] == done
    assert end.closing == cash
    assert {key: end.securities.get(key, 0) for key in KEYS} == {key: left.get(key, 0) for key in KEYS}


@given(instructions, balances, holdings)
@settings(max_examples=200)
def test_nothing_goes_below_zero_and_totals_are_kept(queue, balance, held):
    by_ref = {one.ref: one for one in queue}

    end = simulate(queue, balance=balance, securities=held)

    cash, positions = balance, dict(held)
    settled = [look.ref for look in end.looks if look.outcome is Outcome.SETTLED]
    for ref in settled:
        cash += by_ref[ref].cash
        positions[by_ref[ref].key] += by_ref[ref].quantity
        assert cash >= 0
        assert min(positions.values()) >= 0
    assert len(settled) == len(set(settled))
    assert end.closing == cash
    assert set(end.outcomes) == set(by_ref)


@given(instructions, balances, holdings)
@settings(max_examples=200)
def test_what_is_left_really_cannot_settle_and_its_need_is_exact(queue, balance, held):
    by_ref = {one.ref: one for one in queue}

    end = simulate(queue, balance=balance, securities=held)

    for ref in end.refs(Outcome.CASH_SHORT):
        assert end.needs[ref] == need_of(by_ref[ref].payable, end.closing) > 0
    for ref in end.refs(Outcome.SEC_SHORT):
        assert end.needs[ref] == -by_ref[ref].quantity - end.securities.get(by_ref[ref].key, 0) > 0


@given(instructions, balances, holdings)
@settings(max_examples=100)
def test_topping_up_by_what_is_needed_now_leaves_nobody_short_of_cash(queue, balance, held):
    end = simulate(queue, balance=balance, securities=held)
    waiting = [one for one in queue if end.outcomes[one.ref] is Outcome.CASH_SHORT]

    after = simulate(waiting, balance=end.closing + end.need_now, securities=end.securities)

    assert not [ref for ref in after.outcomes if after.outcomes[ref] is Outcome.CASH_SHORT]


@given(instructions, balances, holdings, st.randoms())
@settings(max_examples=100)
def test_the_order_of_the_file_does_not_matter(queue, balance, held, random):
    shuffled = list(queue)
    random.shuffle(shuffled)

    assert simulate(shuffled, balance=balance, securities=held) == simulate(queue, balance=balance, securities=held)


def test_with_enough_of_everything_all_orders_end_the_same():
    queue = [pay("1", 6), pay("2", 5), receive("3", 3)]

    ends = {
        simulate(
            [Instruction(ref=one.ref, cash=one.cash, key=one.key, quantity=0, time=str(at)) for at, one in enumerate(order)],
            balance=20 * MILLION,
        ).closing
        for order in permutations(queue)
    }

    assert ends == {12 * MILLION}


@given(st.lists(st.integers(0, 50), max_size=20), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 19)), max_size=20))
def test_first_fit_finds_what_a_walk_finds(numbers, moves):
    row: list[int | None] = list(numbers)
    tree = FirstFit(numbers)

    for limit, removed in moves:
        assert tree.first(limit) == next((at for at, n in enumerate(row) if n is not None and n <= limit), None)
        if removed < len(row):
            row[removed] = None
            tree.remove(removed)


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_or_single_queue_rests_at_once(count):
    end = simulate([receive("1", 1)] * count, balance=Decimal("0.01"))

    assert len(end.outcomes) == count
