"""Two versions of a process are compared on a page and by the API; the working copy takes part for those who draw."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.people.states import Role
from apps.processes import actions
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, make_process, simple_model

pytestmark = pytest.mark.django_db

PAGE = "/processes/P/compare/"
API = "/api/processes/P/differences/"


@pytest.fixture
def people():
    """Version 1 is in force, version 2 is a draft in which the step is called otherwise."""
    line, author, approver = cast()
    make_process(line, author)
    first = actions.save_draft(process_key="P", model_xml=simple_model(), note="first", actor=author)
    actions.submit_version(version_id=first.pk, actor=author)
    actions.approve_version(version_id=first.pk, actor=approver)
    actions.publish_version(version_id=first.pk, actor=approver)
    actions.save_draft(process_key="P", model_xml=renamed("second"), note="second", actor=author)
    return line, author, approver


def renamed(name):
    return simple_model().replace('id="a" name="a"', f'id="a" name="{name}"')


def page_of(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def api_of(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def drawn_further(author):
    actions.open_working_copy(process_key="P", actor=author)
    actions.save_working_copy(process_key="P", model_xml=renamed("drawn"), seen=1, actor=author)


def test_the_table_of_each_compared_version_is_one_click_away(people):
    page = page_of(people[1]).get(PAGE).content.decode()

    assert 'href="/processes/P/versions/1/table/"' in page
    assert 'href="/processes/P/versions/2/table/"' in page


def test_without_a_choice_the_version_in_force_is_compared_with_the_newest(people):
    answer = page_of(people[1]).get(PAGE)

    assert answer.status_code == 200
    assert (answer.context["old"], answer.context["new"]) == ("1", "2")
    assert "Manual step “second” was changed." in answer.content.decode()
    assert "Chinese name was “a” and is now “second”." in answer.content.decode()


def test_the_page_speaks_chinese(people):
    text = page_of(people[1], "zh-hans").get(PAGE, {"from": "1", "to": "2"}).content.decode()

    assert "线下步骤“second”有变更。" in text
    assert "中文名称由“a”改为“second”。" in text


def test_where_there_is_one_version_it_is_compared_with_the_working_copy(people):
    line, author, _ = people
    make_process(line, author, key="Q")
    actions.save_draft(process_key="Q", model_xml=simple_model("Q"), note="first", actor=author)
    actions.open_working_copy(process_key="Q", actor=author)

    answer = page_of(author).get("/processes/Q/compare/")

    assert (answer.context["old"], answer.context["new"]) == ("1", "draft")


def test_a_version_and_itself_have_no_difference(people):
    answer = page_of(people[1]).get(PAGE, {"from": "2", "to": "2"})

    assert answer.context["rows"] == []
    assert b"data-no-difference" in answer.content


def test_a_process_with_nothing_to_compare_says_so(people):
    line, author, _ = people
    make_process(line, author, key="Q")

    answer = page_of(author).get("/processes/Q/compare/")

    assert answer.status_code == 200
    assert b"There is nothing to compare yet" in answer.content


def test_who_draws_compares_the_working_copy(people):
    drawn_further(people[1])

    answer = page_of(people[1]).get(PAGE, {"from": "2", "to": "draft"})

    assert "Chinese name was “second” and is now “drawn”." in answer.content.decode()
    assert b'name="drawn"' in page_of(people[1]).get("/processes/P/draw/model.bpmn").content


def test_who_only_sees_the_process_compares_versions_and_not_the_working_copy(people):
    drawn_further(people[1])
    viewer = make_user("viewer")
    give_role(viewer, people[0], Role.AUDITOR)
    pair = {"from": "1", "to": "draft"}

    assert page_of(viewer).get(PAGE, {"from": "1", "to": "2"}).status_code == 200
    assert b'value="draft"' not in page_of(viewer).get(PAGE).content
    assert page_of(viewer).get(PAGE, pair).status_code == 403
    assert api_of(viewer).get(API, pair).status_code == 403
    assert page_of(viewer).get("/processes/P/draw/model.bpmn").status_code == 403


def test_others_do_not_learn_that_the_process_exists(people):
    stranger = make_user("stranger")
    give_role(stranger, make_line("line-b"), Role.PROCESS_AUTHOR)

    for answer in (
        page_of(stranger).get(PAGE),
        page_of(stranger).get("/processes/P/draw/model.bpmn"),
        api_of(stranger).get(API, {"from": "1", "to": "2"}),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize("pair", [("1", "9"), ("x", "2"), ("1", "draft"), ("-1", "2"), ("1", "9" * 30), ("١", "2")])
def test_what_is_not_there_is_not_compared(people, pair):
    answer = page_of(people[1]).get(PAGE, dict(zip(("from", "to"), pair, strict=True)))

    assert answer.status_code == 404


def test_a_model_that_cannot_be_read_is_an_error_on_the_page_and_a_problem_for_programs(people, monkeypatch):
    monkeypatch.setattr("apps.processes.selectors.drawn_model", lambda _person, _process: "<a/>")

    page = page_of(people[1]).get(PAGE, {"from": "1", "to": "draft"})
    api = api_of(people[1]).get(API, {"from": "1", "to": "draft"})

    assert (page.status_code, api.status_code) == (422, 422)
    assert b"These models cannot be compared" in page.content
    assert api.json()["type"] == "not_comparable"


def test_programs_get_facts_and_sentences(people):
    answer = api_of(people[1]).get(API, {"from": "1", "to": "2"}, headers={"accept-language": "en"})

    assert answer.json() == {
        "old": "1",
        "new": "2",
        "differences": [
            {
                "element": "a",
                "what": "changed",
                "sentence": "Manual step “second” was changed.",
                "details": ["Chinese name was “a” and is now “second”."],
                "changes": [{"property": "name", "detail": "", "old": "a", "new": "second"}],
                "layout": [],
            }
        ],
    }


@pytest.mark.parametrize("pair", [{}, {"from": "1"}, {"from": "1", "to": ""}, {"from": "one", "to": "2"}])
def test_programs_say_what_they_compare(people, pair):
    assert api_of(people[1]).get(API, pair).status_code == 400


def test_the_picture_counts_only_when_asked_for(people, monkeypatch):
    shape = (
        '<di:BPMNShape xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" bpmnElement="a" isExpanded="{}"/></bpmn:definitions>'
    )
    for number, name in enumerate(("true", "false")):
        model = simple_model().replace("</bpmn:definitions>", shape.format(name))
        if number == 0:
            actions.save_draft(process_key="P", model_xml=model, note="drawn", actor=people[1])
            actions.open_working_copy(process_key="P", actor=people[1])
        else:
            actions.save_working_copy(process_key="P", model_xml=model, seen=1, actor=people[1])
    pair = {"from": "2", "to": "draft"}

    without, with_it = (api_of(people[1]).get(API, pair | more).json()["differences"] for more in ({}, {"layout": "true"}))
    page = page_of(people[1]).get(PAGE, pair)

    assert without == []
    assert [(row["element"], row["what"]) for row in with_it] == [("a", "moved")]
    assert b"data-no-difference" in page.content
    assert page.context["states_new"] == {}


def test_the_pages_of_versions_and_of_the_drawing_lead_here(people):
    client = page_of(people[1])
    client.post("/processes/P/draw/", {"work": "open"})

    assert b'href="/processes/P/compare/"' in client.get("/processes/P/").content
    assert b"/processes/P/compare/?from=1&amp;to=2" in client.get("/processes/P/versions/2/").content
    assert b"/processes/P/compare/?from=2&amp;to=draft" in client.get("/processes/P/draw/").content


def test_the_page_asks_the_database_few_questions(people, django_assert_max_num_queries):
    drawn_further(people[1])
    client = page_of(people[1])

    with django_assert_max_num_queries(13):
        client.get(PAGE, {"from": "1", "to": "draft"})
