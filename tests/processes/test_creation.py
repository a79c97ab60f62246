"""A process begins empty or as a copy of a template; nobody makes a version that was never reviewed."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from apps.kernel.clock import now
from apps.people.states import Role
from apps.processes.core.bpmn import read_model
from apps.processes.core.renaming import with_process_id
from apps.processes.models import Process, ProcessTemplate, ProcessVersion
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, make_process, simple_model

pytestmark = pytest.mark.django_db

FACTS = {"key": "new-one", "name_zh": "新流程", "name_en": "New one"}


@pytest.fixture
def people():
    return cast()


@pytest.fixture
def template():
    return ProcessTemplate.objects.create(key="base", name_zh="基础", name_en="Base", model_xml=simple_model("T"))


def test_the_page_makes_a_process_with_the_templates_model_as_first_draft(client, people, template):
    line, author, _ = people
    client.force_login(author)

    answer = client.post(reverse("new-process"), {**FACTS, "line": line.pk, "template": "base"})

    version = ProcessVersion.objects.get(process__key="new-one")
    assert answer.url == reverse("process-version", args=["new-one", 1])
    assert (version.state, version.author) == ("draft", author)
    assert version.plan["process_id"] == "new-one"


def test_the_page_makes_an_empty_process_without_a_template(client, people):
    line, author, _ = people
    client.force_login(author)

    answer = client.post(reverse("new-process"), {**FACTS, "line": line.pk})

    assert answer.url == reverse("process", args=["new-one"])
    assert not ProcessVersion.objects.exists()


@pytest.mark.parametrize("wrong", [{"key": "9 lives"}, {"key": ""}, {"name_en": ""}, {"line": "0"}, {"template": "nothing"}])
def test_a_wrong_answer_stays_on_the_form_and_makes_nothing(client, people, wrong):
    line, author, _ = people
    client.force_login(author)

    answer = client.post(reverse("new-process"), {**FACTS, "line": line.pk, **wrong})

    assert answer.status_code == 422
    assert not Process.objects.exists()


def test_a_key_that_is_taken_is_refused_in_place(client, people):
    line, author, _ = people
    make_process(line, author, "new-one")
    client.force_login(author)

    answer = client.post(reverse("new-process"), {**FACTS, "line": line.pk})

    assert answer.status_code == 409
    assert answer.context["form"].errors["key"]


def test_a_template_that_no_longer_passes_the_checks_makes_neither_process_nor_draft(client, people):
    line, author, _ = people
    ProcessTemplate.objects.create(key="broken", name_zh="坏", name_en="Broken", model_xml="<nonsense/>")
    client.force_login(author)

    answer = client.post(reverse("new-process"), {**FACTS, "line": line.pk, "template": "broken"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["template"]
    assert not Process.objects.exists()


def test_who_writes_for_no_line_finds_no_form_and_other_lines_are_not_offered(client, people):
    _, author, approver = people
    foreign = make_line("line-b")
    client.force_login(approver)
    assert b"<form" not in client.get(reverse("new-process")).content.split(b"<main")[1].split(b"</main>")[0]

    client.force_login(author)
    answer = client.post(reverse("new-process"), {**FACTS, "line": foreign.pk})

    assert answer.status_code == 422
    assert not Process.objects.exists()


def test_programs_create_processes_the_same_way(people, template):
    line, author, _ = people
    client = APIClient()
    client.force_authenticate(author)

    made = client.post(reverse("api-processes"), {**FACTS, "line": line.code, "template": "base"}, format="json")
    again = client.post(reverse("api-processes"), {**FACTS, "line": line.code}, format="json")
    foreign = client.post(reverse("api-processes"), {**FACTS, "key": "x", "line": make_line("line-b").code}, format="json")

    assert (made.status_code, again.status_code, foreign.status_code) == (201, 409, 404)
    assert list(ProcessVersion.objects.values_list("process__key", "number")) == [("new-one", 1)]


def test_renaming_follows_the_pool_and_the_diagram_and_touches_no_text():
    xml = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" id="d">'
        '<bpmn:collaboration id="c"><bpmn:participant id="p" name="T" processRef="T"/></bpmn:collaboration>'
        '<bpmn:process id="T" name="T"><bpmn:startEvent id="s" name="T"/></bpmn:process>'
        '<bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="q" bpmnElement="T"/></bpmndi:BPMNDiagram></bpmn:definitions>'
    )

    renamed = with_process_id(xml.encode(), "T", "new-one")

    assert renamed == xml.replace('processRef="T"', 'processRef="new-one"').replace(
        '<bpmn:process id="T"', '<bpmn:process id="new-one"'
    ).replace('bpmnElement="T"', 'bpmnElement="new-one"')


def test_the_renamed_model_is_read_as_the_same_plan_but_for_its_id():
    plan = read_model(simple_model("T").encode()).plan

    renamed = read_model(with_process_id(simple_model("T").encode(), "T", "U").encode()).plan

    assert plan is not None
    assert renamed is not None
    assert (renamed.process_id, renamed.nodes, renamed.flows) == ("U", plan.nodes, plan.flows)


@pytest.mark.parametrize("state", ["in_review", "approved", "published", "retired"])
def test_no_insert_makes_a_version_that_nobody_reviewed(people, state):
    line, author, approver = people
    process = make_process(line, author)
    facts = {"number": 1, "model_xml": "x", "plan_digest": "d", "author": author, "created_at": now()}

    with pytest.raises(DatabaseError), transaction.atomic():
        ProcessVersion.objects.create(process=process, state=state, approver=approver, **facts)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcessVersion.objects.create(process=process, approver=approver, **facts)

    assert not ProcessVersion.objects.exists()


def test_an_author_elsewhere_cannot_create_here(people):
    line, _, _ = people
    stranger = make_user("stranger")
    give_role(stranger, make_line("line-b"), Role.PROCESS_AUTHOR)
    client = APIClient()
    client.force_authenticate(stranger)

    answer = client.post(reverse("api-processes"), {**FACTS, "line": line.code}, format="json")

    assert answer.status_code == 404
    assert not Process.objects.exists()


def test_the_admin_site_draws_the_model_of_a_template_for_those_who_keep_templates(client, people, template):
    page, model = (reverse(f"admin:processes_processtemplate_{name}", args=[template.pk]) for name in ("change", "model"))
    client.force_login(make_user("root", superuser=True))

    shown, drawn = client.get(page), client.get(model)

    assert f'href="{model}"' in shown.content.decode()
    assert "data-canvas" in shown.content.decode()
    assert drawn.content.decode() == template.model_xml
    client.force_login(people[1])
    assert client.get(model).status_code == 302
