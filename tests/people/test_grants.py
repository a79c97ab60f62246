"""Rights on one process without its line, and roles and rights that end by themselves: exactly when they say."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted
from apps.people import selectors
from apps.people.actions import add_member, end_what_is_over, grant_on_process, may, remove_member, revoke_on_process
from apps.people.errors import AlreadyGranted, AlreadyMember, InactivePerson, NoSuchRight, OwnRole, UnusablePeriod
from apps.people.models import Membership, RoleGroup
from apps.people.states import LINE_RIGHTS, PROCESS_RIGHTS, ROLE_RIGHTS, Right, Role
from apps.processes.models import Process, ProcessGroupObjectPermission, ProcessUserObjectPermission
from apps.processes.selectors import processes_where
from tests.factories.people import give_role, make_line, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


def a_process(key="P", line=None):
    return Process.objects.create(key=key, name_zh=key, name_en=key, line=line or make_line())


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def chief(line):
    return make_member("chief", Role.ADMIN, line=line)


def held(person, process):
    return {right for right in Right if may(person, right, process.line, process.pk)}


@pytest.mark.parametrize("right", PROCESS_RIGHTS)
def test_a_right_on_one_process_lets_see_it_and_is_no_right_on_anything_else(right, line, chief):
    mine, other, person = a_process(), a_process("Q"), make_user("li.lei")

    grant_on_process(process_key="P", rights=[right], user_id=person.pk, actor=chief, reason="holiday cover")

    assert held(person, mine) == {right, Right.VIEW}
    assert held(person, other) == set()
    assert not any(may(person, each, line) for each in Right)
    assert selectors.rights_of(person) == selectors.Held({}, {mine.pk: {right, Right.VIEW}})
    assert list(processes_where(person)) == [mine]
    assert list(processes_where(person, right)) == [mine]
    assert not selectors.lines_visible_to(person).exists()
    assert list(selectors.people_with(right, line, mine.pk).exclude(pk=chief.pk)) == [person]


def test_a_right_given_to_a_role_is_held_by_whoever_has_the_role_as_long_as_they_have_it(line, chief):
    process, person = a_process(), make_user("li.lei")
    other = make_line("other")
    membership = give_role(person, other, Role.MAKER)[0]
    role = RoleGroup.objects.get(line=other, role=Role.MAKER)

    grant_on_process(process_key="P", rights=[Right.RUN], role=role, actor=chief, reason="they run it on Fridays")
    assert held(person, process) == {Right.VIEW, Right.RUN}
    assert selectors.rights_of(person).on(line.pk, process.pk) == {Right.VIEW, Right.RUN}
    remove_member(membership_id=membership.pk, actor=make_user("root", superuser=True))

    assert held(person, process) == set()
    assert not processes_where(person).exists()


@pytest.mark.parametrize("how", ["role", "grant", "to a role", "by a role that ends"])
def test_what_has_a_first_and_a_last_moment_counts_from_the_one_until_the_other(how, line, chief):
    process, person, now = a_process(), make_user("li.lei"), clock.now()
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    period = {"valid_from": begins, "valid_until": ends, "reason": "one evening", "actor": chief}
    if how == "role":
        add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.MANAGER, **period)
    elif how == "grant":
        grant_on_process(process_key="P", rights=[Right.VIEW], user_id=person.pk, **period)
    else:
        other = make_line("other")
        root = make_user("root", superuser=True)
        lasting = period if how == "by a role that ends" else {}
        add_member(team_id=make_team(other).pk, user_id=person.pk, role=Role.MAKER, **{**lasting, "actor": root})
        role = RoleGroup.objects.get(line=other, role=Role.MAKER)
        grant_on_process(
            process_key="P", rights=[Right.VIEW], role=role, **({"actor": chief, "reason": "x"} if lasting else period)
        )

    def sees(moment):
        with clock.fixed_at(moment):
            answers = {
                may(person, Right.VIEW, line, process.pk),
                processes_where(person).exists(),
                Right.VIEW in selectors.rights_of(person).on(line.pk, process.pk),
                selectors.people_with(Right.VIEW, line, process.pk).filter(pk=person.pk).exists(),
            }
        assert len(answers) == 1
        return answers.pop()

    blink = timedelta(microseconds=1)
    assert [sees(moment) for moment in (now, begins - blink, begins, ends - blink, ends)] == [False, False, True, True, False]
    assert selectors.next_change_of_rights(person) == begins
    with clock.fixed_at(begins):
        assert selectors.next_change_of_rights(person) == ends


def test_what_is_over_is_cleared_away_once_and_journaled(line, chief):
    process, person, ends = a_process(), make_user("li.lei"), clock.now() + timedelta(hours=1)
    add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.CHECKER, actor=chief, valid_until=ends)
    words = {"process_key": "P", "rights": [Right.RUN, Right.EDIT], "actor": chief, "reason": "x", "valid_until": ends}
    grant_on_process(user_id=person.pk, **words)
    assert end_what_is_over() == 0

    with clock.fixed_at(ends):
        assert end_what_is_over() == 3
        assert end_what_is_over() == 0

    assert not Membership.objects.filter(user=person).exists()
    assert not person.groups.exists()
    assert not ProcessUserObjectPermission.objects.exists()
    ended = list(Entry.objects.filter(kind__in=["people.role_ended", "people.grant_ended"]).order_by("id"))
    assert [(fact.actor, fact.line, fact.data["username"], fact.data["valid_until"]) for fact in ended] == [
        (None, line.code, "li.lei", ends.isoformat())
    ] * 2
    assert ended[1].data["rights"] == ["edit", "run"]
    assert ended[1].data["process"] == process.key


def test_what_is_over_and_not_yet_cleared_away_can_be_given_again(line, chief):
    a_process()
    person, ends = make_user("li.lei"), clock.now() + timedelta(hours=1)
    give = {"process_key": "P", "rights": [Right.RUN], "user_id": person.pk, "actor": chief, "reason": "x"}
    grant_on_process(valid_until=ends, **give)
    role = {"team_id": make_team(line).pk, "user_id": person.pk, "role": Role.CHECKER, "actor": chief}
    add_member(valid_until=ends, **role)

    with pytest.raises(AlreadyGranted):
        grant_on_process(**give)
    with pytest.raises(AlreadyMember):
        add_member(**role)
    with clock.fixed_at(ends):
        grant_on_process(**give)
        add_member(**role)
        assert may(person, Right.RUN, line, Process.objects.get().pk)
        assert may(person, Right.CHECK, line)

    assert Entry.objects.filter(kind__in=["people.role_ended", "people.grant_ended"]).count() == 2


def test_given_and_taken_rights_are_journaled_with_reason_period_and_who_did_it(line, chief):
    a_process()
    person, ends = make_user("li.lei"), clock.now() + timedelta(days=3)

    grant_on_process(
        process_key="P", rights=[Right.RUN, Right.VIEW], user_id=person.pk, actor=chief, reason="cover", valid_until=ends
    )
    assert revoke_on_process(process_key="P", rights=[Right.RUN], user_id=person.pk, actor=chief, reason="back again") == 1
    assert held(person, Process.objects.get()) == {Right.VIEW}
    revoke_on_process(process_key="P", user_id=person.pk, actor=chief, reason="done")

    given, first, second = Entry.objects.filter(actor=chief, stream="people").order_by("number")
    assert (given.kind, given.line, given.data["username"]) == ("people.grant_given", line.code, "li.lei")
    assert (given.data["rights"], given.data["reason"]) == (["run", "view"], "cover")
    assert (given.data["valid_from"], given.data["valid_until"]) == ("", ends.isoformat())
    assert [(fact.kind, fact.data["rights"], fact.data["reason"]) for fact in (first, second)] == [
        ("people.grant_taken", ["run"], "back again"),
        ("people.grant_taken", ["view"], "done"),
    ]
    assert not ProcessUserObjectPermission.objects.exists()


def test_nobody_gives_rights_to_themselves_neither_by_name_nor_by_a_role_of_theirs(line, chief):
    a_process()
    words: dict[str, Any] = {"process_key": "P", "rights": [Right.RUN], "reason": "x"}
    root = make_user("root", superuser=True)
    role = RoleGroup.objects.get(line=line, role=Role.ADMIN)

    for actor in (chief, root):
        with pytest.raises(OwnRole):
            grant_on_process(user_id=actor.pk, actor=actor, **words)
    with pytest.raises(OwnRole):
        grant_on_process(role=role, actor=chief, **words)

    assert not ProcessUserObjectPermission.objects.exists()
    assert not ProcessGroupObjectPermission.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_of_the_line_give_and_take_rights(role, line, chief):
    a_process()
    actor, person = make_member("someone", role, line=line), make_user("li.lei")
    give_role(actor, make_line("other"), Role.ADMIN)
    grant_on_process(process_key="P", rights=[Right.RUN], user_id=person.pk, actor=chief, reason="x")
    count = Entry.objects.count()

    with pytest.raises(NotPermitted):
        grant_on_process(process_key="P", rights=[Right.EDIT], user_id=person.pk, actor=actor, reason="x")
    with pytest.raises(NotPermitted):
        revoke_on_process(process_key="P", user_id=person.pk, actor=actor, reason="x")

    assert ProcessUserObjectPermission.objects.count() == 1
    assert Entry.objects.count() == count


def test_rights_are_refused_for_nobody_for_the_past_and_where_only_lines_carry_them(line, chief):
    a_process()
    person, gone = make_user("li.lei"), make_user("gone", is_active=False)
    words = {"process_key": "P", "actor": chief, "reason": "x"}
    past = clock.now() - timedelta(seconds=1)

    for right in LINE_RIGHTS:
        with pytest.raises(NoSuchRight):
            grant_on_process(rights=[Right.VIEW, right], user_id=person.pk, **words)
    with pytest.raises(NoSuchRight):
        grant_on_process(rights=[], user_id=person.pk, **words)
    with pytest.raises(UnusablePeriod):
        grant_on_process(rights=[Right.RUN], user_id=person.pk, valid_until=past, **words)
    with pytest.raises(UnusablePeriod):
        add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.MAKER, actor=chief, valid_until=past)
    with pytest.raises(InactivePerson):
        grant_on_process(rights=[Right.RUN], user_id=gone.pk, **words)
    with pytest.raises(NotFound):
        grant_on_process(rights=[Right.RUN], user_id=0, **words)
    with pytest.raises(NotFound):
        grant_on_process(rights=[Right.RUN], user_id=person.pk, **{**words, "process_key": "nowhere"})
    with pytest.raises(NotFound):
        revoke_on_process(user_id=person.pk, **words)

    assert not ProcessUserObjectPermission.objects.exists()


def test_the_split_rights_are_held_together_by_the_roles_that_held_the_old_ones():
    assert ROLE_RIGHTS[Role.OPERATOR] >= {Right.RUN, Right.INTERVENE}
    assert ROLE_RIGHTS[Role.PROCESS_AUTHOR] >= {Right.EDIT, Right.SUBMIT}
    assert ROLE_RIGHTS[Role.PROCESS_APPROVER] >= {Right.APPROVE, Right.PUBLISH}
    for first, second in ((Right.RUN, Right.INTERVENE), (Right.EDIT, Right.SUBMIT), (Right.APPROVE, Right.PUBLISH)):
        assert all((first in rights) == (second in rights) for rights in ROLE_RIGHTS.values())


def test_the_answers_about_processes_cost_one_query(line, chief, django_assert_num_queries):
    person = make_member("li.lei", Role.CHECKER, line=make_line("other"))
    processes = [a_process(f"P{number}") for number in range(5)]
    for process in processes:
        grant_on_process(process_key=process.key, rights=[Right.RUN], user_id=person.pk, actor=chief, reason="x")

    with django_assert_num_queries(1):
        assert may(person, Right.RUN, line, processes[0].pk)
    with django_assert_num_queries(1):
        assert len(processes_where(person, Right.RUN)) == 5
    with django_assert_num_queries(1):
        assert len(selectors.rights_of(person).by_process) == 5


RIGHTS = st.sets(st.sampled_from(PROCESS_RIGHTS), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["P", "Q", "R"]), RIGHTS, st.booleans(), st.integers(1, 5)), max_size=8),
    st.lists(st.sampled_from([Role.MAKER, Role.MANAGER]), unique=True, max_size=2),
    st.integers(0, 6),
)
def test_whatever_is_given_on_lines_and_processes_all_questions_have_the_same_answer(grants, roles, hours):
    """P and Q are of one line, R of another; the person has roles on R's line. The oracle is a table in memory."""
    from django.db import transaction

    with transaction.atomic():
        line, other, root = make_line("p"), make_line("q"), make_user("r", superuser=True)
        places = {key: a_process(key, on) for key, on in (("P", line), ("Q", line), ("R", other))}
        person, now = make_user("p"), clock.now()
        give_role(person, other, *roles)
        expected: dict[str, set[Right]] = {"P": set(), "Q": set(), "R": {right for role in roles for right in ROLE_RIGHTS[role]}}
        kept: dict[tuple[str, Right], bool] = {}
        for key, rights, lasting, until in grants:
            fresh = {right for right in rights if (key, right) not in kept}
            if not fresh:
                continue
            ends = now + timedelta(hours=until) if lasting else None
            grant_on_process(process_key=key, rights=fresh, user_id=person.pk, actor=root, reason="x", valid_until=ends)
            kept |= {(key, right): not lasting or hours < until for right in fresh}
        for (key, right), counts in kept.items():
            expected[key] |= {right, Right.VIEW} if counts else set()

        with clock.fixed_at(now + timedelta(hours=hours)):
            for key, process in places.items():
                assert held(person, process) == expected[key]
                assert selectors.rights_of(person).on(process.line_id, process.pk) == expected[key]
            for right in PROCESS_RIGHTS:
                theirs = {key for key in places if right in expected[key]}
                assert set(processes_where(person, right).values_list("key", flat=True)) == theirs
                found = {key for key, one in places.items() if person in selectors.people_with(right, one.line, one.pk)}
                assert found == theirs
        transaction.set_rollback(True)
