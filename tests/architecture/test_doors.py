"""Every address of the product against everybody: who gets through stands in one table, and an address without a row fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from apps.approvals.models import Approval
from apps.engine.actions import intervene
from apps.engine.models import Step
from apps.engine.states import RUN_VERBS, STEP_VERBS, Verb
from apps.files.actions import scan_source
from apps.files.models import ArrivedFile
from apps.people.models import User
from apps.people.states import ROLE_RIGHTS, Right, Role
from apps.processes import actions as processes
from apps.processes.core.plan import Event, EventKind, NodeKind
from tests.factories.approvals import stand_in_for
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, begin, run_until_quiet
from tests.factories.engine import published as published_engine
from tests.factories.files import DAY, drop, source, table_bytes
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import draft, simple_model
from tests.factories.recon import a_break

pytestmark = pytest.mark.django_db

OPEN = "everybody"
INSIDE = "everybody who is signed in"


@dataclass(frozen=True)
class Door:
    """`who`: OPEN, INSIDE or the right on the object's line that gets through; `method` and `data` of the request."""

    who: str | Right
    method: str = "get"
    arguments: tuple[str, ...] = ()
    data: tuple[tuple[str, Any], ...] = ()


def door(who: str | Right, method: str = "get", *arguments: str, **data: Any) -> Door:
    return Door(who, method, arguments, tuple(data.items()))


MODEL = simple_model("P")


def uploaded() -> SimpleUploadedFile:
    return SimpleUploadedFile("p.bpmn", MODEL.encode())


