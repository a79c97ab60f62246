"""What lists may ask of the database: so many queries, and as many for several rows as for one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.journal.models import Entry
from apps.kernel import clock
from apps.notices.models import Delivery
from apps.people.actions import create_token
from apps.people.models import User
from apps.people.states import Role
from apps.tickets.actions import edit_ticket, plan_release, raise_ticket
from tests.factories.files import DAY, arrival_rule, source
from tests.factories.notices import a_failed_delivery
from tests.factories.people import make_line, make_member
from tests.factories.products import a_product, an_account
from tests.factories.recon import a_definition, a_reconciliation, a_run, a_step

pytestmark = pytest.mark.django_db

SEVERAL = 5
MOST_FOR_A_ROW = 24  # with the savepoint that makes a refusal the only one
SHEET = {"line": "rtgs-sh", "title": "a wish"}


def tokens(person: User, number: int, _folder: Path) -> None:
    create_token(name=f"batch {number}", lines=["rtgs-sh"], acts=False, days=30, actor=person)


def releases(person: User, number: int, _folder: Path) -> None:
    release = plan_release(line_id=make_line().pk, name=f"{number}", target_date=clock.market_date(), actor=person)
    ticket = raise_ticket(line_id=release.line_id, title="a wish", actor=person)
    edit_ticket(ticket_id=ticket.pk, in_release=release, actor=person)


def failed_deliveries(person: User, number: int, _folder: Path) -> None:
    raise_ticket(line_id=make_line().pk, title="a wish", actor=person)
    first = Delivery.objects.first()
    if first is None:
        a_failed_delivery(make_line())
    else:
        first.pk, first.entry = None, Entry.objects.latest("pk")
        first.save(force_insert=True)


def reconciliations(_person: User, number: int, _folder: Path) -> None:
    a_definition(f"D{number}")
    a_reconciliation(a_step(a_run(day=date(2026, 11, 20), key=f"L{number}")))


def sources(_person: User, number: int, folder: Path) -> None:
    arrival_rule(source(folder, code=f"s{number}"))


def products(_person: User, number: int, _folder: Path) -> None:
    a_product(make_line(), f"XT{number}")


def accounts(_person: User, number: int, _folder: Path) -> None:
    line = make_line()
    a_product(line, f"XT{number}")
    an_account(line, f"XT{number}", f"B88000{number:04}")


def nothing(_person: User, _number: int, _folder: Path) -> None:
    """The catalogue comes with the product."""


@dataclass(frozen=True)
class Listed:
    """A list, what makes one more row of it, and how many queries it may ask: two are for the session and its person."""

    address: str
    one_more: Callable[[User, int, Path], None]
    budget: int


LISTS = [
    Listed("/profile/tokens/", tokens, 12),
    Listed("/api/tokens/", tokens, 5),
    Listed("/releases/", releases, 10),
    Listed("/api/releases/", releases, 4),
    Listed("/notices/failed/", failed_deliveries, 10),
    Listed("/api/notices/failed/", failed_deliveries, 4),
    Listed("/notices/", failed_deliveries, 10),
    Listed("/api/notices/", failed_deliveries, 4),
    Listed("/products/", products, 12),
    Listed("/api/products/", products, 5),
    Listed("/products/accounts/", accounts, 12),
    Listed("/api/products/accounts/", accounts, 5),
    Listed("/products/outputs/?show=all", products, 14),
    Listed("/api/products/outputs/", products, 8),
    Listed("/files/catalogue/", nothing, 8),
    Listed("/api/catalogue/", nothing, 4),
    Listed(f"/files/arrivals/?date={DAY.isoformat()}", sources, 16),
    Listed(f"/api/arrivals/?date={DAY.isoformat()}", sources, 10),
    Listed("/reconciliations/?date=2026-11-20", reconciliations, 16),
    Listed("/api/reconciliations/", reconciliations, 4),
]


def asked(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def person():
    return make_member("chief", *Role)


@pytest.fixture
def client(person):
    visitor = Client()
    visitor.force_login(person)
    return visitor


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.address.partition("?")[0])
def test_a_list_asks_little_and_as_much_for_several_rows_as_for_one(listed, client, person, tmp_path):
    listed.one_more(person, 0, tmp_path)
    asked(client, listed.address)  # what is kept by the process is read once
    for_one = asked(client, listed.address)
    for number in range(1, SEVERAL):
        listed.one_more(person, number, tmp_path)
    for_several = asked(client, listed.address)

    assert len(for_several) == len(for_one), for_several
    assert len(for_several) <= listed.budget, for_several


def test_trying_a_sheet_asks_the_same_for_each_row(client):
    def tried(rows: int) -> int:
        sheet = [[*SHEET], *([*SHEET.values()] for _row in range(rows))]
        with CaptureQueriesContext(connection) as captured:
            answer = client.post("/api/tickets/import/", {"rows": sheet}, content_type="application/json")
        assert answer.json()["counts"]["done"] == rows
        return len(captured)

    tried(1)
    few, more, most = tried(1), tried(3), tried(5)

    assert more - few == most - more <= 2 * MOST_FOR_A_ROW
