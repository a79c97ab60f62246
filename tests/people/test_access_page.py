"""Who can do what: told by person and by place, given and taken there by who administers the line."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.actions import add_member, grant_on_process, may
from apps.people.models import Membership, RoleGroup
from apps.people.states import Right, Role
from apps.processes.models import Process, ProcessGroupObjectPermission, ProcessUserObjectPermission
from tests.factories.people import give_role, make_line, make_member, make_team, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/people/access/"


def signed_in(person, language="en"):
    person.language = language
    person.save()
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def cast():
    """A line with a process, an administrator and an auditor of it, and somebody who checks there."""
    line = make_line(name_en="Settlement")
    process = Process.objects.create(key="PAY", name_zh="付款", name_en="Pay out", line=line)
    chief, auditor = make_member("chief", Role.ADMIN), make_member("auditor", Role.AUDITOR)
    return line, process, chief, auditor, make_member("li.lei", Role.CHECKER, display_name="Li Lei")


def role_words(line, person="li.lei", **more):
    return {"team": make_team(line).pk, "person": person, "role": "maker", "reason": "month end", **more}


def test_the_list_says_who_holds_what_by_which_role_or_grant_until_when(cast):
    line, _, chief, auditor, _ = cast
    newcomer, ends = make_user("newcomer"), datetime(2030, 1, 31, 16, tzinfo=clock.SHANGHAI)
    grant_on_process(process_key="PAY", rights=[Right.RUN], user_id=newcomer.pk, actor=chief, reason="cover", valid_until=ends)
    role = RoleGroup.objects.get(line=line, role=Role.CHECKER)
    grant_on_process(process_key="PAY", rights=[Right.INTERVENE], role=role, actor=chief, reason="they know it")

    page = signed_in(auditor).get(ADDRESS).content.decode()

    for told in ("Li Lei", "Checker", "do checker steps", "newcomer", "grant on the process", "2030-01-31 16:00", "Pay out"):
        assert told in page, told
    assert "everybody in the role Checker of Settlement" in page
    one = signed_in(auditor).get(ADDRESS, {"person": "newcomer"}).content.decode()
    assert all(told in one for told in ("start runs and do operator steps", "chief", "cover", "2030-01-31 16:00"))


def test_the_list_is_narrowed_by_name_line_and_process(cast):
    line, _, chief, _, _ = cast
    other = make_line("other")
    root = make_user("root", superuser=True)
    give_role(chief, other, Role.ADMIN)
    make_member("elsewhere", Role.MAKER, line=other)
    Process.objects.create(key="ELSE", name_zh="ELSE", name_en="ELSE", line=other)
    client = signed_in(chief)

    def names(**query):
        page = client.get(ADDRESS, query).content.decode()
        return {name for name in ("li.lei", "elsewhere", "root", "auditor") if f"person={name}" in page}

    assert names() == {"li.lei", "elsewhere", "root", "auditor"}
    assert names(line="other") == {"elsewhere", root.username}
    assert names(line=line.code) == {"li.lei", "auditor", "root"}
    assert names(process="ELSE") == {"elsewhere", "root"}
    assert names(q="LI LEI") == {"li.lei"}
    assert names(q="\0nobody") == set()


def test_a_role_is_given_for_a_period_with_both_days_included(cast):
    line, _, chief, _, person = cast
    first, last = clock.market_date() + timedelta(days=1), clock.market_date() + timedelta(days=3)

    answer = signed_in(chief).post(
        f"{ADDRESS}roles/", role_words(line, valid_from_date=first.isoformat(), valid_until_date=last.isoformat())
    )

    assert answer.status_code == 302
    given = Membership.objects.get(user=person, role="maker")
    midnight = datetime.combine(first, datetime.min.time(), tzinfo=clock.SHANGHAI)
    assert (given.valid_from, given.valid_until) == (midnight, midnight + timedelta(days=3))
    assert (given.granted_by, given.reason) == (chief, "month end")
    assert not may(person, Right.MAKE, line)
    with clock.fixed_at(midnight):
        assert may(person, Right.MAKE, line)


def test_a_role_and_rights_are_taken_where_they_are_shown(cast):
    line, process, chief, _, person = cast
    client = signed_in(chief)
    rights = {"process": "PAY", "person": "li.lei", "rights": ["run", "edit"], "reason": "cover"}
    assert client.post(f"{ADDRESS}rights/", rights).status_code == 302
    assert may(person, Right.EDIT, line, process.pk)
    held = Membership.objects.get(user=person)

    assert client.post(f"{ADDRESS}rights/take/", {"process": "PAY", "person": "li.lei", "reason": "done"}).status_code == 302
    assert client.post(f"{ADDRESS}roles/{held.pk}/take/", {"person": "li.lei", "reason": "moves on"}).status_code == 302

    assert not may(person, Right.VIEW, line, process.pk)
    taken = Entry.objects.filter(kind__in=["people.grant_taken", "people.role_revoked"]).order_by("id")
    assert [(fact.actor, fact.data["reason"]) for fact in taken] == [(chief, "done"), (chief, "moves on")]
    assert "can do nothing yet" in client.get(ADDRESS, {"person": "li.lei"}).content.decode()


def test_rights_are_given_to_everybody_in_a_role_on_the_page_of_the_process(cast):
    line, process, chief, _, person = cast
    role = RoleGroup.objects.get(line=line, role=Role.CHECKER)
    client = signed_in(chief)

    given = client.post(f"{ADDRESS}rights/", {"process": "PAY", "role": role.pk, "rights": ["run"], "reason": "they know it"})
    assert given.status_code == 302
    assert may(person, Right.RUN, line, process.pk)
    page = client.get(ADDRESS, {"process": "PAY"}).content.decode()
    assert f'value="{line.code}.checker"' in page
    taken = client.post(f"{ADDRESS}rights/take/", {"process": "PAY", "role": f"{line.code}.checker", "reason": "over"})

    assert taken.status_code == 302
    assert not may(person, Right.RUN, line, process.pk)
    assert not ProcessGroupObjectPermission.objects.exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ({"reason": ""}, 422, "This field is required"),
        ({"role": "king"}, 422, "king"),
        ({"role": "checker"}, 409, "already has the role"),
        ({"valid_until_date": "2020-01-01"}, 422, "over before it begins"),
        ({"person": "chief"}, 403, ""),
        ({"person": "nobody"}, 404, ""),
        ({"team": "x"}, 404, ""),
    ],
)
def test_a_refusal_stands_on_the_page_and_nothing_is_given(cast, words, status, said):
    line, _, chief, *_ = cast
    memberships, entries = Membership.objects.count(), Entry.objects.count()

    answer = signed_in(chief).post(f"{ADDRESS}roles/", role_words(line) | words)

    assert answer.status_code == status
    assert said in answer.content.decode()
    assert (Membership.objects.count(), Entry.objects.count()) == (memberships, entries)


def test_the_auditor_reads_and_changes_nothing_and_others_see_themselves_only(cast):
    line, _, _, auditor, person = cast

    page = signed_in(auditor).get(ADDRESS, {"person": "li.lei"}).content.decode()
    assert "Give the role" not in page
    assert "Take it</button>" not in page
    assert signed_in(auditor).post(f"{ADDRESS}roles/", role_words(line)).status_code == 403
    client = signed_in(person)
    assert "You administer and audit no line" in client.get(ADDRESS).content.decode()
    assert "do checker steps" in client.get(ADDRESS, {"person": "li.lei"}).content.decode()
    assert client.get(ADDRESS, {"person": "chief"}).status_code == 404
    assert len(list(csv.reader(io.StringIO(b"".join(client.get(f"{ADDRESS}export/").streaming_content).decode())))) == 1


def test_the_page_of_the_administrator_of_another_line_tells_nothing_of_this_one(cast):
    stranger = make_member("stranger", *Role, line=make_line("other"))
    client = signed_in(stranger)

    told = client.get(ADDRESS).content.decode() + client.get(ADDRESS, {"person": "li.lei"}).content.decode()

    assert "Settlement" not in told
    assert "Pay out" not in told
    assert "do checker steps" in client.get(ADDRESS, {"person": "stranger"}).content.decode()


def test_the_table_has_a_row_for_each_holding_and_no_formula(cast):
    line, _, chief, *_ = cast
    make_member("evil", Role.MAKER, display_name="=1+1")
    grant_on_process(process_key="PAY", rights=[Right.RUN], user_id=make_user("new").pk, actor=chief, reason="-cmd")

    answer = signed_in(chief).get(f"{ADDRESS}export/", {"line": line.code})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))

    assert [row["username"] for row in rows] == ["auditor", "chief", "evil", "li.lei", "new"]
    assert rows[2]["name"] == "'=1+1"
    assert (rows[4]["process"], rows[4]["rights"], rows[4]["reason"]) == ("PAY", "run", "'-cmd")


def test_long_lists_are_turned_by_the_user_name_and_cost_the_same(cast):
    chief = cast[2]
    client = signed_in(chief)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(ADDRESS)
        return len(asked)

    for number in range(3):
        make_member(f"p{number:03}", Role.MAKER)
    cost()  # the first page of a session keeps when it was
    few = cost()
    for number in range(3, 60):
        person = make_member(f"p{number:03}", Role.MAKER, Role.OPERATOR)
        grant_on_process(process_key="PAY", rights=[Right.RUN], user_id=person.pk, actor=chief, reason="x")

    assert cost() == few <= 12
    first = client.get(ADDRESS).content.decode()
    assert "p040" in first
    assert "after=p0" in first
    assert "p059" in client.get(ADDRESS, {"after": "p046"}).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_open_in_both_languages(cast, language):
    client = signed_in(cast[2], language)

    for query in ({}, {"person": "li.lei"}, {"process": "PAY"}, {"line": "nowhere", "process": "nowhere", "after": "\0"}):
        assert client.get(ADDRESS, query).status_code == 200
    assert client.get(ADDRESS, {"person": "x\0y"}).status_code == 404


# ---- programs


def send(who, method, address, /, **data):
    return getattr(signed_in(who), method)(address, data, content_type="application/json")


def test_programs_give_read_and_take_roles_and_rights(cast):
    line, process, chief, auditor, person = cast
    ends = (clock.now() + timedelta(days=1)).isoformat()

    role = {"line": line.code, "person": "li.lei", "role": "maker", "valid_until": ends, "reason": "month end"}
    given = send(chief, "post", "/api/access/roles/", **role)
    assert given.status_code == 201
    rights = {"process": "PAY", "person": "li.lei", "rights": ["run", "edit"], "reason": "cover"}
    assert send(chief, "post", "/api/access/rights/", **rights).json() == {"count": 2}
    to_role = {"process": "PAY", "role": "checker", "role_line": line.code, "rights": ["submit"], "reason": "they know it"}
    assert send(chief, "post", "/api/access/rights/", **to_role).status_code == 201

    told = signed_in(auditor).get("/api/access/", {"q": "li.lei"}).json()
    held = told["results"][0]["holdings"]
    assert [(one["process"], one["role"], one["rights"]) for one in held] == [
        (None, "checker", ["view", "check"]),
        (None, "maker", ["view", "make"]),
        ("PAY", "", ["edit", "run"]),
        ("PAY", "checker", ["submit"]),
    ]
    assert told["next"] is None
    assert send(chief, "delete", f"/api/access/roles/{held[1]['membership']}/", reason="done").status_code == 204
    took = {"process": "PAY", "person": "li.lei", "rights": ["run"], "reason": "done"}
    assert send(chief, "post", "/api/access/rights/take/", **took).json() == {"count": 1}

    assert not may(person, Right.MAKE, line)
    assert may(person, Right.EDIT, line, process.pk)
    assert not may(person, Right.RUN, line, process.pk)


@pytest.mark.parametrize(
    "words",
    [
        {"rights": ["administer"]},
        {"rights": []},
        {"reason": ""},
        {"role": "checker"},
        {"person": None},
        {"valid_until": "2020-01-01T00:00:00Z"},
    ],
)
def test_an_incomplete_grant_of_a_program_is_refused_and_nothing_is_given(cast, words):
    rights = {"process": "PAY", "person": "li.lei", "rights": ["run"], "reason": "cover"}

    answer = send(cast[2], "post", "/api/access/rights/", **(rights | words))

    assert answer.status_code in (400, 422)
    assert not ProcessUserObjectPermission.objects.exists()


def test_a_role_that_has_ended_is_on_no_page_before_it_is_cleared_away(cast):
    line, _, chief, auditor, person = cast
    ends = clock.now() + timedelta(hours=1)
    add_member(team_id=make_team(line).pk, user_id=person.pk, role=Role.MAKER, actor=chief, valid_until=ends)

    with clock.fixed_at(ends):
        client = signed_in(auditor)
        pages = [client.get(ADDRESS, query).content.decode() for query in ({}, {"person": "li.lei"})]

    assert Membership.objects.filter(user=person, role="maker").exists()
    assert not [page for page in pages if "do maker steps" in page]


@pytest.mark.parametrize("model", ["user", "group"])
def test_the_admin_site_shows_grants_and_changes_none(cast, model):
    line, _, chief, _, person = cast
    words = {"process_key": "PAY", "rights": [Right.RUN], "actor": chief, "reason": "cover"}
    grant_on_process(user_id=person.pk, **words)
    grant_on_process(role=RoleGroup.objects.get(line=line, role=Role.CHECKER), **words)
    client = signed_in(make_user("root", superuser=True))
    address = f"/admin/processes/process{model}objectpermission/"

    assert "run on the process" in client.get(address).content.decode()
    assert client.get(f"{address}add/").status_code == 403


def test_a_role_given_in_the_admin_site_keeps_its_period(cast):
    line, _, _, _, person = cast
    root = make_user("root", superuser=True)
    words = {"team": make_team(line).pk, "user": person.pk, "role": "maker", "reason": "month end"}
    period = {"valid_until_0": "2035-01-31", "valid_until_1": "18:00:00", "valid_from_0": "", "valid_from_1": ""}

    assert signed_in(root).post("/admin/people/membership/add/", words | period).status_code == 302

    given = Membership.objects.get(user=person, role="maker")
    assert given.valid_until == datetime(2035, 1, 31, 18, tzinfo=clock.SHANGHAI)
    assert (given.granted_by, given.reason) == (root, "month end")
