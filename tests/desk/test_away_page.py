"""The page on which people say who decides while they are away."""

from typing import Any

import pytest

from apps.approvals.models import StandIn
from apps.kernel import clock
from apps.people.models import User
from apps.people.states import Role
from tests.desk.test_approval_pages import post, signed_in
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.people import give_role, make_line, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    register_things()
    line, other, author = make_line(), make_line("other"), make_member("author", Role.PROCESS_AUTHOR)
    ann, bob, cem = [make_member(name, Role.MANAGER, display_name=name.title()) for name in ("ann", "bob", "cem")]
    give_role(ann, other, Role.MANAGER)
    make_flow(line, {"people": [ann]})
    return line, author, (ann, bob, cem)


def named(stand_in: User, **words: Any) -> dict[str, Any]:
    today = clock.market_date().isoformat()
    return {"stand_in": stand_in.pk, "valid_from_date": today, "valid_until_date": today, "reason": "on the Yangtze", **words}


def test_a_person_names_a_stand_in_who_decides_and_is_shown_beside_them(cast):
    line, author, (ann, bob, _) = cast
    approval = begin_approval(line, author)

    assert signed_in(ann).post("/approvals/away/", named(bob)).status_code == 302
    page = signed_in(bob).get(f"/approvals/{approval.pk}/").content.decode()
    assert "as a stand-in" in page
    assert 'value="hand-over"' not in page
    assert post(signed_in(bob), approval, "approve").status_code == 302

    assert [(row.line, row.owner, row.stand_in) for row in StandIn.objects.all()] == [(line, ann, bob)]
    assert "stood in for Ann" in signed_in(bob).get(f"/approvals/{approval.pk}/").content.decode()


def test_the_page_shows_both_sides_and_only_the_owner_ends_it(cast):
    _, _, (ann, bob, cem) = cast
    signed_in(ann).post("/approvals/away/", named(bob))
    row = StandIn.objects.get()
    address = f"/approvals/away/{row.pk}/end/"

    pages = [signed_in(person).get("/approvals/away/").content.decode() for person in (ann, bob, cem)]
    assert [address in page for page in pages] == [True, False, False]
    assert ["on the Yangtze" in page for page in pages] == [True, True, False]
    assert signed_in(cem).post(address).status_code == 403
    assert signed_in(ann).post(address).status_code == 302
    assert signed_in(ann).post(address).status_code == 409

    row.refresh_from_db()
    assert row.ended_by == ann


def test_nothing_is_named_without_days_a_reason_and_somebody_of_the_line(cast):
    _, _, (ann, bob, _) = cast
    stranger = make_user("stranger")

    over = named(bob, valid_until_date="2001-01-01")
    for words in (named(bob, reason=""), over, named(stranger), named(ann), {"reason": "on the Yangtze"}):
        assert signed_in(ann).post("/approvals/away/", words).status_code == 422

    assert not StandIn.objects.exists()


def test_an_administrator_names_somebody_in_the_admin_site(cast):
    line, _, (ann, bob, _) = cast
    chief = make_user("chief", superuser=True)
    words = named(bob, owner=ann.pk, line=line.pk)

    assert signed_in(chief).post("/admin/approvals/standin/add/", words).status_code == 302
    row = StandIn.objects.get()
    chosen = {"action": "end", "_selected_action": [row.pk]}
    assert signed_in(chief).post("/admin/approvals/standin/", chosen).status_code == 302

    row.refresh_from_db()
    assert (row.named_by, row.ended_by, row.owner) == (chief, chief, ann)


def test_the_page_costs_the_same_for_many(cast, django_assert_max_num_queries):
    line, _, (ann, _, _) = cast
    for number in range(30):
        signed_in(ann).post("/approvals/away/", named(make_member(f"m{number}", Role.MANAGER, line=line)))

    client = signed_in(ann)

    with django_assert_max_num_queries(9):
        page = client.get("/approvals/away/").content.decode()

    assert page.count("/end/") == 30
