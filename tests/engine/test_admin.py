"""What begins runs by itself is looked at in the admin site: never changed there, and with few questions to the database."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.engine.models import Beginning, Message, Start
from apps.kernel import clock
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.starts import NOON, mail, starting

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    person = made.person("root")
    person.is_staff = person.is_superuser = True
    person.save()
    client.force_login(person)
    return person


def make_waiting(number):
    """A process that begins by a message, and a message that is still to begin its run."""
    version = made.published(starting(mail(f"mail-{number}"), key=f"P{number}"))
    message = Message.objects.create(name=f"mail-{number}", key=f"client-{number}", received_at=NOON, once=str(number))
    return Beginning.objects.create(process=version.process, message=message, business_date=date(2026, 3, 2))


@pytest.mark.parametrize("model", ["start", "beginning"])
def test_the_list_shows_what_there_is_with_as_many_queries_for_many_as_for_one(client, root, model):
    address = reverse(f"admin:engine_{model}_changelist")
    make_waiting(0)
    client.get(address)
    counted = []
    for numbers in ((), range(1, 30)):
        for number in numbers:
            make_waiting(number)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            listed = client.get(address)
        counted.append(len(asked))

    assert "mail-29" in listed.content.decode()
    assert counted[0] == counted[1] <= 8
    assert not [query for query in asked if "model_xml" in query["sql"] or '"payload"' in query["sql"]]


@pytest.mark.parametrize(("model", "rows"), [("start", Start), ("beginning", Beginning)])
def test_one_is_looked_at_and_neither_changed_nor_removed_nor_added(client, root, model, rows):
    make_waiting(1)
    before = rows.objects.values().get()
    one = [before["id"]]

    assert client.get(reverse(f"admin:engine_{model}_change", args=one)).status_code == 200
    assert client.post(reverse(f"admin:engine_{model}_change", args=one), {"business_date": "2026-01-01"}).status_code == 403
    assert client.post(reverse(f"admin:engine_{model}_delete", args=one), {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"admin:engine_{model}_add"), {"business_date": "2026-01-01"}).status_code == 403
    assert rows.objects.values().get() == before


@pytest.mark.parametrize("model", ["start", "beginning"])
def test_they_are_found_by_process_and_by_what_arrives(client, root, model):
    for number in (1, 2):
        make_waiting(number)

    for wanted in ("P2", "mail-2"):
        found = client.get(reverse(f"admin:engine_{model}_changelist"), {"q": wanted}).content.decode()
        assert "mail-2" in found
        assert "mail-1" not in found


@pytest.mark.parametrize("model", ["start", "beginning"])
def test_who_is_no_superuser_sees_nothing(client, model):
    person = made.person("chief", Role.ADMIN)
    person.is_staff = True
    person.save()
    client.force_login(person)
    with clock.fixed_at(NOON):
        make_waiting(1)

    assert client.get(reverse(f"admin:engine_{model}_changelist")).status_code == 403
