"""Tests are stored with a process; a version that fails one is not submitted."""

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.states import Role
from apps.processes import actions, errors, selectors
from apps.processes.core.testing import run_tests
from apps.processes.models import ProcessTest, ProcessVersion
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, document, draft, elements, flows, make_process

pytestmark = pytest.mark.django_db

API, PAGE = "/api/processes/P/tests/", "/processes/P/"
PASSES = {"name": "through a", "expected": {"path": ["a", "e"]}}
FAILS = {"name": "through b", "expected": {"path": ["b"]}}


@pytest.fixture
def people():
    return cast()


@pytest.fixture
def process(people):
    line, author, _ = people
    return make_process(line, author)


def save(author, test=PASSES, **more):
    return actions.save_test(process_key="P", test=test, actor=author, **more)


def everything():
    return (
        list(ProcessTest.objects.order_by("id").values("id", "name", "variables", "script", "expected", "saved_by")),
        list(ProcessVersion.objects.order_by("id").values_list("id", "state")),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def page_of(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def api_of(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


# -- written by authors --------------------------------------------------------------------------------------------


def test_what_is_saved_changed_and_removed_is_in_the_journal_and_the_same_again_is_not(people, process):
    _, author, _ = people

    test = save(author)
    save(author, test_id=test.pk, seen=test.digest)
    changed = save(author, FAILS, test_id=test.pk, seen=test.digest)
    actions.remove_test(process_key="P", test_id=test.pk, reason="not so any more", actor=author, seen=changed.digest)

    assert not ProcessTest.objects.exists()
    told = list(Entry.objects.filter(kind__startswith="process_test.").order_by("id").values_list("kind", "data__name"))
    assert told == [
        ("process_test.saved", "through a"),
        ("process_test.saved", "through b"),
        ("process_test.removed", "through b"),
    ]
    assert Entry.objects.get(kind="process_test.removed").data["reason"] == "not so any more"


def test_only_authors_of_the_line_write_tests(people, process):
    _, author, approver = people
    test = save(author)
    stranger = make_user("stranger")
    give_role(stranger, make_line("other"), *Role)

    for person in (approver, stranger):
        refused(NotPermitted, lambda person=person: save(person, FAILS))
        refused(NotPermitted, lambda person=person: save(person, FAILS, test_id=test.pk))
        refused(
            NotPermitted,
            lambda person=person: actions.remove_test(process_key="P", test_id=test.pk, reason="no", actor=person),
        )


def test_what_is_no_test_a_second_of_a_name_one_too_many_and_an_old_one_are_refused(people, process, monkeypatch):
    line, author, _ = people
    test = save(author)
    second = save(author, FAILS)
    other = make_process(line, author, "Q")
    elsewhere = actions.save_test(process_key=other.key, test=PASSES, actor=author)

    refusal = refused(errors.TestUnusable, lambda: save(author, {"name": "x", "expected": {"pth": []}}))
    refused(errors.TestExists, lambda: save(author))
    refused(errors.TestExists, lambda: save(author, PASSES, test_id=second.pk))
    refused(errors.TestChangedMeanwhile, lambda: save(author, FAILS, test_id=test.pk, seen="0" * 64))
    refused(NotFound, lambda: save(author, FAILS, test_id=elsewhere.pk))
    monkeypatch.setattr("apps.processes.actions.testing.MOST_TESTS", 2)
    refused(errors.TooManyTests, lambda: save(author, {"name": "a third"}))

    assert refusal.facts["place"] == "expected.pth"


# -- asked before a version is submitted ---------------------------------------------------------------------------


def test_a_version_that_passes_its_tests_is_submitted(people, process):
    _, author, _ = people
    save(author)

    version = actions.submit_version(version_id=draft(process, author).pk, actor=author)

    assert version.state == "in_review"


def test_a_version_that_fails_a_test_is_not_and_is_told_which(people, process):
    _, author, _ = people
    save(author)
    save(author, FAILS)
    version = draft(process, author)

    refusal = refused(errors.TestsFail, lambda: actions.submit_version(version_id=version.pk, actor=author))

    assert refusal.http_status == 422
    assert refusal.facts["count"] == 1
    assert [test["name"] for test in refusal.facts["tests"]] == ["through b"]
    assert "through b" in str(refusal)
    assert "“b”" in refusal.facts["tests"][0]["differences"][0]["sentence"]


def test_each_version_is_asked_anew_and_so_is_a_changed_test(people, process):
    _, author, _ = people
    test = save(author, FAILS)
    version = draft(process, author)
    refused(errors.TestsFail, lambda: actions.submit_version(version_id=version.pk, actor=author))

    version = draft(process, author, step="b")
    assert selectors.test_results(version)[0].passed
    save(author, PASSES, test_id=test.pk)

    refused(errors.TestsFail, lambda: actions.submit_version(version_id=version.pk, actor=author))
    assert actions.submit_version(version_id=draft(process, author).pk, actor=author).state == "in_review"


def test_a_called_process_is_played_as_it_is_in_force(people, process):
    line, author, approver = people
    called = make_process(line, author, "CALLED")
    calling = f'<bpmn:callActivity id="c" name="c" calledElement="{called.key}"/>'
    model = document(elements("start:s end:e") + calling + flows("sce"), "P").decode()
    save(author, {"name": "deep", "expected": {"path": ["inner", "c"]}})
    version = actions.save_draft(process_key="P", model_xml=model, note="calls", actor=author)
    assert not selectors.test_results(version)[0].passed

    inner = actions.submit_version(version_id=draft(called, author, "inner").pk, actor=author)
    actions.approve_version(version_id=inner.pk, actor=approver)
    assert not selectors.test_results(version)[0].passed
    actions.publish_version(version_id=inner.pk, actor=approver)

    assert selectors.test_results(version)[0].passed


def test_results_are_kept_and_the_tests_are_not_played_under_the_lock(people, process, monkeypatch):
    _, author, _ = people
    save(author)
    version = draft(process, author)
    outside, played = len(connection.savepoint_ids), []
    real = run_tests

    def watched(*arguments, **more):
        played.append(len(connection.savepoint_ids))
        return real(*arguments, **more)

    monkeypatch.setattr("apps.processes.selectors.run_tests", watched)
    selectors._played.cache_clear()

    actions.submit_version(version_id=version.pk, actor=author)

    assert played == [outside]


def test_to_ask_again_plays_nothing_and_costs_one_query(people, process, django_assert_num_queries):
    _, author, _ = people
    save(author)
    version = draft(process, author)
    selectors.test_results(version)

    with django_assert_num_queries(1):
        selectors.test_results(version)


# -- for programs --------------------------------------------------------------------------------------------------


def test_programs_write_read_change_and_remove_tests(people, process):
    _, author, approver = people
    api = api_of(author)

    made = api.post(API, PASSES, format="json")
    address = f"{API}{made.data['id']}/"
    changed = api.put(address, FAILS | {"seen": made.data["digest"]}, format="json")
    stale = api.put(address, PASSES | {"seen": made.data["digest"]}, format="json")
    listed = api_of(approver).get(API)
    gone = api.delete(address, {"reason": "enough"}, format="json")

    assert (made.status_code, changed.status_code, stale.status_code, gone.status_code) == (201, 200, 409, 204)
    assert [test["name"] for test in listed.data] == ["through b"]
    assert listed.data[0]["expected"] == {"ended": True, "path": ["b"]}
    assert api.get(address).status_code == 404


def test_a_number_keeps_the_digits_that_a_program_wrote(people, process):
    _, author, _ = people
    body = '{"name": "n", "variables": {"amount": 12345678901234567890.10}}'

    answer = api_of(author).post(API, body, content_type="application/json")

    assert answer.data["variables"] == {"amount": "12345678901234567890.10"}


@pytest.mark.parametrize("body", ["[", "[]", '"x"', "{}", '{"name": 3}', '{"name": "x", "variables": 1e999}', "[" * 100_000])
def test_what_is_no_test_is_refused_with_words(people, process, body):
    _, author, _ = people
    before = everything()

    answer = api_of(author).post(API, body, content_type="application/json")

    assert answer.status_code in {400, 422}
    assert answer.data["detail"]
    assert everything() == before


def test_a_refused_submission_lists_the_tests_and_their_results_can_be_asked_for(people, process):
    _, author, approver = people
    save(author, FAILS)
    version = draft(process, author)

    answer = api_of(author).post(f"/api/processes/P/versions/{version.number}/submit/", {}, format="json")
    results = api_of(approver).get(f"/api/processes/P/versions/{version.number}/test-results/")

    assert (answer.status_code, answer.data["type"]) == (422, "tests_fail")
    assert answer.data["facts"]["tests"] == results.data
    assert [(result["name"], result["passed"]) for result in results.data] == [("through b", False)]


# -- pages ---------------------------------------------------------------------------------------------------------


def test_a_process_without_tests_says_what_one_is_and_offers_the_form_to_authors_only(people, process):
    _, author, approver = people

    for person, offered in ((author, True), (approver, False)):
        page = page_of(person).get(PAGE).content.decode()
        assert "A version that fails one cannot be submitted." in page
        assert (f"{PAGE}new-test/" in page) is offered
    assert "没有测试" in page_of(author, "zh-hans").get(PAGE).content.decode()


def test_an_author_writes_changes_and_removes_a_test_on_pages(people, process):
    _, author, _ = people
    client = page_of(author)
    assert client.get(f"{PAGE}new-test/").status_code == 200

    made = client.post(f"{PAGE}new-test/", {"name": "one", "variables": "", "script": "{}", "expected": '{"path": ["a"]}'})
    test = ProcessTest.objects.get()
    form = client.get(f"{PAGE}tests/{test.pk}/").context["form"]
    data = form.initial | {"expected": '{"path": ["a", "e"]}'}
    changed = client.post(f"{PAGE}tests/{test.pk}/", data)
    test.refresh_from_db()

    assert (made.status_code, changed.status_code) == (302, 302)
    assert test.expected == {"ended": True, "path": ["a", "e"]}
    assert "a → e" in client.get(PAGE).content.decode()

    removed = client.post(f"{PAGE}tests/{test.pk}/", {"work": "remove", "reason": "enough", "seen": test.digest})

    assert removed.status_code == 302
    assert not ProcessTest.objects.exists()


@pytest.mark.parametrize(
    ("field", "text"),
    [("variables", "{"), ("variables", "[]"), ("script", '{"a": 1}'), ("expected", '{"pth": []}'), ("name", "through a")],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(people, process, field, text):
    _, author, _ = people
    save(author)
    before = everything()

    answer = page_of(author).post(f"{PAGE}new-test/", {"name": "one", "expected": "{}"} | {field: text})

    assert answer.status_code in {409, 422}
    assert set(answer.context["form"].errors) == {field}
    assert answer.context["form"][field].value() == text
    assert everything() == before


def test_a_test_that_was_changed_meanwhile_is_not_overwritten_or_removed_on_pages(people, process):
    _, author, _ = people
    test = save(author)
    seen = test.digest
    save(author, FAILS, test_id=test.pk)
    before = everything()

    for data in ({"name": "mine", "expected": "{}"}, {"work": "remove", "reason": "no"}):
        answer = page_of(author).post(f"{PAGE}tests/{test.pk}/", data | {"seen": seen})
        assert answer.status_code == 409
        assert "Meanwhile" in answer.content.decode()
    assert everything() == before


def test_who_may_only_see_reads_a_test_without_a_form(people, process):
    _, author, approver = people
    test = save(author)

    page = page_of(approver).get(f"{PAGE}tests/{test.pk}/").content.decode()

    assert "&quot;path&quot;" in page
    assert "Save the test" not in page
    assert "Remove the test" not in page


def test_a_version_page_plays_the_tests_when_it_is_asked(people, process):
    _, author, approver = people
    save(author)
    save(author, FAILS)
    draft(process, author)
    address = f"{PAGE}versions/1/"

    quiet, asked = (page_of(approver).get(address + query) for query in ("", "?tests"))

    assert quiet.context["results"] is None
    assert "Tests of the process: 2." in quiet.content.decode()
    assert [result.passed for result in asked.context["results"]] == [True, False]
    assert "It should pass “b”, and did not." in asked.content.decode()
    assert "应经过“b”" in page_of(approver, "zh-hans").get(f"{address}?tests").content.decode()


def test_a_refused_submission_shows_the_results_on_the_page(people, process):
    _, author, _ = people
    save(author, FAILS)
    version = draft(process, author)
    before = everything()

    answer = page_of(author).post(
        f"{PAGE}versions/1/", {"move": "submit", "state": "draft", "digest": version.plan_digest, "reason": ""}
    )

    assert answer.status_code == 422
    assert "1 test(s) of the process fail on this version: “through b”." in answer.content.decode()
    assert "It should pass “b”, and did not." in answer.content.decode()
    assert everything() == before


def test_what_the_newest_version_does_is_filled_in_and_only_saved_when_it_is(people, process):
    _, author, _ = people
    client = page_of(author)
    given = {"name": "as it is", "variables": '{"n": 0.10}', "work": "record"}
    before = everything()

    nothing = client.post(f"{PAGE}new-test/", given)

    assert nothing.status_code == 409
    assert everything() == before
    version = draft(process, author)
    before = everything()

    answer = client.post(f"{PAGE}new-test/", given)

    assert "all that version 1 does" in answer.content.decode()
    assert everything() == before
    client.post(f"{PAGE}new-test/", {name: answer.context["form"][name].value() for name in ("name", "variables", "expected")})
    test = ProcessTest.objects.get()
    assert test.expected["path"] == ["s", "a", "e"]
    assert test.expected["variables"] == {"n": "0.10"}
    assert selectors.test_results(version)[0].passed
