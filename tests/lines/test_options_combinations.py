"""Combinations of an evening as rows: listed, filtered, exported, and only for those who may see the line."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.options_margin.models import MarginAccount, MarginRow
from apps.lines.options_margin.selectors.accounts import PAGE
from apps.people.states import Role
from tests.factories.files import DAY, drop, source, table_bytes
from tests.factories.options import CONTRACT, a_margin_account, an_option_contract
from tests.factories.people import give_role, make_user
from tests.factories.recon import a_line, a_run

pytestmark = pytest.mark.django_db
OTHER = "10009003"


@pytest.fixture
def run(tmp_path) -> Run:
    from apps.files.actions import scan_source

    found = a_run(a_line("options-margin"), key="L06")
    one = source(tmp_path, required_codes=["jsmx"])
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", [{"SCDM": "01", "JLLX": "003", "MMBZ": "B", "QSJE": "1"}]))
    for _ in range(2):
        scan_source(source_id=one.pk, business_date=DAY)
    for number in (CONTRACT, OTHER):
        an_option_contract(found, ArrivedFile.objects.get(), number)
    return found


@pytest.fixture
def client(run) -> Client:
    user = make_user("looks")
    give_role(user, run.line, Role.OPERATOR)
    found = Client()
    found.force_login(user)
    return found


def combine(account: MarginAccount, number: str, strategy: str = "CNSJC", **facts: object) -> MarginRow:
    said = {"part": "declared", "contract": CONTRACT, "side": "long", "second_contract": OTHER, "second_side": "short", "lots": 2}
    money = {"unit_margin": Decimal("10.00"), "margin": Decimal("20.00"), "client_margin": Decimal("24.00")}
    return MarginRow.objects.create(account=account, number=number, strategy=strategy, **{**said, **money, **facts})


def listed(client: Client, run: Run, **wanted: str) -> list[tuple[str, str]]:
    said = client.get(f"/api/options-margin/runs/{run.pk}/combinations/", wanted).json()
    return [(one["account"], one["number"]) for one in said["results"]]


def test_combinations_are_listed_by_account_and_single_lots_are_not(client, run):
    first, second = a_margin_account(run, "A1"), a_margin_account(run, "A2")
    late, early = combine(second, "1"), combine(first, "2")
    combine(first, "3", part="best")
    assert MarginRow.objects.filter(strategy="").exists()

    said = client.get(f"/api/options-margin/runs/{run.pk}/combinations/").json()

    assert [one["id"] for one in said["results"]] == [early.pk, late.pk]
    assert said["next"] is None
    assert said["results"][0]["strategy_name"] == "认购牛市价差"
    assert (said["results"][0]["margin"], said["results"][0]["client_margin"]) == ("20.00", "24.00")
    page = client.get(f"/options-margin/runs/{run.pk}/combinations/").content.decode()
    assert page.index("A1") < page.index("A2")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"account": "A2"}, {"3"}),
        ({"strategy": "KS"}, {"2"}),
        ({"contract": OTHER}, {"1", "3"}),
        ({"contract": CONTRACT}, {"1", "2", "3"}),
        ({"underlying": "510050"}, {"1", "2", "3"}),
        ({"underlying": "510300"}, set()),
        ({"part": "best"}, {"4"}),
        ({"account": "A1", "strategy": "CNSJC"}, {"1"}),
    ],
)
def test_filters_leave_out_what_was_not_asked_for(client, run, wanted, expected):
    first, second = a_margin_account(run, "A1"), a_margin_account(run, "A2")
    combine(first, "1")
    combine(first, "2", "KS", second_contract="")
    combine(second, "3")
    combine(second, "4", part="best")

    assert {number for _account, number in listed(client, run, **wanted)} == expected
    table = b"".join(client.get(f"/options-margin/runs/{run.pk}/combinations/csv/", wanted).streaming_content).decode()
    assert {row.split(",")[3] for row in table.splitlines()[1:]} == expected


def test_pages_follow_one_another_across_accounts_with_few_queries(client, run, django_assert_max_num_queries):
    accounts = [a_margin_account(run, f"A{number}") for number in range(3)]
    kept = {combine(accounts[number % 3], f"{number:03}").pk for number in range(PAGE + 5)}
    address = f"/api/options-margin/runs/{run.pk}/combinations/"

    with django_assert_max_num_queries(12):
        first = client.get(address).json()
    with django_assert_max_num_queries(13):
        second = client.get(address + first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (PAGE, 5, None)
    assert {one["id"] for one in first["results"] + second["results"]} == kept
    with django_assert_max_num_queries(18):
        assert client.get(f"/options-margin/runs/{run.pk}/combinations/").status_code == 200
    with django_assert_max_num_queries(12):
        b"".join(client.get(f"/options-margin/runs/{run.pk}/combinations/csv/").streaming_content)


def test_combinations_of_another_run_do_not_stand_here(client, run):
    combine(a_margin_account(run, "A1"), "1")
    tomorrow = a_run(run.line, day=run.business_date + timedelta(days=1), key="L06")
    combine(a_margin_account(tomorrow, "A1"), "2")

    assert listed(client, run) == [("A1", "1")]
    assert listed(client, tomorrow) == [("A1", "2")]


def test_who_may_not_see_the_line_finds_no_list(run):
    combine(a_margin_account(run, "A1"), "1")
    stranger = Client()
    stranger.force_login(make_user("stranger"))

    for address in ("", "csv/"):
        assert stranger.get(f"/options-margin/runs/{run.pk}/combinations/{address}").status_code == 404
    assert stranger.get(f"/api/options-margin/runs/{run.pk}/combinations/").status_code == 404


def test_what_cannot_be_asked_is_refused_for_programs_and_left_out_for_people(client, run):
    combine(a_margin_account(run, "A1"), "1")
    address = f"options-margin/runs/{run.pk}/combinations/"

    for wanted in ({"part": "x"}, {"strategy": "XYZ"}, {"after": "x"}):
        assert client.get(f"/api/{address}", wanted).status_code == 400
        assert "A1" in client.get(f"/{address}", wanted).content.decode()
    assert client.get(f"/api/{address}", {"after": "999999"}).json()["results"] == []
    empty = client.get(f"/{address}", {"account": "B"}, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "去掉筛选条件" in empty or "Leave out a filter" in empty
