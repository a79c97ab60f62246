"""Keeping breaks, explaining them, and who may see them: actions, page, API, admin."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.models import User
from apps.people.states import Role
from apps.recon.actions import explain_break, record_reconciliation
from apps.recon.core.matcher import Item, compare
from apps.recon.errors import ReasonNeeded
from apps.recon.models import Break, Reconciliation
from apps.recon.selectors import breaks_for, breaks_of_run, open_breaks, page_of
from apps.recon.states import BreakState
from tests.factories.people import give_role, make_user
from tests.factories.recon import a_break, a_line, a_reconciliation, a_run, a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    user = make_user("wang.min")
    give_role(user, a_line(), Role.OPERATOR)
    return user


@pytest.fixture
def stranger():
    user = make_user("stranger")
    give_role(user, a_line("other"), Role.OPERATOR)
    return user


def two_sides(left_amount="1.00", right_amount="2.00"):
    return compare({"a": Item(amount=Decimal(left_amount))}, {"a": Item(amount=Decimal(right_amount))})


def record(step, comparison):
    return record_reconciliation(step_id=step.pk, name="x", left_name="l", right_name="r", comparison=comparison)


def test_the_same_comparison_again_changes_nothing():
    step = a_step()
    first = record(step, two_sides())
    entries = Entry.objects.count()

    again = record(step, two_sides())

    assert again.pk == first.pk
    assert Break.objects.count() == 1
    assert Entry.objects.count() == entries == 1


def test_a_break_that_is_not_found_any_more_is_gone_and_still_there():
    step = a_step()
    record(step, two_sides())

    record(step, two_sides("2.00"))

    assert Break.objects.get().state == BreakState.GONE
    assert Reconciliation.objects.get().breaks_count == 0


def test_an_explained_break_stays_explained_while_it_says_the_same(operator):
    step = a_step()
    record(step, compare({"a": Item(quantity=1), "b": Item(quantity=1)}, {}))
    explained = Break.objects.get(key="a")
    explain_break(break_id=explained.pk, actor=operator, reason="known")

    record(step, compare({"a": Item(quantity=1), "c": Item(quantity=1)}, {}))

    assert dict(Break.objects.values_list("key", "state")) == {"a": "explained", "b": "gone", "c": "open"}


def test_a_break_that_changes_is_open_again(operator):
    step = a_step()
    record(step, two_sides())
    explain_break(break_id=Break.objects.get().pk, actor=operator, reason="known")

    record(step, two_sides("1.50"))

    assert Break.objects.get().state == BreakState.OPEN


def test_explaining_says_who_why_and_leaves_a_trail(operator):
    found = a_break()

    explain_break(break_id=found.pk, actor=operator, reason=" late booking ", cause="timing")

    found.refresh_from_db()
    assert (found.state, found.reason, found.cause, found.explained_by) == ("explained", "late booking", "timing", operator)
    entry = Entry.objects.get(kind="recon.break_explained")
    assert (entry.stream, entry.actor, entry.data["reason"]) == (f"run.{found.run_id}", operator, "late booking")


@pytest.mark.parametrize(("reason", "cause"), [("", "timing"), ("  ", "timing"), ("words", "nonsense")])
def test_without_words_nothing_is_explained(operator, reason, cause):
    found = a_break()

    with pytest.raises(ReasonNeeded):
        explain_break(break_id=found.pk, actor=operator, reason=reason, cause=cause)

    found.refresh_from_db()
    assert found.state == BreakState.OPEN
    assert not Entry.objects.filter(kind="recon.break_explained").exists()


def test_a_break_is_explained_once(operator):
    found = a_break()
    explain_break(break_id=found.pk, actor=operator, reason="first")

    with pytest.raises(StaleState):
        explain_break(break_id=found.pk, actor=operator, reason="second")

    found.refresh_from_db()
    assert found.reason == "first"


def test_a_checker_sees_it_and_may_not_explain_it():
    checker = make_user("li.lei")
    give_role(checker, a_line(), Role.CHECKER)
    found = a_break()

    with pytest.raises(NotPermitted):
        explain_break(break_id=found.pk, actor=checker, reason="I say so")

    found.refresh_from_db()
    assert found.state == BreakState.OPEN


def test_people_of_other_lines_do_not_know_of_it(stranger, client):
    found = a_break()
    client.force_login(stranger)

    with pytest.raises(NotFound):
        explain_break(break_id=found.pk, actor=stranger, reason="curious")

    assert list(breaks_for(stranger)) == []
    assert client.get(f"/api/breaks/{found.pk}/").status_code == 404
    assert client.get("/api/breaks/").json()["results"] == []
    assert f"/breaks/{found.pk}/explain/" not in client.get("/breaks/").content.decode()
    assert client.post(f"/breaks/{found.pk}/explain/", {"reason": "curious"}).status_code == 404
    found.refresh_from_db()
    assert found.state == BreakState.OPEN


def test_the_database_refuses_an_explanation_without_a_person_or_words():
    found = a_break()

    with pytest.raises(IntegrityError), transaction.atomic():
        Break.objects.filter(pk=found.pk).update(state=BreakState.EXPLAINED)


def test_lists_go_by_key_and_cost_the_same_at_any_depth(operator, django_assert_max_num_queries):
    a_reconciliation(breaks=120)

    with django_assert_max_num_queries(1):
        first, following = page_of(breaks_for(operator), before=None)
    with django_assert_max_num_queries(1):
        second, then = page_of(breaks_for(operator), before=following)
    third, end = page_of(breaks_for(operator), before=then)

    keys = [one.pk for one in (*first, *second, *third)]
    assert (len(first), len(second), len(third), end) == (50, 50, 20, None)
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 120


def test_the_page_of_a_full_list_has_a_bounded_number_of_queries(operator, client, django_assert_max_num_queries):
    a_reconciliation(breaks=60)
    client.force_login(operator)
    client.get("/breaks/")

    with django_assert_max_num_queries(10):
        page = client.get("/breaks/?state=open&line=rtgs-sh&date=2026-11-20")

    assert page.status_code == 200
    assert "before=" in page.content.decode()


@pytest.mark.parametrize("query", ["state=nonsense", "before=x", "before=-1", "date=2026-13-01", "line='--"])
def test_nonsense_in_the_address_is_ignored(operator, client, query):
    client.force_login(operator)

    assert client.get(f"/breaks/?{query}").status_code == 200
    assert client.get(f"/api/breaks/?{query}").status_code == 200


def test_breaks_are_asked_for_after_signing_in(client):
    assert client.get("/breaks/").status_code == 302
    assert client.get("/api/breaks/").status_code in (401, 403)


def test_explaining_on_the_page_gives_the_row_back(operator, client):
    found = a_break()
    client.force_login(operator)

    refused = client.post(f"/breaks/{found.pk}/explain/", {"reason": ""}, headers={"HX-Request": "true"})
    row = client.post(f"/breaks/{found.pk}/explain/", {"reason": "late", "cause": "timing"}, headers={"HX-Request": "true"})
    plain = client.post(f"/breaks/{a_break(a_step(found.run, token=2)).pk}/explain/", {"reason": "late"})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert row.status_code == 200
    assert "late" in row.content.decode()
    assert plain.status_code == 302


def test_a_script_in_a_reason_stays_text(operator, client):
    found = a_break()
    client.force_login(operator)

    explain_break(break_id=found.pk, actor=operator, reason="<script>alert(1)</script>")

    assert "<script>alert(1)" not in client.get("/breaks/").content.decode()


def test_explaining_over_the_api(operator, client):
    found = a_break()
    client.force_login(operator)

    done = client.post(f"/api/breaks/{found.pk}/explain/", {"reason": "late"}, content_type="application/json")

    assert done.status_code == 200
    assert (done.json()["state"], done.json()["explained_by"]) == ("explained", "wang.min")


def test_the_admin_site_only_shows(client):
    chief = User.objects.create(username="chief", is_staff=True, is_superuser=True)
    found = a_break()
    client.force_login(chief)

    assert client.get("/admin/recon/break/").status_code == 200
    assert client.post(f"/admin/recon/break/{found.pk}/change/", {"state": "explained"}).status_code == 403
    assert client.post("/admin/recon/break/add/", {}).status_code == 403
    found.refresh_from_db()
    assert found.state == BreakState.OPEN


def test_breaks_of_a_run_for_its_page_and_for_its_steps():
    run = a_run()
    a_reconciliation(a_step(run), breaks=3)
    a_reconciliation(a_step(a_run(day=run.business_date.replace(day=19))), breaks=2)

    assert len(breaks_of_run(run.pk)) == 3
    assert open_breaks(run.pk) == {"only_left": 3}
