"""The fee table: rates are set by changes alone, pages and programs see what is in force on a day, every number is linked."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.approvals.errors import SamePerson
from apps.changes import actions as changes
from apps.changes.errors import AlreadyProposed, ItemUnusable
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import items_in_words
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.lines.fees.actions import load_fee_rates, propose_rate
from apps.lines.fees.models import FeeRate
from apps.lines.fees.selectors import PAGE, history_of, rates_on, table_on
from apps.people.states import Role
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.fees import a_rate, rate_item
from tests.factories.people import give_role, make_line, make_user

pytestmark = pytest.mark.django_db

KEY = ("SH", "stock", "stamp", "sell")
SALE = {
    "market": "SH",
    "security_class": "stock",
    "side": "sell",
    "business_date": "2026-03-02",
    "quantity": "2000",
    "price": "10.05",
}


@pytest.fixture
def world():
    with made.on(TODAY):
        world = made.world()
        a_rate()
        yield world


def held(day):
    row = rates_on(day).get(KEY)
    return row.shown if row else None


def in_effect(world, *items, day=TUESDAY):
    with made.on(TODAY):
        change = made.approved(world, *items, day=day)
    changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def left():
    return FeeRate.objects.count(), Change.objects.count(), ChangeItem.objects.count(), Entry.objects.count()


# -- setting ----------------------------------------------------------------------------------------------------------


def test_a_change_sets_a_rate_from_its_date_on_and_names_itself(world):
    with made.on(TUESDAY):
        change = in_effect(world, rate_item(is_verified=True))

    row = FeeRate.objects.get(change=change)
    assert (row.valid_from, row.per_mille, row.source, row.is_verified) == (TUESDAY, Decimal("0.4"), "notice 7", True)
    assert (held(TODAY), held(TUESDAY)) == ("0.5", "0.4")
    fact = Entry.objects.get(kind="fee.rate_set").data
    assert (fact["rate"], fact["before"]["per_mille"], fact["values"]["per_mille"]) == (row.pk, "0.5", "0.4")


def test_nothing_holds_before_the_change_takes_effect(world):
    made.approved(world, rate_item())

    assert FeeRate.objects.count() == 1


def test_the_way_back_brings_what_was_found_and_keeps_earlier_dates(world):
    with made.on(TUESDAY):
        change = in_effect(world, rate_item(), rate_item(fee="commission", side="both", per_mille="0.2"))
        between = held(TUESDAY)
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="the notice was withdrawn")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

    assert between == "0.4"
    assert (held(TODAY), held(TUESDAY)) == ("0.5", "0.5")
    assert ("SH", "stock", "commission", "both") not in rates_on(TUESDAY)


def test_two_people_set_a_rate_never_one(world):
    with made.on(TODAY):
        change = propose_rate(
            line_id=world.line.pk, reason="notice 7", effective_date=TUESDAY, actor=world.author, **rate_item()[1]
        )
        give_role(world.author, world.line, Role.PROCESS_APPROVER)

        with pytest.raises(SamePerson):
            made.decided(change, world.author)

    assert FeeRate.objects.count() == 1


def test_who_cannot_approve_on_every_line_does_not_set_rates(world):
    change = propose_rate(line_id=world.line.pk, reason="x", effective_date=TUESDAY, actor=world.author, **rate_item()[1])
    make_line("another")

    with pytest.raises(NotPermitted):
        made.decided(change, world.approver)

    assert FeeRate.objects.count() == 1


def test_a_rate_on_its_way_is_not_proposed_twice(world):
    facts = {"line_id": world.line.pk, "reason": "x", "effective_date": TUESDAY, "actor": world.author, **rate_item()[1]}
    first = propose_rate(**facts)
    before = left()

    with pytest.raises(AlreadyProposed, match=str(first.pk)):
        propose_rate(**facts)

    assert left() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_mille": "-1"},
        {"per_mille": "1000.1"},
        {"per_mille": "0.1234567"},
        {"per_mille": "NaN"},
        {"source": ""},
        {"market": "XX"},
        {"hue": "red"},
        {"contains_market_fees": True},
        {"per_mille": None, "minimum": "5"},
        {"fee": "transfer", "removed": True},
    ],
)
def test_what_is_no_rate_is_refused_and_nothing_is_kept(world, wrong):
    draft = made.change(world)
    before = left()

    with pytest.raises(ItemUnusable):
        changes.add_item(change_id=draft.pk, kind="fee.rate", content=rate_item(**wrong)[1], actor=world.author)

    assert left() == before


def test_who_only_runs_things_proposes_no_rate(world):
    before = left()

    with pytest.raises(NotPermitted):
        propose_rate(line_id=world.line.pk, reason="x", effective_date=TUESDAY, actor=world.operator, **rate_item()[1])

    assert left() == before


def test_the_database_keeps_no_rate_that_is_none(world):
    for wrong in ({"per_mille": -1}, {"per_mille": 1001}, {"source": ""}, {"minimum": -1}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_rate(**wrong)

    assert FeeRate.objects.count() == 1


def test_a_change_says_what_was_and_what_will_be_with_as_many_queries_for_many(world, django_assert_num_queries):
    one = made.change(world, rate_item())
    many = made.change(world, rate_item(), *(rate_item(market=market, fee="transfer") for market in ("SH", "SZ", "BJ")))

    with django_assert_num_queries(2):
        (view,) = items_in_words(one)
    with django_assert_num_queries(2):
        items_in_words(many)

    assert "0.5 ‰ → 0.4 ‰" in " ".join(view.words.details)
    assert view.words.address == f"/fees/rates/{FeeRate.objects.get().pk}/"


def test_what_is_shipped_is_loaded_once_and_never_touches_what_was_set(world):
    first = load_fee_rates()
    with made.on(TUESDAY):
        in_effect(world, rate_item())
        again = load_fee_rates()

    assert (first > 30, again) == (True, 0)
    assert (held(date(2023, 8, 27)), held(TUESDAY)) == ("1", "0.4")
    assert Entry.objects.filter(kind="fee.rates_loaded").count() == 1


# -- looking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(world, client):
    client.force_login(world.operator)
    return client


def test_the_table_of_a_day_is_paged_by_key_with_one_query(world, django_assert_num_queries):
    load_fee_rates()

    with django_assert_num_queries(1):
        whole, following = table_on(TODAY)
    pages, after = [], ""
    while True:
        page, after = table_on(TODAY, after=after, limit=7)
        pages += page
        if not after:
            break

    assert following == ""
    assert [one.row.pk for one in pages] == [one.row.pk for one in whole]
    assert {one.row.market for one in table_on(TODAY, market="BJ")[0]} == {"BJ"}


def test_the_history_of_a_rate_is_paged_by_key(world):
    for day in range(1, PAGE + 2):
        row = a_rate(valid_from=date(2020, 1, 1).replace(year=2000 + day % 20, month=1 + day % 12))

    first, following = history_of(row)
    rest, end = history_of(row, following)

    assert (len(first), len(rest), end) == (PAGE, 2, None)
    assert not {one.pk for one in first} & {one.pk for one in rest}


def test_the_page_shows_what_is_in_force_on_the_day_and_opens_where_it_comes_from(client, django_assert_max_num_queries):
    a_rate(valid_from=date(2015, 8, 1), per_mille=1, source="an older notice")

    with django_assert_max_num_queries(12):
        now = client.get("/fees/").content.decode()
    before = client.get("/fees/?date=2023-08-27").content.decode()
    none = client.get("/fees/?date=2001-01-01")

    row = FeeRate.objects.get(source="a notice")
    assert "an older notice" not in now
    assert f"/fees/rates/{row.pk}/" in now
    assert "2023-08-27" in before
    assert "an older notice" in before
    assert "empty" in none.content.decode()
    whole = client.get(f"/fees/rates/{row.pk}/").content.decode()
    assert "a notice" in whole
    assert "an older notice" in whole
    assert client.get("/fees/rates/999999/").status_code == 404


def test_every_number_of_a_bill_opens_what_it_was_computed_from(client):
    load_fee_rates()

    page = client.get("/fees/calculator/", {"of": "trade", **SALE}).content.decode()

    assert "2000 × 10.05 = 20100.00" in page
    assert "20100 × 0.0341 ‰ = 0.68541 ≈ 0.69" in page
    assert "10.05 + 0.20 + 0.69 + 0.40" in page
    for fee in ("stamp", "transfer", "handling", "regulatory"):
        row = next(row for key, row in rates_on(TODAY).items() if key[:3] == ("SH", "stock", fee))
        assert f"/fees/rates/{row.pk}/" in page


def test_programs_get_the_same_numbers(client):
    load_fee_rates()

    bill = client.get("/api/fees/trade/", SALE).json()
    reserve = {"balance": "50000000", "minimum": "12000000", "guaranteed_net": "-31500000", "gross_payable": "8200000"}

    assert (bill["net_cash"], bill["fees"], bill["is_complete"]) == ("20088.66", "11.34", True)
    assert client.get("/api/fees/trade/", {**SALE, "market": "SZ"}).json()["is_complete"] is False
    assert client.get("/api/fees/reserve/", reserve).json()["top_up"] == "1700000.00"
    repo = {"amount": "1000000", "annual_percent": "2.35", "days": "7"}
    assert client.get("/api/fees/repo/", repo).json()["interest"] == "450.68"
    minimum = {"market": "SZ", "security_class": "stock", "bought": "2200000000", "trading_days": "22"}
    ratios = [client.get("/api/fees/minimum/", {**minimum, "business_date": day}).json() for day in ("2022-03-31", "2022-04-01")]
    assert [one["amount"] for one in ratios] == ["18000000.00", "16000000.00"]
    page = client.get("/fees/calculator/", {"of": "minimum", **minimum, "business_date": "2022-04-01"}).content.decode()
    assert f"/fees/rates/{ratios[1]['rate']}/" in page
    assert ratios[1]["working"] in page
    assert client.get("/api/fees/minimum/", {**minimum, "market": "BJ", "business_date": "2022-04-01"}).status_code == 422
    table = client.get("/api/fees/", {"date": "2023-08-27", "market": "SH", "security_class": "stock"}).json()
    rates = {one["rate"]["fee"]: (one["rate"]["per_mille"], one["last_day"]) for one in table["results"]}
    assert rates["stamp"] == ("1.000000", "2023-08-27")
    number = table["results"][0]["rate"]["id"]
    assert client.get(f"/api/fees/rates/{number}/").json()["rate"]["id"] == number


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"quantity": "0"}, 422), ({"price": "-1"}, 422), ({"market": "XX"}, 422), ({"business_date": "2001-01-01"}, 422)],
)
def test_a_trade_that_cannot_be_computed_is_refused_with_its_place(client, wrong, status):
    page = client.get("/fees/calculator/", {"of": "trade", **SALE, **wrong})
    said = client.get("/api/fees/trade/", {**SALE, **wrong})

    assert (page.status_code, "bill" in page.context) == (status, False)
    assert said.status_code in (400, 422)
    assert next(iter(wrong)) in said.content.decode() or "2001-01-01" in said.content.decode()


def test_a_proposal_from_the_page_is_a_change_that_waits_for_somebody_else(world, client):
    client.force_login(world.author)
    given = {**rate_item()[1], "base": "amount", "line": "rtgs-sh", "reason": "notice 7", "effective_date": TUESDAY.isoformat()}

    form = client.get(f"/fees/propose/?rate={FeeRate.objects.get().pk}").content.decode()
    odd = client.post("/fees/propose/", {**given, "per_mille": "2000"})
    sent = client.post("/fees/propose/", given)

    assert 'value="0.5"' in form
    assert odd.status_code == 422
    change = Change.objects.get()
    assert (sent.url, change.state, change.effective_date) == (f"/changes/{change.pk}/", "submitted", TUESDAY)
    assert FeeRate.objects.count() == 1


def test_the_admin_site_looks_and_leads_to_the_proposal(client):
    client.force_login(make_user("root", superuser=True))

    listed = client.get("/admin/lines/feerate/")
    new = client.get("/admin/lines/feerate/add/")

    assert listed.status_code == 200
    assert (new.status_code, new.url) == (302, "/fees/propose/")
    assert client.post(f"/admin/lines/feerate/{FeeRate.objects.get().pk}/delete/", {"post": "yes"}).status_code == 403
