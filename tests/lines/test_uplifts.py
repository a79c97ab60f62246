"""The broker's uplifts: set by changes alone, the nearest rule holds, every cent of a margin names its rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.approvals.errors import SamePerson
from apps.changes import actions as changes
from apps.changes.errors import AlreadyProposed, ItemUnusable
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import items_in_words
from apps.files.models import ArrivedFile
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.lines.options_margin.core import arithmetic
from apps.lines.options_margin.core.account import least_margin
from apps.lines.options_margin.core.book import Holding
from apps.lines.options_margin.core.day import Evaluator
from apps.lines.options_margin.core.listed import Client as OptionsClient
from apps.lines.options_margin.core.market import Side
from apps.lines.options_margin.core.single import single_margin
from apps.lines.options_margin.core.strategies import STRATEGIES, combination_price
from apps.lines.options_margin.models import MarginRow
from apps.lines.uplifts.actions import propose_uplift
from apps.lines.uplifts.core.rules import Uplift, UpliftRule, rules_for
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.selectors import PAGE, history_of, page_on, uplifts_on
from apps.lines.uplifts.states import Covers, Holder
from apps.people.states import Role
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.files import DAY, drop, source, table_bytes
from tests.factories.options import CONTRACT, a_margin_account, an_option_contract
from tests.factories.people import give_role, make_line, make_user
from tests.factories.recon import a_run
from tests.factories.uplifts import an_uplift, uplift_item
from tests.lines.options import UNDERLYING, a_contract, a_market, accounts, declared

TENTH, FIFTH, THIRD = Decimal("0.1"), Decimal("0.2"), Decimal("0.3")


def a_rule(number: int, multiple: Decimal = TENTH, **facts) -> UpliftRule:
    given = {"holder": Holder.EVERYONE, "covers": Covers.ALL, **facts}
    return UpliftRule(uplift=Uplift(multiple, rule=number), **given)


# -- which rule holds -------------------------------------------------------------------------------------------------


def test_the_rule_nearest_to_the_client_holds_then_to_the_contract_then_of_the_fewest_days():
    rules = [
        a_rule(1),
        a_rule(2, days=5),
        a_rule(3, days=2),
        a_rule(4, covers=Covers.UNDERLYING, code=UNDERLYING),
        a_rule(5, covers=Covers.CONTRACT, code="1"),
        a_rule(6, holder=Holder.GROUP, who="retail"),
        a_rule(7, holder=Holder.ACCOUNT, who="A1", covers=Covers.UNDERLYING, code="588000"),
    ]
    near, far = a_contract("2", days_to_expiry=2, underlying="159915"), a_contract("3", days_to_expiry=9, underlying="159915")

    def rule_of(contract, account="A2", group=""):
        found = replace(a_market(contract), rules=rules_for(rules, account, group))
        return found.uplift_of(contract).rule

    assert [rule_of(near), rule_of(replace(near, days_to_expiry=3)), rule_of(far)] == [3, 2, 1]
    assert rule_of(a_contract("1")) == 5
    assert rule_of(a_contract("9")) == 4
    assert rule_of(a_contract("1"), group="retail") == 6
    assert rule_of(a_contract("1", underlying="588000"), account="A1", group="retail") == 7


def test_without_a_rule_the_uplift_of_the_counters_file_holds():
    contract = a_contract("1", strike="2.900", settle=Decimal("0.1213"))
    market = replace(a_market(contract, uplift=FIFTH), rules=(a_rule(1, covers=Covers.CONTRACT, code="2"),))

    found = market.uplift_of(contract)

    assert (found.rule, found.multiple, single_margin(contract, market).fen) == (0, FIFTH, 575_400)


def test_higher_ratios_raise_what_the_formula_makes_and_leave_strike_differences_alone():
    low, high = a_contract("1", strike="3.000"), a_contract("2", strike="3.100", settle=Decimal("0.0294"))
    rule = UpliftRule(
        holder=Holder.EVERYONE, covers=Covers.ALL, uplift=Uplift(Decimal(0), Decimal("0.03"), Decimal("0.02"), rule=1)
    )
    plain = a_market(low, high)
    raised = replace(plain, rules=(rule,), cache={})

    # 0.0642 + max(0.12 × 2.985 − 0.015, 0.07 × 2.985), then 0.15 and 0.09
    assert single_margin(low, plain).fen == 407_400
    assert single_margin(low, raised).fen == 407_400 + 89_550
    spread = STRATEGIES["CXSJC"]
    assert combination_price(spread, (high, low), raised).fen == combination_price(spread, (high, low), plain).fen == 100_000


def test_a_combination_of_legs_under_two_rules_costs_what_the_dearer_asks_and_names_it():
    call, put = a_contract("1"), a_contract("2", kind="P", settle=Decimal("0.0768"))
    rules = (a_rule(1, covers=Covers.CONTRACT, code="1"), a_rule(2, THIRD, covers=Covers.CONTRACT, code="2"))
    market = replace(a_market(call, put), rules=rules)

    found = combination_price(STRATEGIES["KS"], (call, put), market)

    assert (found.fen, found.uplift.rule) == (648_960, 2)  # 4,992.00 × 1.3
    assert arithmetic.of_combination(declared("KS", "short 1", "short 2"), market) == "(max(4074, 4350) + 0.0642 × 10000) × 1.3"


def test_a_spread_that_costs_nothing_pays_the_least_that_its_rule_says():
    low, high = a_contract("1", strike="3.000"), a_contract("2", strike="3.100")
    rule = UpliftRule(holder=Holder.EVERYONE, covers=Covers.ALL, uplift=Uplift(spread_minimum=5_000, rule=1))
    market = replace(a_market(low, high), rules=(rule,))

    assert combination_price(STRATEGIES["CNSJC"], (low, high), market).fen == 5_000


@settings(max_examples=40, deadline=None)
@given(accounts(), st.decimals(0, 1, places=2), st.decimals(0, "0.1", places=2))
def test_whatever_a_rule_adds_no_client_pays_less_than_without_it(account, multiple, more):
    lots, market = account
    market = replace(market, rates=replace(market.rates, uplift=Decimal(0)), cache={})
    uplift = Uplift(multiple, more, more, rule=1)
    raised = replace(market, rules=(UpliftRule(holder=Holder.EVERYONE, covers=Covers.ALL, uplift=uplift),), cache={})

    assert least_margin(lots, raised).fen >= least_margin(lots, market).fen


def test_the_evenings_to_come_know_when_a_rule_of_the_last_days_begins():
    contract = a_contract("1", days_to_expiry=8)
    evaluator = Evaluator({"1": contract}, {UNDERLYING: Decimal("2.985")}, a_market().rates, 5, [a_rule(1, FIFTH, days=5)])
    client = OptionsClient("A1", 1, Decimal(0), Decimal(0))
    client.positions[Holding("1", Side.SHORT, False)] = 1

    found = evaluator.evaluate(client)

    assert [row.fen for row in found.evenings] == [407_400] * 3 + [488_880] * 3
    assert (found.own.residual[0].rule, found.exchange.residual[0].rule, found.rules[0].uplift.rule) == (0, 0, 1)


# -- setting ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(db):
    with made.on(TODAY):
        yield made.world()


def in_effect(world, *items, day=TUESDAY):
    with made.on(TODAY):
        change = made.approved(world, *items, day=day)
    changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def left():
    return MarginUplift.objects.count(), Change.objects.count(), ChangeItem.objects.count(), Entry.objects.count()


def shown(world, day):
    return {row.name: row.percents[0] for row in uplifts_on(world.line.pk, day).values()}


def test_a_change_sets_a_rule_from_its_date_on_and_its_way_back_ends_it(world):
    with made.on(TUESDAY):
        change = in_effect(world, uplift_item())
        between = shown(world, TUESDAY), shown(world, TODAY)
        fact = Entry.objects.get(kind="uplift.set").data
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="the decision was withdrawn")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

    assert between == ({"retail · 全部合约 · 自 E-2 起": "30 %"}, {})
    assert (fact["name"], fact["values"]["multiple"], fact["before"]) == ("retail all E-2", "0.3", {})
    assert shown(world, TUESDAY) == {}
    assert MarginUplift.objects.count() == 2


def test_two_people_set_a_rule_never_one_and_not_twice_at_a_time(world):
    facts = {"line_id": world.line.pk, "reason": "x", "effective_date": TUESDAY, "actor": world.author, **uplift_item()[1]}
    change = propose_uplift(**facts)
    give_role(world.author, world.line, Role.PROCESS_APPROVER)
    before = left()

    with pytest.raises(AlreadyProposed, match=str(change.pk)):
        propose_uplift(**facts)
    with pytest.raises(SamePerson):
        made.decided(change, world.author)
    with pytest.raises(NotPermitted):
        propose_uplift(**{**facts, "actor": world.operator})

    assert left() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"multiple": "-0.1"},
        {"multiple": "0.00001"},
        {"ratio_more": "NaN"},
        {"source": ""},
        {"holder": "everyone"},
        {"who": ""},
        {"covers": "contract"},
        {"code": "510050"},
        {"days": -1},
        {"hue": "red"},
        {"removed": True},
    ],
)
def test_what_is_no_rule_is_refused_and_nothing_is_kept(world, wrong):
    draft = made.change(world)
    before = left()

    with pytest.raises(ItemUnusable):
        changes.add_item(change_id=draft.pk, kind="options.uplift", content=uplift_item(**wrong)[1], actor=world.author)

    assert left() == before


def test_the_database_keeps_no_rule_that_is_none(world):
    change = made.change(world)
    an_uplift(change)

    for wrong in ({"multiple": -1}, {"source": ""}, {"who": "A1"}, {"code": "1"}, {"spread_minimum": -1}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            an_uplift(change, **wrong)

    assert MarginUplift.objects.count() == 1


def test_a_change_says_what_was_and_what_will_be(world, django_assert_num_queries):
    an_uplift(made.change(world), holder="group", who="retail", days=2)
    draft = made.change(world, uplift_item(spread_minimum="10"))

    with django_assert_num_queries(2):
        (view,) = items_in_words(draft)

    said = " ".join(view.words.details)
    assert "10 % → 30 %" in said
    assert "10.00" in said
    assert view.words.address == f"/options-margin/uplifts/{MarginUplift.objects.get().pk}/"


# -- looking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(world):
    found = Client()
    found.force_login(world.author)
    return found


def test_a_proposal_from_the_page_waits_for_somebody_else_and_an_odd_one_says_why(world, client):
    change = made.change(world)
    row = an_uplift(change, holder="group", who="retail", days=2)
    given = {**uplift_item()[1], "covers": "all", "line": world.line.code, "reason": "x", "effective_date": TUESDAY.isoformat()}

    form = client.get(f"/options-margin/uplifts/propose/?rule={row.pk}").content.decode()
    odd = [client.post("/options-margin/uplifts/propose/", {**given, **one}) for one in ({"multiple": "-1"}, {"who": ""})]
    sent = client.post("/options-margin/uplifts/propose/", given)

    assert 'value="retail"' in form
    assert [page.status_code for page in odd] == [422, 422]
    assert "须填写客户组或账户" in odd[1].content.decode()
    found = Change.objects.latest("pk")
    assert (sent.url, found.state, found.effective_date) == (f"/changes/{found.pk}/", "submitted", TUESDAY)
    assert MarginUplift.objects.count() == 1


def test_rules_are_seen_by_whoever_may_see_their_line_and_paged_by_key(world, client, django_assert_max_num_queries):
    change = made.change(world)
    for number in range(PAGE + 1):
        an_uplift(change, holder="account", who=f"A{number:09}", valid_from=date(2026, 1, 1 + number % 28))
    row = MarginUplift.objects.get(who="A000000000")
    stranger = make_user("stranger")
    give_role(stranger, make_line("another"), Role.OPERATOR)
    outside = Client()
    outside.force_login(stranger)

    with django_assert_max_num_queries(12):
        page = client.get("/options-margin/uplifts/", {"date": TODAY.isoformat()}).content.decode()
    with django_assert_max_num_queries(8):
        first = client.get("/api/options-margin/uplifts/", {"date": TODAY.isoformat()}).json()
    second = client.get("/api/options-margin/uplifts/" + first["next"], {}).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (PAGE, 1, None)
    assert "A000000000" in page
    assert client.get(f"/options-margin/uplifts/{row.pk}/").status_code == 200
    assert outside.get("/api/options-margin/uplifts/").json()["results"] == []
    assert "A000000000" not in outside.get("/options-margin/uplifts/").content.decode()
    for address in ("/options-margin/uplifts/", "/api/options-margin/uplifts/"):
        assert outside.get(f"{address}{row.pk}/").status_code == 404
    assert page_on(stranger, TODAY) == ([], "")


def test_the_history_of_a_rule_is_paged_by_key(world):
    for number in range(PAGE + 1):
        row = an_uplift(made.change(world), multiple=Decimal(number).scaleb(-2))

    first, following = history_of(row)
    rest, end = history_of(row, following)

    assert (len(first), len(rest), end) == (PAGE, 1, None)


def test_the_row_of_an_account_opens_the_rule_that_it_was_computed_with(world, client, tmp_path):
    from apps.files.actions import scan_source

    run = a_run(world.line, key="L06")
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", [{"SCDM": "01", "JLLX": "003", "MMBZ": "B", "QSJE": "1"}]))
    one = source(tmp_path, required_codes=["jsmx"])
    for _ in range(2):
        scan_source(source_id=one.pk, business_date=DAY)
    an_option_contract(run, ArrivedFile.objects.get())
    rule = an_uplift(made.change(world), multiple=FIFTH)
    account = a_margin_account(run)
    account.terms = {"spread_days": 2, "straddle_days": 0, "allow_adjusted": True, "spread_minimum": 0, "rules": [rule.pk]}
    account.save()
    MarginRow.objects.update(uplift_rule=rule)

    page = client.get(f"/options-margin/accounts/{account.pk}/").content.decode()
    half = client.get(f"/options-margin/accounts/{account.pk}/", {f"close-{CONTRACT}-short": "1"})

    assert f"/options-margin/uplifts/{rule.pk}/" in page
    assert "0.4795 × 10000 × 1.2" in page
    assert half.context["outcome"].margin == Decimal("5754.00")


def test_the_admin_site_looks_and_leads_to_the_proposal(world):
    found = Client()
    found.force_login(make_user("root", superuser=True))

    new = found.get("/admin/lines/marginuplift/add/")

    assert found.get("/admin/lines/marginuplift/").status_code == 200
    assert (new.status_code, new.headers["Location"]) == (302, "/options-margin/uplifts/propose/")
