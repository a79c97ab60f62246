"""Roles, the grants that carry them, and who may hand them out."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people import selectors
from apps.people.actions import (
    add_member,
    add_user,
    deactivate_user,
    load_demo_people,
    may,
    remove_member,
    require,
    save_line,
    save_team,
)
from apps.people.errors import AlreadyMember, InactivePerson, OwnAccount, OwnRole
from apps.people.models import (
    BusinessLine,
    BusinessLineGroupObjectPermission,
    BusinessLineUserObjectPermission,
    Membership,
    RoleGroup,
    Team,
    User,
)
from apps.people.states import ROLE_RIGHTS, Right, Role
from tests.factories.people import give_role, make_line, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def chief(line):
    return make_member("chief", Role.ADMIN, line=line)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gives_exactly_its_rights_on_its_line_and_none_on_another(role, line, chief):
    person, other = make_user("li.lei"), make_line("other")

    add_member(team_id=make_team(line).pk, user_id=person.pk, role=role, actor=chief)

    assert {right for right in Right if may(person, right, line)} == ROLE_RIGHTS[role]
    assert not any(may(person, right, other) for right in Right)
    assert selectors.rights_by_line(person) == {line.pk: set(ROLE_RIGHTS[role])}
    assert selectors.roles_of(person, line) == {role}
    assert selectors.roles_of(person, other) == set()


def test_a_given_and_a_taken_role_are_journaled_with_who_did_it(line, chief):
    person = make_user("li.lei")

    held = add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.CHECKER, actor=chief)
    remove_member(membership_id=held.pk, actor=chief)

    facts = list(Entry.objects.filter(actor=chief).order_by("number"))
    assert [fact.kind for fact in facts] == ["people.role_granted", "people.role_revoked"]
    assert all((fact.line, fact.data["username"], fact.data["role"]) == ("rtgs-sh", "li.lei", "checker") for fact in facts)


def test_a_taken_role_takes_the_rights_at_once_even_from_an_object_that_asked_before(line, chief):
    person = make_user("li.lei")
    held = add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.CHECKER, actor=chief)
    assert may(person, Right.CHECK, line)

    remove_member(membership_id=held.pk, actor=chief)

    assert not may(person, Right.CHECK, line)
    assert not person.groups.exists()


def test_the_same_role_through_another_team_of_the_line_is_kept(line, chief):
    person = make_user("li.lei")
    held = [
        add_member(team_id=make_team(line, name).pk, user_id=person.pk, role=Role.CHECKER, actor=chief) for name in ("a", "b")
    ]

    remove_member(membership_id=held[0].pk, actor=chief)
    assert may(person, Right.CHECK, line)

    remove_member(membership_id=held[1].pk, actor=chief)
    assert not may(person, Right.CHECK, line)


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_gives_a_role_to_themselves(line, superuser):
    person = make_member("chief", Role.ADMIN, line=line, superuser=superuser)
    count = Entry.objects.count()

    with pytest.raises(OwnRole):
        add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.CHECKER, actor=person)

    assert selectors.roles_of(person, line) == {Role.ADMIN}
    assert Entry.objects.count() == count


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_of_the_line_hand_out_roles(role, line):
    actor, person = make_member("someone", role, line=line), make_user("li.lei")
    give_role(actor, make_line("other"), Role.ADMIN)

    with pytest.raises(NotPermitted):
        add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.CHECKER, actor=actor)

    assert not selectors.roles_of(person, line)


def test_roles_are_refused_twice_to_the_deactivated_and_to_nobody(line, chief):
    person, gone = make_member("li.lei", Role.CHECKER, line=line), make_user("gone", is_active=False)
    team = make_team(line)

    with pytest.raises(AlreadyMember):
        add_member(team_id=team.pk, user_id=person.pk, role=Role.CHECKER, actor=chief)
    with pytest.raises(InactivePerson):
        add_member(team_id=team.pk, user_id=gone.pk, role=Role.CHECKER, actor=chief)
    with pytest.raises(NotFound):
        add_member(team_id=team.pk, user_id=0, role=Role.CHECKER, actor=chief)
    with pytest.raises(NotFound):
        add_member(team_id=0, user_id=person.pk, role=Role.CHECKER, actor=chief)
    with pytest.raises(NotFound):
        remove_member(membership_id=0, actor=chief)

    assert Membership.objects.count() == 2


def test_the_database_refuses_a_doubled_membership(line):
    held = give_role(make_user("li.lei"), line, Role.CHECKER)[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(team=held.team, user=held.user, role=held.role)


def test_superusers_have_every_right_and_inactive_or_anonymous_people_none(line):
    root, gone = make_user("root", superuser=True), make_user("gone", superuser=True, is_active=False)

    assert all(may(root, right, line) for right in Right)
    assert selectors.rights_by_line(root) == {line.pk: set(Right)}
    for nobody in (gone, AnonymousUser()):
        assert not any(selectors.has_right(nobody, right, line) for right in Right)
        assert not selectors.lines_visible_to(nobody).exists()
        assert selectors.rights_by_line(nobody) == {}


def test_require_says_which_right_is_missing_where(line):
    with pytest.raises(NotPermitted) as refusal:
        require(make_user("li.lei"), Right.CHECK, line)

    assert (refusal.value.http_status, refusal.value.facts["target"]) == (403, line)


def test_a_right_of_a_removed_line_never_passes_to_a_line_with_its_key(line):
    person = make_member("li.lei", Role.CHECKER, line=line)
    key = line.pk
    Membership.objects.all().delete()
    Team.objects.all().delete()
    line.delete()

    again = BusinessLine.objects.create(pk=key, code="new", name_zh="新", name_en="new")

    assert not any(may(person, right, again) for right in Right)
    assert not BusinessLineGroupObjectPermission.objects.exists()
    assert not BusinessLineUserObjectPermission.objects.exists()


def test_the_answers_about_rights_cost_one_query(line, django_assert_num_queries):
    person = make_member("li.lei", Role.CHECKER, Role.OPERATOR, line=line)
    for number in range(5):
        give_role(person, make_line(f"line-{number}"), Role.AUDITOR)

    with django_assert_num_queries(1):
        assert may(person, Right.CHECK, line)
    with django_assert_num_queries(1):
        assert len(selectors.lines_visible_to(person)) == 6
    with django_assert_num_queries(1):
        assert len(selectors.rights_by_line(person)) == 6
    with django_assert_num_queries(1):
        assert list(selectors.members_of(line)) == [person]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.sampled_from(["a", "b"]), st.booleans()), max_size=12))
def test_whatever_is_given_and_taken_the_rights_equal_the_memberships(moves):
    with transaction.atomic():
        line, person, root = make_line("p"), make_user("p"), make_user("r", superuser=True)
        for role, name, give in moves:
            team = make_team(line, name)
            held = Membership.objects.filter(team=team, user=person, role=role).first()
            if give and held is None:
                add_member(team_id=team.pk, user_id=person.pk, role=role, actor=root)
            elif not give and held is not None:
                remove_member(membership_id=held.pk, actor=root)

        roles = selectors.roles_of(person, line)
        expected = {right for role in roles for right in ROLE_RIGHTS[role]}
        assert selectors.rights_by_line(person).get(line.pk, set()) == expected
        assert set(RoleGroup.objects.filter(group__user=person).values_list("role", flat=True)) == {r.value for r in roles}
        transaction.set_rollback(True)


def test_accounts_are_added_and_closed_by_superusers_only(line, chief):
    root = make_user("root", superuser=True)

    with pytest.raises(NotPermitted):
        add_user(user=User(username="new"), actor=chief)
    with pytest.raises(NotPermitted):
        deactivate_user(user_id=root.pk, actor=chief)
    with pytest.raises(OwnAccount):
        deactivate_user(user_id=root.pk, actor=root)
    add_user(user=User(username="new"), actor=root)
    deactivate_user(user_id=chief.pk, actor=root)

    assert not may(chief, Right.ADMINISTER, line)
    kinds = list(Entry.objects.filter(actor=root).order_by("id").values_list("kind", flat=True))
    assert kinds == ["people.user_added", "people.user_deactivated"]


def test_the_demonstrations_people_are_the_same_after_a_second_load(settings):
    settings.DEMO_PASSWORD = "clearway-demo"
    people = load_demo_people()
    entries, groups = Entry.objects.count(), RoleGroup.objects.count()

    load_demo_people()

    assert sorted(people) == ["admin", "chen.jing", "li.lei", "sun.li", "wang.min", "zhang.wei", "zhao.gang"]
    assert (Entry.objects.count(), RoleGroup.objects.count()) == (entries, groups)
    rtgs = BusinessLine.objects.get(code="rtgs-sh")
    assert selectors.roles_of(people["wang.min"], rtgs) == {Role.OPERATOR, Role.MAKER}
    assert selectors.roles_of(people["zhang.wei"], rtgs) == {Role.OPERATOR, Role.MANAGER}
    assert people["li.lei"].check_password("clearway-demo")


def test_without_a_demo_password_there_are_no_demo_people(settings):
    settings.DEMO_PASSWORD = ""

    assert load_demo_people() == {}
    assert not User.objects.exists()


# ---- the admin site


@pytest.fixture
def root(client):
    person = make_user("root", superuser=True, language="en")
    client.force_login(person)
    return person


def test_a_role_given_in_the_admin_site_carries_its_rights_and_is_journaled(client, root, line):
    person = make_user("li.lei")

    answer = client.post(
        reverse("admin:people_membership_add"), {"team": make_team(line).pk, "user": person.pk, "role": "checker"}
    )

    assert answer.status_code == 302
    assert may(person, Right.CHECK, line)
    assert Entry.objects.get(kind="people.role_granted").actor == root


def test_a_role_for_oneself_is_refused_in_the_admin_site_with_the_reason(client, root, line):
    answer = client.post(
        reverse("admin:people_membership_add"),
        {"team": make_team(line).pk, "user": root.pk, "role": "checker"},
        follow=True,
    )

    assert "Nobody grants a role to themselves" in answer.text
    assert not Membership.objects.exists()


@pytest.mark.parametrize("bulk", [False, True])
def test_a_role_removed_in_the_admin_site_takes_its_rights(client, root, line, bulk):
    person = make_member("li.lei", Role.CHECKER, line=line)
    held = Membership.objects.get(user=person)

    if bulk:
        client.post(
            reverse("admin:people_membership_changelist"),
            {"action": "delete_selected", "_selected_action": [held.pk], "post": "yes"},
        )
    else:
        client.post(reverse("admin:people_membership_delete", args=[held.pk]), {"post": "yes"})

    assert not may(person, Right.CHECK, line)
    assert Entry.objects.filter(kind="people.role_revoked", actor=root).count() == 1


def test_an_account_edited_in_the_admin_site_is_journaled_and_never_deleted(client, root):
    person = make_user("li.lei", display_name="before")
    address = reverse("admin:people_user_change", args=[person.pk])

    client.post(address, {"username": "li.lei", "display_name": "after", "email": "", "language": ""})

    fact = Entry.objects.get(kind="people.user_changed")
    assert fact.data["changes"] == {"display_name": ["before", "after"], "is_active": ["True", "False"]}
    assert client.post(reverse("admin:people_user_delete", args=[person.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["user", "businessline", "team", "membership"])
def test_the_admin_pages_open_and_groups_are_not_among_them(client, root, line, model):
    make_member("li.lei", Role.CHECKER, line=line)

    assert client.get(reverse(f"admin:people_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:people_{model}_add")).status_code == 200
    assert client.get("/admin/auth/group/").status_code == 404


@pytest.mark.parametrize("model", ["businessline", "team"])
def test_an_edited_line_or_team_is_journaled_with_what_it_was(client, root, line, model):
    client.force_login(root)
    team = make_team(line)
    given = (
        {"name_zh": "新名", "name_en": "New name", "position": 7}
        if model == "businessline"
        else {"name_zh": "新名", "name_en": "New"}
    )
    pk = line.pk if model == "businessline" else team.pk

    answer = client.post(reverse(f"admin:people_{model}_change", args=[pk]), given)

    assert answer.status_code == 302
    fact = Entry.objects.get(kind="people.line_changed")
    assert (fact.actor, fact.line, fact.data["what"]) == (root, line.code, "line" if model == "businessline" else "team")
    assert fact.data["before"]["name_zh"] != fact.data["after"]["name_zh"] == "新名"


def test_who_does_not_administer_a_line_changes_neither_it_nor_its_teams(line):
    actor = make_member("an-operator", Role.OPERATOR, line=line)
    team = make_team(line)
    line.name_en = team.name_en = "Mine"

    for save in (lambda: save_line(line=line, actor=actor), lambda: save_team(team=team, actor=actor)):
        with pytest.raises(NotPermitted):
            save()

    line.refresh_from_db()
    team.refresh_from_db()
    assert "Mine" not in (line.name_en, team.name_en)
    assert not Entry.objects.filter(kind="people.line_changed").exists()
