"""Who has to agree, in which order, and what happens when somebody does not: the rules without a database."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.approvals.core.case import Case, Path, Stage, needed
from apps.approvals.core.moves import (
    Because,
    MoveRefused,
    add_signers,
    approve,
    hand_over,
    opened,
    refreshed,
    reject,
    remove_signer,
    resubmit,
    send_back,
    withdraw,
)
from apps.approvals.states import AGREED, ENDED, ApprovalState, Decision, Rule, Where

AUTHOR = 1
A, B, C, D, E = 11, 12, 13, 14, 15


def people(*stages):
    """The people of each stage."""
    return lambda stage: stages[stage]


def begun(*stages, who, least=1, skip_same=False):
    return opened(Path(stages, least, skip_same), makers=[AUTHOR], submitter=AUTHOR, digest="one", who=who)


def refused(because):
    return pytest.raises(MoveRefused, match=because.value)


def turn(case):
    return sorted(seat.holder for seat in case.open_seats())


@pytest.mark.parametrize(
    ("stage", "approvals", "state"),
    [
        (Stage(Rule.ALL), [A, B], "deciding"),
        (Stage(Rule.ALL), [A, B, C], "approved"),
        (Stage(Rule.ANY), [B], "approved"),
        (Stage(Rule.COUNT, 2), [A], "deciding"),
        (Stage(Rule.COUNT, 2), [C, A], "approved"),
        (Stage(Rule.PERCENT, 60), [A], "deciding"),
        (Stage(Rule.PERCENT, 60), [A, B], "approved"),
        (Stage(Rule.IN_ORDER), [A, B], "deciding"),
        (Stage(Rule.IN_ORDER), [A, B, C], "approved"),
    ],
)
def test_a_stage_is_passed_when_as_many_agree_as_its_rule_says(stage, approvals, state):
    who = people([A, B, C])
    case = begun(stage, who=who)

    for person in approvals:
        case = approve(case, person, who)

    assert case.state == state


@pytest.mark.parametrize(
    ("stage", "rejections", "state"),
    [
        (Stage(Rule.ALL), [B], "rejected"),
        (Stage(Rule.ANY), [B], "rejected"),
        (Stage(Rule.COUNT, 2), [A], "deciding"),
        (Stage(Rule.COUNT, 2), [A, B], "rejected"),
        (Stage(Rule.PERCENT, 60), [A, B], "rejected"),
        (Stage(Rule.IN_ORDER), [A], "rejected"),
    ],
)
def test_a_stage_is_rejected_when_its_rule_can_no_longer_be_met(stage, rejections, state):
    who = people([A, B, C])
    case = begun(stage, who=who)

    for person in rejections:
        case = reject(case, person, who)

    assert case.state == state


def test_in_order_only_the_next_has_the_turn():
    who = people([A, B])
    case = begun(Stage(Rule.IN_ORDER), who=who)

    with refused(Because.NOT_YOUR_TURN):
        approve(case, B, who)

    assert turn(case) == [A]
    assert turn(approve(case, A, who)) == [B]


def test_a_maker_has_no_seat_and_gets_none():
    who = people([AUTHOR, A])
    case = begun(Stage(Rule.ALL), who=who)

    for move in (
        lambda: approve(case, AUTHOR, who),
        lambda: hand_over(case, A, AUTHOR),
        lambda: add_signers(case, A, [AUTHOR], Where.BEFORE),
        lambda: approve(case, AUTHOR, who, stands_in_for={A}),
    ):
        with refused(Because.MAKER):
            move()

    assert [seat.holder for seat in case.seats] == [A]


def test_a_stage_without_people_waits_for_somebody():
    assert turn(begun(Stage(Rule.ALL), who=people([AUTHOR]))) == []
    assert begun(Stage(Rule.ALL), who=people([])).state is ApprovalState.OPEN


def test_fewer_different_people_than_the_path_says_never_suffice():
    who = people([A], [A, B])
    case = approve(begun(Stage(Rule.ANY), Stage(Rule.ANY), who=who, least=2), A, who)

    with refused(Because.TOO_FEW_PEOPLE):
        approve(case, A, who)

    assert approve(case, B, who).state is ApprovalState.APPROVED


def test_who_has_agreed_before_is_not_asked_again_if_the_path_says_so_and_enough_others_have():
    who = people([A, B], [A], [C])
    skipped = approve(approve(begun(*[Stage(Rule.ALL)] * 3, who=who, skip_same=True, least=2), A, who), B, who)
    asked = approve(begun(Stage(Rule.ANY), Stage(Rule.ALL), Stage(Rule.ALL), who=who, skip_same=True, least=2), A, who)

    assert (skipped.stage, turn(skipped)) == (2, [C])
    assert [seat.decision for seat in skipped.at(1)] == [Decision.SAME]
    assert (asked.stage, turn(asked)) == (1, [A])


def test_a_person_decides_once_in_a_stage_even_for_others():
    who = people([A, B])
    case = approve(begun(Stage(Rule.ALL), who=who), A, who)

    with refused(Because.DECIDED_ALREADY):
        approve(case, A, who, stands_in_for={B})


def test_who_stands_in_for_somebody_decides_at_their_seat_and_both_stay_visible():
    who = people([A])
    case = approve(begun(Stage(Rule.ALL), who=who), B, who, stands_in_for={A})

    assert case.state is ApprovalState.APPROVED
    assert [(seat.owner, seat.decided_by) for seat in case.seats] == [(A, B)]


def test_sent_back_to_a_stage_the_path_runs_again_from_there():
    who = people([A], [B], [C])
    case = begun(*[Stage(Rule.ALL)] * 3, who=who)
    for person in (A, B):
        case = approve(case, person, who)

    case = send_back(case, C, who, to=0)

    assert (case.stage, turn(case), case.deciders) == (0, [A], set())
    assert turn(approve(case, A, who)) == [B]


def test_sent_back_directly_it_returns_to_who_sent_it():
    who = people([A], [B], [C])
    case = begun(*[Stage(Rule.ALL)] * 3, who=who)
    for person in (A, B):
        case = approve(case, person, who)

    case = approve(send_back(case, C, who, to=0, directly=True), A, who)

    assert (case.stage, turn(case), case.deciders) == (2, [C], {A, B})


def test_nobody_sends_forward_or_to_where_it_stands():
    who = people([A], [B])
    case = begun(Stage(Rule.ALL), Stage(Rule.ALL), who=who)
    for stage in (0, 1, -1):
        with refused(Because.NO_SUCH_STAGE):
            send_back(case, A, who, to=stage)


@pytest.mark.parametrize(("directly", "digest", "stage"), [(True, "one", 1), (True, "two", 0), (False, "one", 0)])
def test_what_the_author_submits_again_comes_back_directly_only_if_nothing_was_changed(directly, digest, stage):
    who = people([A], [B])
    case = approve(begun(Stage(Rule.ALL), Stage(Rule.ALL), who=who), A, who)
    case = send_back(case, B, who, to=None, directly=directly)
    assert (case.state, turn(case)) == (ApprovalState.RETURNED, [])

    case = resubmit(case, AUTHOR, digest, who)

    assert (case.state, case.stage, case.digest) == (ApprovalState.OPEN, stage, digest)
    assert case.deciders == ({A} if stage else set())


def test_who_has_become_a_maker_meanwhile_loses_the_voice_and_all_is_decided_again():
    who = people([A, C], [B])
    case = approve(begun(Stage(Rule.ANY), Stage(Rule.ALL), who=who), A, who)
    case = send_back(case, B, who, to=None, directly=True)

    case = resubmit(case, AUTHOR, "one", who, makers=[A])

    assert (case.stage, turn(case), case.deciders) == (0, [C], set())
    with refused(Because.MAKER):
        approve(case, A, who)


def test_only_the_author_submits_again_and_takes_back():
    who = people([A])
    case = begun(Stage(Rule.ALL), who=who)
    back = send_back(case, A, who, to=None)

    with refused(Because.NOT_THE_SUBMITTER):
        resubmit(back, A, "two", who)
    with refused(Because.NOT_THE_SUBMITTER):
        withdraw(case, A)
    with refused(Because.NOT_RETURNED):
        resubmit(case, AUTHOR, "two", who)
    assert withdraw(back, AUTHOR).state is ApprovalState.WITHDRAWN


def test_a_seat_is_handed_over_for_good_and_its_owner_stays_visible():
    who = people([A])
    case = hand_over(begun(Stage(Rule.ALL), who=who), A, B)

    with refused(Because.NOT_YOUR_TURN):
        approve(case, A, who)

    assert [(seat.owner, seat.holder) for seat in case.seats] == [(A, B)]
    assert approve(case, B, who).state is ApprovalState.APPROVED


def test_the_seat_of_somebody_who_has_left_is_handed_over_by_who_is_in_charge():
    who = people([A])
    case = begun(Stage(Rule.ALL), who=who)

    assert turn(hand_over(case, A, B, in_charge=True)) == [B]
    with refused(Because.NOT_YOUR_TURN):
        hand_over(case, C, B, in_charge=True)


@pytest.mark.parametrize(
    ("where", "turns"), [(Where.BEFORE, [[B], [A]]), (Where.AFTER, [[A], [B]]), (Where.PARALLEL, [[A, B], [B]])]
)
def test_an_added_signer_decides_before_after_or_beside_and_must_agree(where, turns):
    who = people([A])
    case = add_signers(begun(Stage(Rule.ANY), who=who), A, [B], where)
    seen = [turn(case)]

    case = approve(case, turns[0][0], who)
    seen.append(turn(case))

    assert case.state is ApprovalState.OPEN
    assert seen == turns
    assert approve(case, turns[1][0], who).state is ApprovalState.APPROVED
    assert reject(case, turns[1][0], who).state is ApprovalState.REJECTED


def test_an_added_signer_is_removed_by_who_added_them_and_nobody_of_the_path_is():
    who = people([A, C])
    case = add_signers(begun(Stage(Rule.ALL), who=who), A, [B], Where.BEFORE)
    added, base = case.seats[-1].number, case.seats[0].number

    with refused(Because.NOT_ADDED_BY_YOU):
        remove_signer(case, C, added, who)
    with refused(Because.NOT_ADDED_BY_YOU):
        remove_signer(case, A, base, who)

    assert turn(remove_signer(case, A, added, who)) == [A, C]


def test_removing_the_last_open_seat_lets_the_stage_pass():
    who = people([A])
    case = add_signers(begun(Stage(Rule.ANY), who=who), A, [B], Where.AFTER)
    case = approve(case, A, who)

    assert remove_signer(case, A, case.seats[-1].number, who).state is ApprovalState.APPROVED


def test_who_joins_a_group_of_which_any_may_decide_may_decide_as_well_and_leavers_lower_nothing():
    case = begun(Stage(Rule.ANY), who=people([A]))
    all_must = begun(Stage(Rule.ALL), who=people([A]))

    assert turn(refreshed(case, people([B]))) == [A, B]
    assert refreshed(all_must, people([A, B])) == all_must


PEOPLE = [AUTHOR, A, B, C, D, E]
STAGES = st.builds(Stage, st.sampled_from(Rule), st.sampled_from([1, 2, 3, 50]))
SEATED = st.lists(st.sampled_from(PEOPLE), min_size=0, max_size=4, unique=True)
PATHS = st.lists(st.tuples(STAGES, SEATED), min_size=1, max_size=4)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["approve"] * 5 + ["reject", "back", "author", "resubmit", "withdraw", "give", "add", "remove", "join"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=40,
)


def moved(case: Case, move, who):
    verb, person, other, number, flag = move
    for_others = {other} if flag else set()
    match verb:
        case "approve":
            return approve(case, person, who, for_others)
        case "reject":
            return reject(case, person, who, for_others)
        case "back":
            return send_back(case, person, who, to=number, directly=flag)
        case "author":
            return send_back(case, person, who, to=None, directly=flag)
        case "resubmit":
            return resubmit(case, person, f"content {number}", who)
        case "withdraw":
            return withdraw(case, person)
        case "give":
            return hand_over(case, person, other, in_charge=flag)
        case "add":
            return add_signers(case, person, [other], list(Where)[number % 3])
        case "remove":
            return remove_signer(case, person, number, who)
        case _:
            return refreshed(case, who)


def require_lawful(case: Case) -> None:
    assert not case.deciders & case.makers
    assert not {seat.holder for seat in case.seats} & case.makers
    assert len({seat.number for seat in case.seats}) == len(case.seats)
    for place in range(len(case.path.stages)):
        decided = [seat.decided_by for seat in case.at(place) if seat.decided_by]
        assert len(set(decided)) == len(decided)
    if case.state is ApprovalState.APPROVED:
        assert len(case.deciders) >= case.path.least
        for place, stage in enumerate(case.path.stages):
            base = [seat for seat in case.at(place) if not seat.added_by]
            assert sum(seat.decision in AGREED for seat in base) >= needed(stage, len(base))
            assert all(seat.decision in AGREED for seat in case.at(place) if seat.added_by)


@settings(max_examples=2000)
@given(PATHS, st.integers(1, 3), st.booleans(), MOVES)
def test_whatever_is_combined_no_maker_decides_and_no_rule_is_lowered(stages, least, skip_same, moves):
    who = people(*[seated for _, seated in stages])
    path = Path(tuple(stage for stage, _ in stages), least, skip_same)
    try:
        case = opened(path, makers=[AUTHOR], submitter=AUTHOR, digest="content 0", who=who)
    except MoveRefused:
        raise AssertionError("opening decides nothing") from None

    for move in moves:
        try:
            case = moved(case, move, who)
        except MoveRefused:
            continue
        require_lawful(case)


@given(PATHS, MOVES)
def test_what_has_ended_moves_no_more(stages, moves):
    who = people(*[seated for _, seated in stages])
    case = opened(Path(tuple(stage for stage, _ in stages)), makers=[AUTHOR], submitter=AUTHOR, digest="content 0", who=who)

    for state in ENDED:
        ended = replace(case, state=state)
        for move in moves:
            if move[0] != "join":
                with pytest.raises(MoveRefused):
                    moved(ended, move, who)
            else:
                assert moved(ended, move, who) == ended
