"""Every address of the product against everybody: who gets through stands in one table, and an address without a row fails."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

from apps.approvals.models import Approval
from apps.calendars.models import Calendar
from apps.changes import actions as changes
from apps.changes.actions.replaying import ask_for_waiver, begin_replay, begin_version_replay
from apps.comments.actions import attach_file, write_comment
from apps.engine.actions import intervene
from apps.engine.models import Step
from apps.engine.states import Verb
from apps.files.actions import scan_source
from apps.files.models import ArrivedFile
from apps.journal.models import Entry
from apps.monitors.actions import create_monitor
from apps.people.actions import create_token, grant_on_process
from apps.people.models import Membership, User
from apps.people.states import ROLE_RIGHTS, Right, Role
from apps.processes import actions as processes
from apps.processes.core.plan import Event, EventKind, NodeKind
from apps.processes.selectors.packages import packaged
from apps.tickets.actions import link_thing, plan_release, raise_ticket, relate_tickets
from tests.architecture.door_words import (
    APPROVAL,
    ATTACHMENT,
    BREAK,
    CHANGE,
    CHANGE_ITEM,
    COMMENT,
    CORRECTION,
    CUT_OFF,
    DELIVERY,
    DUTY,
    ENTRY,
    FILE,
    HANDOVER,
    INCOMING,
    INSIDE,
    KEEPERS,
    LETTER,
    LINK,
    MARGIN_ACCOUNT,
    MEMBERSHIP,
    MONITOR,
    OPEN,
    OPTION,
    OUTGOING,
    OWN,
    PACKAGE,
    PRODUCT,
    PRODUCT_RULE,
    RATE,
    RECONCILIATION,
    RELATION,
    RELEASE,
    REPLAYED,
    REQUEST,
    RULE,
    RUN,
    STAND_IN,
    STATEMENT,
    STEP,
    TEST,
    THINGS,
    TICKET,
    TICKET_KEY,
    TOKEN,
    VARIANT,
    VERSION_KEY,
    Door,
)
from tests.architecture.doors import DOORS
from tests.factories.approvals import stand_in_for
from tests.factories.corrections import a_correction
from tests.factories.desk import published_with_drawing
from tests.factories.engine import PlanText, begin, run_until_quiet
from tests.factories.engine import published as published_engine
from tests.factories.fees import a_rate
from tests.factories.files import DAY, drop, source, table_bytes
from tests.factories.hooks import a_dead_letter, an_incoming_hook, an_outgoing_hook
from tests.factories.notices import a_failed_delivery
from tests.factories.options import a_margin_account, an_option_contract
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import draft, make_variant
from tests.factories.products import a_rule, doors_of_products
from tests.factories.recon import a_break, a_definition, a_statement
from tests.factories.shifts import on_a_shift
from tests.factories.uplifts import an_uplift

pytestmark = pytest.mark.django_db

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


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One line with a process in review, a run that waits for a maker, a file and a break; the arguments of addresses.

    Made once for a file and taken away behind it; what a test does is undone by itself. No transaction is open meanwhile: the
    feeds of other tests on the same server would wait for its end.
    """
    with django_db_blocker.unblock(), translation.override(settings.LANGUAGE_CODE):
        try:
            with transaction.atomic():
                made = made_world(tmp_path_factory.mktemp("world"))
            yield made
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def cast(world, django_db_blocker):
    with django_db_blocker.unblock():
        cast = people()
        for person, _rights in cast.values():
            COOKIES[person.pk] = signed_in(person).cookies.output(header="", sep=";")
    yield cast
    COOKIES.clear()


