"""Versions move from draft to retired; four eyes hold at every door."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.urls import reverse
from rest_framework.test import APIClient

from apps.approvals.actions import decide
from apps.approvals.errors import SamePerson
from apps.approvals.models import Approval
from apps.journal.models import Entry
from apps.kernel.errors import DomainError, NotPermitted, StaleState
from apps.people.states import Role
from apps.processes import actions, selectors
from apps.processes.errors import ModelRefused, WrongProcessId
from apps.processes.models import ProcessTemplate, ProcessVersion
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, draft, make_process, simple_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return cast()


@pytest.fixture
def process(people):
    line, author, _ = people
    return make_process(line, author)


def in_review(process, author):
    return actions.submit_version(version_id=draft(process, author).pk, actor=author)


def published(process, author, approver, step="a"):
    version = actions.submit_version(version_id=draft(process, author, step).pk, actor=author)
    actions.approve_version(version_id=version.pk, actor=approver)
    return actions.publish_version(version_id=version.pk, actor=approver)


def state_of(version):
    return ProcessVersion.objects.values_list("state", "approver").get(pk=version.pk)


def test_the_life_of_a_version_is_in_the_journal_and_its_successor_retires_it(people, process):
    _, author, approver = people

    first = published(process, author, approver)
    second = published(process, author, approver, step="b")

    assert state_of(first)[0] == "retired"
    assert state_of(second)[0] == "published"
    assert selectors.published_version("P") == second
    kinds = list(Entry.objects.filter(stream="process.P").values_list("kind", flat=True))
    life = ["version.drafted", "version.submitted", "version.approved"]
    assert kinds == ["process.created", *life, "version.published", *life, "version.retired", "version.published"]


def test_a_draft_of_the_same_author_is_replaced_and_not_doubled(people, process):
    _, author, _ = people
    first = draft(process, author)

    again = draft(process, author, step="b")

    assert again.pk == first.pk
    assert process.versions.count() == 1


def test_an_author_cannot_approve_even_with_the_right_to_approve(people, process):
    line, author, _ = people
    give_role(author, line, Role.PROCESS_APPROVER)
    version = in_review(process, author)
    entries = Entry.objects.count()

    for verb in (actions.approve_version, actions.send_back_version):
        with pytest.raises(SamePerson):
            verb(version_id=version.pk, actor=author, reason="mine")

    assert state_of(version) == ("in_review", None)
    assert Entry.objects.count() == entries


def test_an_author_cannot_approve_by_page_api_or_admin(people, process, client):
    line, author, _ = people
    give_role(author, line, Role.PROCESS_APPROVER)
    author.is_staff = author.is_superuser = True
    author.save()
    version = in_review(process, author)
    client.force_login(author)
    api = APIClient()
    api.force_login(author)

    by_page = client.post(
        reverse("process-version", args=["P", 1]), {"move": "approve", "state": "in_review", "digest": version.plan_digest}
    )
    by_api = api.post(reverse("api-version-move", args=["P", 1, "approve"]), {})
    by_admin = client.post(reverse("admin:processes_processversion_change", args=[version.pk]), {"state": "approved"})

    assert by_page.status_code == 403
    assert by_api.status_code == 403
    assert by_api.json()["type"] == "same_person"
    assert by_admin.status_code == 403
    assert state_of(version) == ("in_review", None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE processes_processversion SET state = 'approved', approver_id = author_id",
        "UPDATE processes_processversion SET state = 'approved'",
        "UPDATE processes_processversion SET state = 'published'",
        "UPDATE processes_processversion SET model_xml = 'other'",
        "UPDATE processes_processversion SET author_id = author_id + 1",
        "DELETE FROM processes_processversion",
    ],
)
def test_the_database_itself_refuses_what_the_rules_refuse(people, process, statement):
    _, author, _ = people
    version = in_review(process, author)
    before = ProcessVersion.objects.values().get(pk=version.pk)

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert ProcessVersion.objects.values().get(pk=version.pk) == before


ILLEGAL = [
    ("approve_version", "draft"),
    ("publish_version", "draft"),
    ("retire_version", "draft"),
    ("submit_version", "in_review"),
    ("publish_version", "in_review"),
    ("approve_version", "published"),
    ("submit_version", "published"),
    ("publish_version", "published"),
]


@pytest.mark.parametrize(("verb", "state"), ILLEGAL)
def test_every_other_move_is_refused_and_changes_nothing(people, process, verb, state):
    line, author, approver = people
    give_role(approver, line, Role.PROCESS_AUTHOR)
    made = {"draft": draft, "in_review": in_review}
    version = made[state](process, author) if state in made else published(process, author, approver)
    entries, before = Entry.objects.count(), state_of(version)
    actor = author if verb == "submit_version" else approver

    with pytest.raises(StaleState):
        getattr(actions, verb)(version_id=version.pk, actor=actor, reason="try")

    assert state_of(version) == before
    assert Entry.objects.count() == entries


def test_who_comes_second_is_told_that_it_was_decided(people, process, client):
    line, author, approver = people
    other = make_user("other")
    give_role(other, line, Role.PROCESS_APPROVER)
    version = in_review(process, author)
    actions.approve_version(version_id=version.pk, actor=approver)
    client.force_login(other)

    data = {"move": "send-back", "state": "in_review", "reason": "no", "digest": version.plan_digest}
    late = client.post(reverse("process-version", args=["P", 1]), data)

    assert late.status_code == 409
    assert state_of(version) == ("approved", approver.pk)


def test_what_changed_after_it_was_looked_at_is_not_approved(people, process, client):
    _, author, approver = people
    version = in_review(process, author)
    looked_at = version.plan_digest
    actions.send_back_version(version_id=version.pk, actor=approver, reason="again")
    draft(process, author, step="b")
    actions.submit_version(version_id=version.pk, actor=author)
    client.force_login(approver)
    api = APIClient()
    api.force_login(approver)

    by_page = client.post(
        reverse("process-version", args=["P", 1]), {"move": "approve", "state": "in_review", "digest": looked_at}
    )
    by_api = api.post(reverse("api-version-move", args=["P", 1, "approve"]), {"plan_digest": looked_at})

    assert (by_page.status_code, by_api.status_code) == (409, 409)
    assert by_api.json()["type"] == "stale_state"
    assert state_of(version) == ("in_review", None)


def test_programs_give_a_reason_where_people_must(people, process):
    _, author, approver = people
    version = in_review(process, author)
    api = APIClient()
    api.force_login(approver)

    answer = api.post(reverse("api-version-move", args=["P", 1, "send-back"]), {"reason": " "})

    assert answer.status_code == 400
    assert "reason" in answer.json()["errors"]
    assert state_of(version) == ("in_review", None)


@pytest.mark.parametrize("verb", ["approve", "publish"])
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_at_once_one_is_told_that_it_was_decided(people, process, verb):
    line, author, approver = people
    other = make_user("other")
    give_role(other, line, Role.PROCESS_APPROVER)
    version = in_review(process, author)
    if verb == "publish":
        actions.approve_version(version_id=version.pk, actor=approver)
    barrier, outcomes = threading.Barrier(2), []

    def decide(person):
        try:
            barrier.wait(10)
            getattr(actions, f"{verb}_version")(version_id=version.pk, actor=person)
            outcomes.append("done")
        except Exception as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(person,)) for person in (approver, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["StaleState", "done"]
    facts = Entry.objects.filter(stream="process.P", kind={"approve": "version.approved", "publish": "version.published"}[verb])
    assert facts.count() == 1


def test_without_the_right_nothing_moves(people, process):
    line, author, _ = people
    maker = make_user("maker")
    give_role(maker, line, Role.MAKER)
    version = in_review(process, author)

    for verb in (actions.approve_version, actions.send_back_version, actions.publish_version, actions.retire_version):
        with pytest.raises(NotPermitted):
            verb(version_id=version.pk, actor=maker, reason="try")
    with pytest.raises(NotPermitted):
        draft(process, maker)

    assert state_of(version) == ("in_review", None)


def test_a_model_with_errors_or_another_id_is_never_saved(people, process):
    _, author, _ = people

    for xml, refusal in (("<a/>", ModelRefused), (simple_model("Q"), WrongProcessId)):
        with pytest.raises(refusal):
            actions.save_draft(process_key="P", model_xml=xml, note="", actor=author)

    assert process.versions.count() == 0


def test_other_lines_processes_are_not_there(people, process, client):
    _, author, _ = people
    draft(process, author)
    stranger = make_user("stranger")
    give_role(stranger, make_line("line-b"), Role.PROCESS_APPROVER)
    client.force_login(stranger)

    for name, arguments in (
        ("process", ["P"]),
        ("process-version", ["P", 1]),
        ("process-model", ["P", 1]),
        ("api-version", ["P", 1]),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 404
    assert b'"P"' not in client.get(reverse("api-processes")).content
    assert list(selectors.processes_for(stranger)) == []


def test_the_list_of_processes_costs_the_same_for_many(people, client, django_assert_max_num_queries):
    line, author, _ = people
    for number in range(12):
        make_process(line, author, key=f"P{number}")
    client.force_login(author)

    with django_assert_max_num_queries(10):
        page = client.get(reverse("processes"))

    assert page.status_code == 200


def test_pages_show_the_version_its_checks_and_the_moves_of_this_person(people, process, client):
    _, author, approver = people
    published(process, author, approver)
    draft(process, author, step="b")
    actions.submit_version(version_id=process.versions.get(number=2).pk, actor=author)

    client.force_login(approver)
    page = client.get(reverse("process-version", args=["P", 2])).content.decode()

    assert 'value="approve"' in page
    assert "新增线下步骤“b”。" in page
    assert "删除线下步骤“a”。" in page
    client.force_login(author)
    assert 'value="approve"' not in client.get(reverse("process-version", args=["P", 2])).content.decode()


def test_an_upload_with_problems_shows_them_and_keeps_nothing(people, process, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    _, author, _ = people
    client.force_login(author)
    broken = simple_model().replace("<bpmn:manualTask", "<bpmn:choreographyTask")

    answer = client.post(reverse("process", args=["P"]), {"model": SimpleUploadedFile("m.bpmn", broken.encode()), "note": "try"})

    assert answer.status_code == 422
    assert b"bpmn.unsupported_element" in answer.content
    assert process.versions.count() == 0


def test_templates_are_checked_in_the_admin(people, client):
    admin = make_user("root", is_staff=True, is_superuser=True)
    client.force_login(admin)
    data = {"key": "t", "name_zh": "模板", "name_en": "Template", "description": "", "model_xml": "<a/>"}

    refused = client.post(reverse("admin:processes_processtemplate_add"), data)
    kept = client.post(reverse("admin:processes_processtemplate_add"), {**data, "model_xml": simple_model("t")})

    assert b"bpmn.root" in refused.content
    assert kept.status_code == 302
    assert ProcessTemplate.objects.get().key == "t"


def test_a_draft_is_made_from_a_template(people, process):
    _, author, _ = people
    ProcessTemplate.objects.create(key="t", name_zh="模板", name_en="Template", model_xml=simple_model("template-id"))

    version = actions.new_version_from_template(template_key="t", process_key="P", note="from template", actor=author)

    assert version.plan["process_id"] == "P"
    with pytest.raises(DomainError):
        actions.new_version_from_template(template_key="none", process_key="P", note="", actor=author)


def test_admin_only_looks_at_versions(people, process, client):
    _, author, _ = people
    version = draft(process, author)
    client.force_login(make_user("root", is_staff=True, is_superuser=True))

    for verb, arguments in (("add", []), ("delete", [version.pk])):
        assert client.post(reverse(f"admin:processes_processversion_{verb}", args=arguments), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:processes_processversion_change", args=[version.pk])).status_code == 200
    assert state_of(version)[0] == "draft"


def test_what_is_with_its_author_is_withdrawn_and_stays_a_draft(people, process):
    _, author, approver = people
    version = in_review(process, author)
    actions.send_back_version(version_id=version.pk, actor=approver, reason="not yet")
    approval = Approval.objects.get()

    decide(approval_id=approval.pk, verb="withdraw", actor=author)

    assert state_of(version) == ("draft", None)
    assert Approval.objects.get().state == "withdrawn"
    assert actions.submit_version(version_id=version.pk, actor=author).state == "in_review"
