"""Who has to agree is written in the admin site; what nobody could pass is refused there."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.approvals.models import ApprovalFlow
from apps.journal.models import Entry
from apps.people.states import Role
from apps.processes.states import VERSION
from tests.factories.approvals import make_flow
from tests.factories.people import make_line, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(make_user("root", superuser=True))
    return browser


def form(line, *stages, least=1):
    data = {
        "kind": VERSION, "line": line.pk, "name_zh": "流程", "name_en": "flow", "least": least,
        "stages-TOTAL_FORMS": len(stages), "stages-INITIAL_FORMS": 0, "stages-MIN_NUM_FORMS": 1, "stages-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for number, stage in enumerate(stages):
        given = {
            "position": number + 1,
            "name_zh": "步",
            "name_en": "s",
            "rule": "any",
            "number": 1,
            "role": "",
            "team": "",
            **stage,
        }
        data |= {f"stages-{number}-{name}": value for name, value in given.items()}
    return data


def test_a_flow_is_written_and_journaled_with_its_stages(client):
    line, person = make_line(), make_member("ann", Role.MANAGER)

    answer = client.post(reverse("admin:approvals_approvalflow_add"), form(line, {"role": "manager"}, {"people": [person.pk]}))

    assert answer.status_code == 302
    flow = ApprovalFlow.objects.get()
    assert [stage.role for stage in flow.stages.all()] == ["manager", ""]
    entry = Entry.objects.get(kind="approval.flow_changed")
    assert [stage["people"] for stage in entry.data["stages"]] == [[], [person.pk]]


@pytest.mark.parametrize(
    ("stages", "least"),
    [
        ([{}], 1),
        ([{"rule": "count", "number": 2, "people": ["ann"]}], 1),
        ([{"people": ["ann"]}], 2),
    ],
)
def test_a_flow_that_nobody_could_pass_is_refused_and_not_kept(client, stages, least):
    line, ann = make_line(), make_member("ann", Role.MANAGER)
    for stage in stages:
        stage["people"] = [ann.pk] if stage.get("people") else []

    client.post(reverse("admin:approvals_approvalflow_add"), form(line, *stages, least=least))

    assert not ApprovalFlow.objects.exists()
    assert not Entry.objects.filter(kind="approval.flow_changed").exists()


def test_removing_a_flow_is_journaled(client):
    flow = make_flow(make_line(), {"role": "manager"}, kind=VERSION)

    client.post(reverse("admin:approvals_approvalflow_delete", args=[flow.pk]), {"post": "yes"})

    assert not ApprovalFlow.objects.exists()
    assert Entry.objects.get(kind="approval.flow_changed").data["stages"] == []