def made_world(folder: Path) -> dict[str, Any]:
    line = make_line("rtgs-sh")
    author = make_user("the-author")
    give_role(author, line, Role.PROCESS_AUTHOR)
    published = published_with_drawing(PlanText("P").user("make").flow("start", "make", "end"), on=line)
    version = processes.submit_version(version_id=draft(published.process, author).pk, actor=author)
    processes.open_working_copy(process_key="P", actor=author)
    called = (Event(EventKind.MESSAGE, name="mail"), Event(EventKind.SIGNAL, name="bell"))
    called_version = published_engine(
        PlanText("CALLED").node("hear", NodeKind.START, events=called).user("make").flow("hear", "make", "end"), on=line
    )
    run = begin("P")
    run_until_quiet()
    one = source(folder, required_codes=["jsmx"])
    rows = [{"SCDM": "01", "JLLX": "003", "YWLX": "605", "MMBZ": "B", "QSJE": "1"}]
    drop(folder, "jsmx.713", table_bytes("jsmx", rows))
    for _ in range(2):
        scan_source(source_id=one.pk, business_date=DAY)
    a_definition()
    asker = make_user("the-asker")
    give_role(asker, line, Role.OPERATOR)
    asked = intervene(verb=Verb.TERMINATE, subject_id=run.pk, actor=asker, reason="a trial").request
    assert asked is not None
    holder, root = make_user("the-holder"), make_user("the-root", superuser=True)
    grant_on_process(process_key="P", rights=[Right.VIEW], user_id=holder.pk, actor=root, reason="a trial")
    change = changes.create_change(line_id=line.pk, actor=author, title="a trial", kind="emergency", reason="why")
    Calendar.objects.create(
        code="CN-EX", name_zh="x", name_en="x", official_from=date(2026, 1, 1), official_until=date(2026, 12, 31)
    )
    item = changes.add_item(change_id=change.pk, kind="step.window", content=CUT_OFF, actor=author)
    replayed = changes.create_change(line_id=line.pk, actor=author, title="a trial", kind="emergency", reason="why")
    number = draft(called_version.process, author, "make").number
    changes.add_item(change_id=replayed.pk, kind="process.version", content={"process": "CALLED", "number": number}, actor=author)
    begin_replay(change_id=replayed.pk, actor=author)
    begin_version_replay(version_id=version.pk, actor=author)
    ask_for_waiver(change_id=replayed.pk, reason="a trial", actor=author)
    ticket, other = (raise_ticket(line_id=line.pk, title="a wish", actor=author) for _number in range(2))
    return {
        **{f"about-{kind}": kind for kind in THINGS},
        COMMENT: write_comment(kind="version", key=version.pk, text="a word", actor=author).comment.pk,
        ATTACHMENT: attach_file(kind="ticket", key=ticket.pk, name="note.txt", data=b"a word", actor=author).pk,
        TICKET_KEY: ticket.pk,
        DELIVERY: a_failed_delivery(line).pk,
        OUTGOING: (hook := an_outgoing_hook(author)).pk,
        LETTER: a_dead_letter(hook).pk,
        INCOMING: an_incoming_hook(author).pk,
        VERSION_KEY: version.pk,
        RUN: run.pk,
        MEMBERSHIP: Membership.objects.get(user=asker).pk,
        REQUEST: asked.pk,
        STEP: Step.objects.get(run=run, node_id="make").pk,
        FILE: ArrivedFile.objects.get().pk,
        CORRECTION: a_correction(run, ArrivedFile.objects.get(), author).pk,
        BREAK: (one_break := a_break()).pk,
        RECONCILIATION: one_break.reconciliation_id,
        STATEMENT: a_statement(author).pk,
        MARGIN_ACCOUNT: a_margin_account(run).pk,
        OPTION: an_option_contract(run, ArrivedFile.objects.get()).number,
        TEST: processes.save_test(process_key="P", test={"name": "it ends"}, actor=author).pk,
        APPROVAL: Approval.objects.get(subject=version.pk).pk,
        PACKAGE: processes.receive_package(content=packaged(author, ["P"]), actor=author).pk,
        VARIANT: make_variant(published, author).process.key,
        TICKET: ticket.name,
        RELATION: relate_tickets(ticket_id=ticket.pk, kind="blocks", other=other.name, actor=author).pk,
        RELEASE: plan_release(line_id=line.pk, name="one", target_date=date(2099, 1, 1), actor=author).pk,
        MONITOR: (
            watched := create_monitor(line_id=line.pk, code="late", metric="steps.late", name_zh="x", name_en="x", actor=root)
        ).pk,
        LINK: link_thing(ticket_id=ticket.pk, kind="alert", subject=watched.pk, actor=author).pk,
        ENTRY: Entry.objects.get(kind="monitor.created").pk,
        RATE: a_rate().pk,
        RULE: an_uplift(change).pk,
        PRODUCT: doors_of_products(line),
        PRODUCT_RULE: a_rule().pk,
        **dict(zip((DUTY, HANDOVER), on_a_shift(line, asker, root), strict=True)),
        STAND_IN: stand_in_for(author, asker, line).pk,
        TOKEN: create_token(name="a trial", lines=["rtgs-sh"], acts=False, days=1, actor=author)[0].pk,
        "version": version.number,
        CHANGE: change.pk,
        CHANGE_ITEM: item.pk,
        REPLAYED: replayed.pk,
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


CLIENT = Client(HTTP_HX_REQUEST="true")  # parts of pages are asked for as the pages do it
COOKIES: dict[int, str] = {}
"""Of people who stay signed in from one test to the next."""


def signed_in(person: User | None) -> Client:
    """The one client with the cookies of this person; without a person, with none."""
    CLIENT.cookies.clear()
    if person is not None and person.pk in COOKIES:
        CLIENT.cookies.load(COOKIES[person.pk])
    elif person is not None:
        CLIENT.force_login(person)
    return CLIENT


def knocked(name: str, one: Door, world: dict[str, Any], person: User | None) -> int:
    """The status that a request gets; whatever it changed is undone."""
    client = signed_in(person)
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
def test_who_is_signed_in_gets_through_with_the_right_and_only_then(name, world, cast):
    for one in DOORS[name]:
        for role, (person, rights) in cast.items():
            status = knocked(name, one, world, person)

            assert status < 500, (one, role)
            if one.who in {OPEN, INSIDE} or rights & {*(one.who if isinstance(one.who, tuple) else [one.who])}:
                assert status not in KEPT_OUT, (one, role, status)
            elif one.who == KEEPERS:
                assert (status in KEPT_OUT) is not person.is_superuser, (one, role, status)
            elif one.who == OWN:
                assert status in KEPT_OUT, (one, role, status)
            elif role == "stranger":
                assert status == 404, (one, role, status)
            else:
                assert status in {403, 404}, (one, role, status)
