"""What the thread and the links of a ticket ask of the database: as much for many things as for a few."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.desk.selectors.thread import ENTRIES
from apps.engine.actions import begin_run
from apps.journal.models import Entry
from apps.monitors.actions import create_monitor
from apps.people.states import Role
from apps.tickets.actions import link_thing, raise_ticket
from apps.tickets.models import Naming
from tests.factories import changes as made
from tests.factories.changes import TODAY
from tests.factories.people import make_member
from tests.factories.recon import a_break, a_step

pytestmark = pytest.mark.django_db

MOST_QUERIES = 60


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.fixture
def told_of():
    """A ticket of one line with so many runs, monitors and entries linked to it."""
    with made.on(TODAY):
        world = made.world()
        ticket = raise_ticket(line_id=world.line.pk, title="a wish", actor=world.author)
        client = Client()
        client.force_login(make_member("chief", *Role, line=world.line))

        def link(numbers: Iterable[int]) -> None:
            for number in numbers:
                run = begin_run(process_key=world.process.key, business_date=TODAY + timedelta(days=number), actor=world.operator)
                a_break(a_step(run, token=99))
                one = create_monitor(
                    line_id=world.line.pk, code=f"m{number}", metric="runs.open", name_zh="x", name_en="x", actor=world.keeper
                )
                for kind, key in (("run", run.pk), ("alert", one.pk), ("entry", Entry.objects.latest("pk").pk)):
                    link_thing(ticket_id=ticket.pk, kind=kind, subject=key, actor=world.author)

        yield client, ticket, link


@pytest.mark.parametrize("name", ["thread", "api-thread", "ticket", "api-ticket-links"])
def test_a_page_asks_as_much_for_many_things_as_for_a_few(told_of, name):
    client, ticket, link = told_of
    address = reverse(name, args=["ticket", ticket.pk] if "thread" in name else [ticket.name])
    link(range(2))
    asked(client, address)
    for_few = asked(client, address)
    link(range(2, 5))
    for_many = asked(client, address)

    assert Naming.objects.count() == 15
    assert for_many == for_few <= MOST_QUERIES


def test_of_each_stream_the_newest_entries_are_shown(told_of):
    client, ticket, link = told_of

    link(range(3))
    page = client.get(reverse("thread", args=["ticket", ticket.pk])).content.decode()

    numbers = Entry.objects.filter(stream=f"ticket.{ticket.pk}").order_by("-number").values_list("pk", flat=True)
    shown = [f'href="/journal/{key}/"' in page for key in numbers]
    assert shown == [True] * ENTRIES + [False] * (len(numbers) - ENTRIES)