RUN, STEP, REQUEST, FILE, BREAK, APPROVAL, TEST = "run", "step", "request", "file", "break", "approval", "test"
STAND_IN = "stand-in"
VERSION = ("P", "version")
DOORS: dict[str, list[Door]] = {
    "sign-in": [door(OPEN), door(OPEN, "post")],
    "set_language": [door(OPEN, "post", language="en")],
    "sign-out": [door(OPEN, "post")],
    "profile": [door(INSIDE)],
    "password-change": [door(INSIDE)],
    "home": [door(INSIDE)],
    "runs": [door(INSIDE)],
    "tasks": [door(INSIDE)],
    "calendar": [door(INSIDE)],
    "files": [door(INSIDE)],
    "breaks": [door(INSIDE)],
    "processes": [door(INSIDE)],
    "new-process": [door(INSIDE)],
    "runs-together": [door(INSIDE), door(INSIDE, "post", verb="pause", run="1", reason="a trial")],
    "pause-lines": [
        door(INSIDE, "get", "pause"),
        door(Right.OPERATE, "post", "pause", line="rtgs-sh", reason="a trial"),
    ],
    "hold-nodes": [
        door(Right.OPERATE, "get", RUN, "hold"),
        door(Right.OPERATE, "post", RUN, "hold", node="make", reason="a trial"),
    ],
    "begin-run": [door(Right.OPERATE, "post", process="P", business_date="2026-03-03")],
    "run": [door(Right.VIEW, "get", RUN)],
    "run-model": [door(Right.VIEW, "get", RUN)],
    "migrate-runs": [door(Right.OPERATE, "get", "P"), door(Right.OPERATE, "post", "P", run="1", reason="a trial")],
    "intervene-run": [
        door(Right.OPERATE, "get", RUN, "pause"),
        *(door(Right.OPERATE, "post", RUN, verb, reason="a trial") for verb in RUN_VERBS),
    ],
    "intervene-step": [
        door(Right.OPERATE, "get", RUN, STEP, "skip"),
        *(door(Right.OPERATE, "post", RUN, STEP, verb, reason="a trial") for verb in STEP_VERBS),
    ],
    "decide-request": [door(Right.OPERATE, "post", REQUEST, "sign"), door(Right.OPERATE, "post", REQUEST, "refuse", reason="no")],
    "step": [door(Right.VIEW, "get", RUN, STEP)],
    "complete-step": [door(Right.MAKE, "post", RUN, STEP)],
    "move-step": [door(Right.MAKE, "post", RUN, STEP, "take")],
    "approvals": [door(INSIDE)],
    "approvals-together": [door(INSIDE), door(INSIDE, "post", verb="approve", approval="1:1")],
    "away": [door(INSIDE), door(INSIDE, "post", reason="a trial")],
    "end-stand-in": [door(Right.ADMINISTER, "post", STAND_IN)],
    "approval": [
        door(Right.VIEW, "get", APPROVAL),
        door(Right.APPROVE, "post", APPROVAL, verb="approve", revision="1"),
        door(Right.VIEW, "post", APPROVAL, verb="comment", text="a trial"),
        door(Right.APPROVE, "post", APPROVAL, verb="reject", revision="1", reason="no"),
    ],
    "api-approvals": [door(INSIDE)],
    "api-stand-ins": [door(INSIDE), door(INSIDE, "post", reason="a trial")],
    "api-end-stand-in": [door(Right.ADMINISTER, "post", STAND_IN)],
    "api-approval": [door(Right.VIEW, "get", APPROVAL)],
    "api-approval-verb": [
        door(Right.APPROVE, "post", APPROVAL, "approve"),
        door(Right.VIEW, "post", APPROVAL, "comment", text="a trial"),
        door(Right.APPROVE, "post", APPROVAL, "reject", reason="no"),
        door(Right.APPROVE, "post", APPROVAL, "send-back", reason="no"),
    ],
    "process": [door(Right.VIEW, "get", "P"), door(Right.AUTHOR, "post", "P", model=uploaded, note="why")],
    "process-version": [door(Right.VIEW, "get", *VERSION)],
    "new-process-test": [
        door(Right.AUTHOR, "get", "P"),
        door(Right.AUTHOR, "post", "P", name="another", expected='{"ended": true}'),
    ],
    "process-test": [
        door(Right.VIEW, "get", "P", TEST),
        door(Right.AUTHOR, "post", "P", TEST, name="another"),
        door(Right.AUTHOR, "post", "P", TEST, work="record", name="another"),
        door(Right.AUTHOR, "post", "P", TEST, work="remove", reason="a trial"),
    ],
    "api-tests": [door(Right.VIEW, "get", "P"), door(Right.AUTHOR, "post", "P", name="another")],
    "api-test": [
        door(Right.VIEW, "get", "P", TEST),
        door(Right.AUTHOR, "put", "P", TEST, name="another"),
        door(Right.AUTHOR, "delete", "P", TEST, reason="a trial"),
    ],
    "api-version-test-results": [door(Right.VIEW, "get", *VERSION)],
    "draw": [door(Right.AUTHOR, "get", "P"), door(Right.AUTHOR, "post", "P", work="open")],
    "api-working-copy": [
        door(Right.AUTHOR, "get", "P"),
        door(Right.AUTHOR, "post", "P"),
        door(Right.AUTHOR, "put", "P", model_xml=MODEL, seen=1),
        door(Right.AUTHOR, "delete", "P", seen=1, reason="why"),
    ],
    "api-working-copy-finish": [door(Right.AUTHOR, "post", "P", seen=1, note="why")],
    "process-model": [door(Right.VIEW, "get", *VERSION)],
    "drawn-model": [door(Right.AUTHOR, "get", "P")],
    "compare": [door(Right.VIEW, "get", "P")],
    "api-differences": [door(Right.VIEW, "get", "P", **{"from": "1", "to": "2"})],
    "file": [door(Right.VIEW, "get", FILE)],
    "file-original": [door(Right.VIEW, "get", FILE)],
    "explain-break": [door(Right.OPERATE, "post", BREAK, reason="known", cause="timing")],
    "api-journal": [door(Right.VIEW, "get", "run-stream")],
    "api-processes": [door(INSIDE)],
    "api-versions": [door(Right.VIEW, "get", "P"), door(Right.AUTHOR, "post", "P", model_xml=MODEL, note="why")],
    "api-version": [door(Right.VIEW, "get", *VERSION)],
    "api-version-move": [
        door(Right.APPROVE, "post", *VERSION, "approve"),
        door(Right.APPROVE, "post", *VERSION, "send-back", reason="no"),
    ],
    "api-check": [door(INSIDE, "post", model_xml="<x/>")],
    "api-runs": [door(INSIDE), door(Right.OPERATE, "post", process="P", business_date="2026-03-03")],
    "api-messages": [door(Right.OPERATE, "post", name="mail", key="k", once="1")],
    "api-signals": [door(Right.OPERATE, "post", name="bell", once="1")],
    "api-run": [door(Right.VIEW, "get", RUN)],
    "api-run-hold-node": [door(Right.OPERATE, "post", RUN, reason="a trial", node="make")],
    "api-run-release-node": [door(Right.OPERATE, "post", RUN, reason="a trial", node="make")],
    **{f"api-run-{verb}": [door(Right.OPERATE, "post", RUN, reason="a trial")] for verb in RUN_VERBS},
    **{f"api-step-{verb}": [door(Right.OPERATE, "post", STEP, reason="a trial")] for verb in STEP_VERBS},
    "api-interventions": [door(INSIDE, "post", verb="pause", subjects=[1], reason="a trial")],
    "api-requests": [door(INSIDE)],
    "api-request-sign": [door(Right.OPERATE, "post", REQUEST)],
    "api-request-refuse": [door(Right.OPERATE, "post", REQUEST, reason="no")],
    "api-request-withdraw": [door(Right.VIEW, "post", REQUEST)],
    "api-line-pause": [door(Right.OPERATE, "post", "rtgs-sh", reason="a trial")],
    "api-line-resume": [door(Right.OPERATE, "post", "rtgs-sh", reason="a trial")],
    "api-steps": [door(INSIDE)],
    "api-step": [door(Right.VIEW, "get", STEP)],
    "api-step-take": [door(Right.MAKE, "post", STEP)],
    "api-step-give-back": [door(Right.MAKE, "post", STEP)],
    "api-step-complete": [door(Right.MAKE, "post", STEP, answer={})],
    "api-files": [door(INSIDE)],
    "api-file": [door(Right.VIEW, "get", FILE)],
    "api-breaks": [door(INSIDE)],
    "api-break": [door(Right.VIEW, "get", BREAK)],
    "api-explain-break": [door(Right.OPERATE, "post", BREAK, reason="known", cause="timing")],
}

