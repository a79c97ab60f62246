"""The page and the API on which a process is drawn."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.people.states import Role
from apps.processes import actions
from apps.processes.models import ProcessVersion, WorkingCopy, WorkingCopyRevision
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, draft, make_process, simple_model

pytestmark = pytest.mark.django_db

PAGE = "/processes/P/draw/"
API = "/api/processes/P/working-copy/"


@pytest.fixture
def author():
    line, author, _ = cast()
    draft(make_process(line, author), author)
    return author


@pytest.fixture
def page(author):
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def api(author):
    client = APIClient()
    client.force_authenticate(author)
    return client


def test_where_nobody_draws_the_page_offers_to_begin(page):
    answer = page.get(PAGE)

    assert answer.status_code == 200
    assert b'value="open"' in answer.content
    assert not WorkingCopy.objects.exists()  # looking begins nothing


def test_a_begun_working_copy_comes_with_its_model_and_what_its_fields_offer(page):
    page.post(PAGE, {"work": "open"})

    answer = page.get(PAGE)

    assert answer.context["copy"].number == 1
    assert {"value": "maker", "label": "经办"} in answer.context["choices"]["roles"]
    assert any(one["name"] == "engine.nothing" for one in answer.context["choices"]["handlers"])
    assert 'data-revision="1"' in answer.content.decode()


def test_a_finished_working_copy_is_a_draft_of_its_author(page, author):
    page.post(PAGE, {"work": "open"})
    page.put(API, {"model_xml": simple_model(step="b"), "seen": 1}, content_type="application/json")

    answer = page.post(PAGE, {"work": "finish", "seen": 2, "note": "b instead of a"})

    version = ProcessVersion.objects.get()
    assert answer.headers["Location"] == f"/processes/P/versions/{version.number}/"
    assert (version.author, version.note, 'id="b"' in version.model_xml) == (author, "b instead of a", True)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"work": "finish", "seen": 2, "note": "why"}, 422),
        ({"work": "finish", "seen": 1, "note": "why"}, 409),
        ({"work": "finish", "seen": 2, "note": ""}, 422),
        ({"work": "finish", "seen": "x", "note": "why"}, 422),
        ({"work": "discard", "seen": 1, "note": "why"}, 409),
        ({"work": "discard", "seen": 2, "note": ""}, 422),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(page, sent, status):
    page.post(PAGE, {"work": "open"})
    broken = simple_model().replace('targetRef="e"', 'targetRef="nowhere"')
    page.put(API, {"model_xml": broken, "seen": 1}, content_type="application/json")
    before = list(WorkingCopyRevision.objects.values_list("number", "model_xml"))

    answer = page.post(PAGE, sent)

    assert answer.status_code == status
    assert b'role="alert"' in answer.content
    assert list(WorkingCopyRevision.objects.values_list("number", "model_xml")) == before


def test_who_may_only_see_the_process_does_not_draw_it(author):
    viewer = make_user("viewer")
    give_role(viewer, make_line("line-a"), Role.AUDITOR)
    client = Client()
    client.force_login(viewer)

    for answer in (client.get(PAGE), client.post(PAGE, {"work": "open"}), client.get(API)):
        assert answer.status_code == 403
    assert not WorkingCopy.objects.exists()


def test_the_second_save_of_the_same_element_gets_409_with_who_and_what(api, author):
    actions.open_working_copy(process_key="P", actor=author)
    model = simple_model()
    api.put(API, {"model_xml": model.replace('name="a"', 'name="one"'), "seen": 1}, format="json")

    answer = api.put(API, {"model_xml": model.replace('name="a"', 'name="two"'), "seen": 1}, format="json")

    assert answer.status_code == 409
    assert answer.json()["type"] == "edited_meanwhile"
    assert str(author) in answer.json()["detail"]
    assert WorkingCopy.objects.get().revision == 2


def test_the_second_save_of_another_element_answers_with_both(api, author):
    actions.open_working_copy(process_key="P", actor=author)
    model = simple_model()
    api.put(API, {"model_xml": model.replace('name="a"', 'name="one"'), "seen": 1}, format="json")

    answer = api.put(API, {"model_xml": model.replace('name="e"', 'name="two"'), "seen": 1}, format="json")

    assert answer.status_code == 200
    assert answer.json()["revision"] == 3
    assert 'name="one"' in answer.json()["model_xml"]


@pytest.mark.parametrize("body", [{}, {"model_xml": "<a/>"}, {"model_xml": "<a/>", "seen": 0}, {"seen": 1}])
def test_an_incomplete_save_is_refused_by_field(api, author, body):
    actions.open_working_copy(process_key="P", actor=author)

    answer = api.put(API, body, format="json")

    assert answer.status_code == 400
    assert WorkingCopy.objects.get().revision == 1


def test_the_page_asks_the_database_few_questions(page, django_assert_max_num_queries):
    page.post(PAGE, {"work": "open"})

    with django_assert_max_num_queries(14):
        page.get(PAGE)
