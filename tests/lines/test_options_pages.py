"""Pages and addresses of options margin: what an account pays and why, what if, and who may look."""

from decimal import Decimal

import pytest
from django.test import Client

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.options_margin.models import MarginAccount, MarginRow
from apps.lines.options_margin.selectors.accounts import PAGE
from apps.lines.options_margin.selectors.figures import figures_of
from apps.people.states import Role
from tests.factories.files import DAY, drop, source, table_bytes
from tests.factories.options import CONTRACT, a_margin_account, an_option_contract
from tests.factories.people import give_role, make_user
from tests.factories.recon import a_line, a_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path) -> Run:
    from apps.files.actions import scan_source

    found = a_run(a_line("options-margin"), key="L06")
    one = source(tmp_path, required_codes=["jsmx"])
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", [{"SCDM": "01", "JLLX": "003", "MMBZ": "B", "QSJE": "1"}]))
    for _ in range(2):
        scan_source(source_id=one.pk, business_date=DAY)
    an_option_contract(found, ArrivedFile.objects.get())
    return found


@pytest.fixture
def client(run) -> Client:
    user = make_user("looks")
    give_role(user, run.line, Role.OPERATOR)
    found = Client()
    found.force_login(user)
    return found


def test_the_page_of_a_contract_shows_every_number_of_its_margin(client, run):
    page = client.get(f"/options-margin/runs/{run.pk}/contracts/{CONTRACT}/").content.decode()

    for number in ("0.1213", "2.9850", "4,795.00", "510050C2603M02900"):
        assert number in page
    said = client.get(f"/api/options-margin/runs/{run.pk}/contracts/{CONTRACT}/").json()
    assert Decimal(said["evening"]["before_uplift"]) == 4795
    assert said["evening"]["is_floor"] is False


def test_what_if_lots_were_closed_or_more_than_is_held(client, run):
    account = a_margin_account(run)
    address = f"/options-margin/accounts/{account.pk}/"

    half = client.get(address, {f"close-{CONTRACT}-short": "1"})
    more = client.get(address, {f"close-{CONTRACT}-short": "3"})
    odd = client.get(address, {f"close-{CONTRACT}-short": "x"})

    assert (half.status_code, more.status_code, odd.status_code) == (200, 422, 422)
    assert half.context["outcome"].margin == Decimal("4795.00")
    assert half.context["outcome"].available == Decimal("5205.00")
    assert "outcome" not in more.context
    assert MarginAccount.objects.get().client_margin == Decimal("9590.00")


def test_what_if_a_combination_were_dissolved_over_the_interface(client, run):
    account = a_margin_account(run)
    MarginRow.objects.create(
        account=account, part="declared", strategy="CNSJC", number="7", contract=CONTRACT, side="long", lots=1,
        second_contract="10009003", second_side="short",
    )  # fmt: skip
    other = an_option_contract(run, ArrivedFile.objects.get(), "10009003")
    other.strike, other.settle = Decimal("3.100"), Decimal("0.0294")
    other.save()
    address = f"/api/options-margin/accounts/{account.pk}/what-if/"

    kept = client.post(address, {}, content_type="application/json")
    gone = client.post(address, {"dissolve": ["7"]}, content_type="application/json")
    unknown = client.post(address, {"dissolve": ["8"]}, content_type="application/json")

    assert kept.json() == {"margin": "9590.00", "change": "0.00", "available": "410.00"}
    # the long lot nets one of the short ones (4,795.00), the other leg is single again (2,726.00)
    assert gone.json() == {"margin": "7521.00", "change": "-2069.00", "available": "2479.00"}
    assert unknown.status_code == 422
    assert "not_so_many" in unknown.content.decode()


def test_accounts_are_paged_by_key_with_few_queries(client, run, django_assert_max_num_queries):
    for number in range(PAGE + 1):
        a_margin_account(run, f"A{number:09}")
    address = f"/api/options-margin/runs/{run.pk}/accounts/"

    with django_assert_max_num_queries(10):
        first = client.get(address).json()
    second = client.get(address + first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (PAGE, 1, None)
    assert client.get(address, {"called": "on"}).json()["results"] == []
    assert client.get(address, {"after": "x"}).status_code == 400
    with django_assert_max_num_queries(16):
        assert client.get(f"/options-margin/runs/{run.pk}/accounts/").status_code == 200
    with django_assert_max_num_queries(10):
        figures = figures_of(run)
    assert figures is not None
    assert figures.margin == Decimal("9590.00") * (PAGE + 1)


def test_nobody_sees_accounts_of_lines_that_are_not_his(run):
    account = a_margin_account(run)
    stranger = make_user("stranger")
    give_role(stranger, a_line("rtgs-sh"), Role.OPERATOR)
    client = Client()
    client.force_login(stranger)

    for address in (
        f"/options-margin/runs/{run.pk}/accounts/",
        f"/options-margin/accounts/{account.pk}/",
        f"/options-margin/runs/{run.pk}/contracts/{CONTRACT}/",
        f"/api/options-margin/accounts/{account.pk}/",
        f"/api/options-margin/runs/{run.pk}/accounts/",
    ):
        assert client.get(address).status_code == 404, address