KEPT_OUT = {401, 403, 404}


def addresses(patterns: Iterable[Any] | None = None) -> set[str]:
    """The names of all addresses but those of the admin site, which has a door of its own."""
    found: set[str] = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name or str(pattern.pattern))
        elif getattr(pattern, "app_name", "") != "admin":
            found |= addresses(pattern.url_patterns)
    return found


@pytest.fixture
def world(tmp_path):
    """One line with a process in review, a run that waits for a maker, a file and a break; the arguments of addresses."""
    line = make_line("rtgs-sh")
    author = make_user("the-author")
    give_role(author, line, Role.PROCESS_AUTHOR)
    published = published_with_drawing(PlanText("P").user("make").flow("start", "make", "end"), on=line)
    version = processes.submit_version(version_id=draft(published.process, author).pk, actor=author)
    processes.open_working_copy(process_key="P", actor=author)
    called = (Event(EventKind.MESSAGE, name="mail"), Event(EventKind.SIGNAL, name="bell"))
    published_engine(
        PlanText("CALLED").node("hear", NodeKind.START, events=called).user("make").flow("hear", "make", "end"), on=line
    )
    run = begin("P")
    run_until_quiet()
    one = source(tmp_path, required_codes=["jsmx"])
    rows = [{"SCDM": "01", "JLLX": "003", "YWLX": "605", "MMBZ": "B", "QSJE": "1"}]
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", rows))
    for _ in range(2):
        scan_source(source_id=one.pk, business_date=DAY)
    asker = make_user("the-asker")
    give_role(asker, line, Role.OPERATOR)
    asked = intervene(verb=Verb.TERMINATE, subject_id=run.pk, actor=asker, reason="a trial").request
    assert asked is not None
    return {
        RUN: run.pk,
        REQUEST: asked.pk,
        STEP: Step.objects.get(run=run, node_id="make").pk,
        FILE: ArrivedFile.objects.get().pk,
        BREAK: a_break().pk,
        TEST: processes.save_test(process_key="P", test={"name": "it ends"}, actor=author).pk,
        APPROVAL: Approval.objects.get(subject=version.pk).pk,
        STAND_IN: stand_in_for(author, asker, line).pk,
        "version": version.number,
        "run-stream": f"run.{run.pk}",
    }


def people() -> dict[str, tuple[User, frozenset[Right]]]:
    """One person for each role on the line, and a stranger who holds every role on another line."""
    line, other = make_line("rtgs-sh"), make_line("options")
    cast: dict[str, tuple[User, frozenset[Right]]] = {}
    for role in Role:
        member = make_user(f"one-{role.value}")
        give_role(member, line, role)
        cast[role.value] = (member, ROLE_RIGHTS[role])
    stranger = make_user("stranger")
    give_role(stranger, other, *Role)
    return cast | {"stranger": (stranger, frozenset())}


def knocked(name: str, one: Door, world: dict[str, Any], person: User | None) -> int:
    """The status that a request gets; whatever it changed is undone."""
    client = Client(HTTP_HX_REQUEST="true")  # parts of pages are asked for as the pages do it
    if person is not None:
        client.force_login(person)
    address = reverse(name, args=[world.get(argument, argument) for argument in one.arguments])
    data: Any = {key: value() if callable(value) else value for key, value in one.data}
    with transaction.atomic():
        if one.method == "get":
            status = client.get(address).status_code
        elif name.startswith("api-"):
            status = getattr(client, one.method)(address, data, content_type="application/json").status_code
        else:
            status = client.post(address, data).status_code
        transaction.set_rollback(True)
    return status


def test_every_address_has_a_row_in_the_table():
    assert addresses() == set(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_who_is_not_signed_in_gets_no_further_than_the_door(name, world):
    for one in DOORS[name]:
        status = knocked(name, one, world, None)

        if one.who == OPEN:
            assert status in {200, 302, 422}, one
        elif name.startswith("api-"):
            assert status in {401, 403}, one
        else:
            assert status in {204, 302}, one


@pytest.mark.parametrize("name", sorted(DOORS))
def test_who_is_signed_in_gets_through_with_the_right_and_only_then(name, world):
    cast = people()

    for one in DOORS[name]:
        for role, (person, rights) in cast.items():
            status = knocked(name, one, world, person)

            assert status < 500, (one, role)
            if one.who in {OPEN, INSIDE} or one.who in rights:
                assert status not in KEPT_OUT, (one, role, status)
            elif role == "stranger":
                assert status == 404, (one, role, status)
            else:
                assert status in {403, 404}, (one, role, status)
