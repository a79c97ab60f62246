"""Products and their classes: set by changes of two people, seen before they are agreed on, explained by rule and date."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.approvals.errors import SamePerson
from apps.changes import actions as changes
from apps.changes.errors import AlreadyProposed, ItemUnusable, NotFinal, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import items_in_words
from apps.changes.states import ChangeState
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.lines.products.actions import propose_classification, propose_row, propose_sheet
from apps.lines.products.errors import NothingDiffers, SheetRefused
from apps.lines.products.models import Product, ProductClass, ProductClassification, ProductFacts, ProductRule
from apps.lines.products.selectors import book_on, detail_of, preview_of_line, products_page, results_on
from apps.lines.products.selectors.sheets import sheet_on
from apps.people.states import Role
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.people import give_role, make_line, make_user
from tests.factories.products import EQUITY, FAMILY, HOUSEHOLD, a_product, rule_content, some_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        world = made.world()
        some_products(world.line)
        yield world


def left():
    tables = (Change, ChangeItem, Product, ProductFacts, ProductClass, ProductRule, ProductClassification, Entry)
    return [table.objects.count() for table in tables]


def in_effect(world, *items, day=TUESDAY):
    with made.on(TODAY):
        change = made.approved(world, *items, day=day)
    changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def classified(world, day=TUESDAY):
    with made.on(day - timedelta(days=1) if day > TODAY else TODAY):
        change = propose_classification(line_code="rtgs-sh", reason="a new tree", effective_date=day, actor=world.author)
        made.decided(change, world.approver)
    with made.on(day):
        changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def facts_of(world, code, day):
    facts = detail_of(world.author, code, day).facts
    assert facts is not None
    return facts


def kept(world, day):
    return {code: (result[1] or result[0]) for code, result in results_on(day, [world.line.pk]).items()}


# -- a day through the API, maker and checker -------------------------------------------------------------------------


def test_a_rule_is_previewed_proposed_by_one_agreed_by_another_and_moves_exactly_what_was_seen(world, client):
    client.force_login(world.author)
    draft = rule_content()

    seen = client.post(
        "/api/products/rules/preview/",
        {"rule": draft, "date": TUESDAY.isoformat(), "show": "matches"},
        content_type="application/json",
    ).json()
    assert (seen["preview"]["products"], seen["preview"]["matched"]) == (5, 1)
    assert [(one["code"], one["after"][:2]) for one in seen["results"]] == [("XT3", ["classified", EQUITY])]
    assert ProductRule.objects.filter(code="old").count() == 0

    facts = {
        "line": "rtgs-sh",
        "title": "old kinds",
        "reason": "notice 7",
        "kind": "normal",
        "effective_date": TUESDAY.isoformat(),
    }
    number = client.post("/api/changes/", facts, content_type="application/json").json()["id"]
    added = client.post(
        f"/api/changes/{number}/items/", {"kind": "product.rule", "content": draft}, content_type="application/json"
    )
    assert added.status_code == 201, added.content
    before = preview_of_line(world.line.pk, TUESDAY, Change.objects.get(pk=number))
    content = {"line": "rtgs-sh", "moves": before.summary.moving, "digest": before.digest}
    both = client.post(
        f"/api/changes/{number}/items/", {"kind": "product.classification", "content": content}, content_type="application/json"
    )
    assert both.status_code == 201, both.content
    sent = client.post(f"/api/changes/{number}/submit/", {}, content_type="application/json")
    assert sent.status_code in (200, 201), sent.content

    client.force_login(world.approver)
    shown = client.get(f"/api/products/changes/{number}/").json()
    assert (shown["preview"]["digest"], shown["preview"]["moving"]) == (before.digest, 5)
    assert {one["code"]: one["after"][0] for one in shown["results"]} == {
        "XT1": "classified", "XT2": "refused", "XT3": "classified", "XT4": "conflict", "ZX5": "classified",
    }  # fmt: skip
    made.decided(Change.objects.get(pk=number), world.approver)
    with made.on(TUESDAY):
        changes.activate_change(change_id=number)

        change = Change.objects.get(pk=number)
        assert (change.state, change.problem) == ("active", "")
        assert kept(world, TUESDAY) == {"XT1": FAMILY, "XT2": "refused", "XT3": EQUITY, "XT4": "conflict", "ZX5": EQUITY}
        assert kept(world, TODAY) == {}
        why = client.get("/api/products/of/XT3/").json()
        assert (why["class_code"], why["since"], why["moves"]) == (EQUITY, TUESDAY.isoformat(), False)
        assert [(step["table"], [rule["code"] for rule in step["rules"]]) for step in why["way"]] == [("products", ["old"])]
        assert why["way"][0]["rules"][0]["change"] == number
        family = client.get("/api/products/of/XT2/").json()
        assert (family["standing"], family["place"]) == ("refused", "family-trust: amount")
        fact = Entry.objects.get(kind="product.classified").data
        assert (fact["moves"], fact["products"], fact["digest"], sum(way[2] for way in fact["ways"])) == (5, 5, before.digest, 5)
        assert client.get("/api/products/?standing=without").json()["results"][0]["refused_by"] == "family-trust/amount"


def test_one_person_alone_classifies_nothing(world):
    change = propose_classification(line_code="rtgs-sh", reason="x", effective_date=TUESDAY, actor=world.author)
    give_role(world.author, world.line, Role.PROCESS_APPROVER)

    with pytest.raises(SamePerson):
        made.decided(change, world.author)

    assert not ProductClassification.objects.exists()


def test_who_cannot_approve_on_every_line_sets_no_rule_but_classifies_the_own_line(world):
    make_line("another")
    with made.on(TODAY):
        rule = propose_row(
            kind="product.rule",
            line_code="rtgs-sh",
            reason="x",
            effective_date=TUESDAY,
            actor=world.author,
            content=rule_content(),
        )
        own = propose_classification(line_code="rtgs-sh", reason="x", effective_date=TUESDAY, actor=world.author)

        with pytest.raises(NotPermitted):
            made.decided(rule, world.approver)
        made.decided(own, world.approver)

    assert not ProductRule.objects.filter(code="old").exists()
    assert Change.objects.get(pk=own.pk).state == ChangeState.APPROVED


def test_when_other_products_would_move_than_were_agreed_on_nothing_takes_effect(world):
    change = propose_classification(line_code="rtgs-sh", reason="x", effective_date=TUESDAY, actor=world.author)
    made.decided(change, world.approver)
    a_product(world.line, "XT9")

    with made.on(TUESDAY):
        changes.activate_change(change_id=change.pk)

    change.refresh_from_db()
    assert change.state == ChangeState.INCIDENT
    assert "6" in change.problem
    assert "5" in change.problem
    assert not ProductClassification.objects.exists()


def test_the_way_back_brings_every_class_back_and_takes_those_that_were_new(world):
    classified(world)
    with made.on(TUESDAY):
        item = (
            "product.facts",
            {
                "products": [
                    {
                        "code": "XT1",
                        "name": "smaller",
                        "declared": "家族信托",
                        "settlor": "person",
                        "amount": "1",
                        "other_beneficiaries": 1,
                    }
                ]
            },
        )
        in_effect(world, item, day=WEDNESDAY)
    second = classified(world, WEDNESDAY)
    between = kept(world, WEDNESDAY)
    with made.on(WEDNESDAY):
        back = changes.roll_back_change(change_id=second.pk, actor=world.author, reason="too early")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

        assert between["XT1"] == "refused"
        assert kept(world, WEDNESDAY) == kept(world, TUESDAY)


def test_products_that_were_never_classified_have_no_class_again_after_the_way_back(world):
    first = classified(world)
    with made.on(TUESDAY):
        back = changes.roll_back_change(change_id=first.pk, actor=world.author, reason="the tree was wrong")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)

        assert kept(world, TUESDAY) == {}
        assert {row.standing for row in products_page(world.author, TUESDAY, {})[0]} == {"never"}
        assert preview_of_line(world.line.pk, TUESDAY).summary.moving == 5


def test_a_class_a_table_and_a_rule_come_and_go_by_changes_with_their_dates(world):
    leaf = {"code": "TRUST.SERVICE.NEW.PILOT", "name_zh": "试点", "name_en": "Pilot", "source": "notice 8"}
    table = {"code": "pilot", "name_zh": "试点", "name_en": "Pilot", "hit_policy": "FIRST", "source": "notice 8"}
    first = rule_content(code="pilot", next_table="pilot", class_code=None, valid_to=WEDNESDAY.isoformat())
    inner = rule_content(table="pilot", code="all", cells={}, class_code=leaf["code"])
    change = in_effect(world, ("product.class", leaf), ("product.table", table), ("product.rule", first), ("product.rule", inner))

    assert (change.state, change.problem) == ("active", "")
    days = {
        day: book_on(day).decide(facts_of(world, "XT3", day).as_facts("XT3"))
        for day in (TODAY, TUESDAY, WEDNESDAY, WEDNESDAY + timedelta(days=1))
    }
    assert [found.class_code for found in days.values()] == ["", leaf["code"], leaf["code"], ""]
    assert Entry.objects.get(kind="product.table_set").data["values"]["hit_policy"] == "FIRST"
    with made.on(TUESDAY):
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="the notice was withdrawn")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)
    assert Change.objects.get(pk=back.pk).state == "active", Change.objects.get(pk=back.pk).problem
    assert leaf["code"] not in book_on(TUESDAY).classes
    assert "pilot" not in book_on(TUESDAY).tables


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("product.class", {"code": "A.B.C.D.E", "name_zh": "x", "name_en": "x", "source": "x"}, "code"),
        ("product.class", {"code": "A.B", "name_zh": "x", "name_en": "x", "source": "x"}, "A"),
        ("product.class", {"code": "GONE", "name_zh": "x", "name_en": "x", "source": "x", "removed": True}, "GONE"),
        ("product.class", {"code": "A", "name_zh": "x", "name_en": "x", "source": ""}, "source"),
        ("product.rule", rule_content(class_code="TRUST.SERVICE"), "TRUST.SERVICE"),
        ("product.rule", rule_content(class_code=None), "refuses"),
        ("product.rule", rule_content(refusal="both"), "refuses"),
        ("product.rule", rule_content(table="none"), "none/old"),
        ("product.rule", rule_content(class_code=None, next_table="products"), "products → products"),
        ("product.rule", rule_content(cells={"amount": ">= many("}), "9"),
        ("product.rule", rule_content(cells={"hue": "red"}), "hue"),
        ("product.rule", rule_content(cells={"code": "A,,B"}), "3"),
        ("product.rule", rule_content(valid_to="2020-01-01"), "2020-01-01"),
        ("product.facts", {"products": [{"code": "x y", "name": "x"}]}, "code"),
        ("product.facts", {"products": [{"code": "A", "name": "x"}, {"code": "A", "name": "x"}]}, "A"),
        ("product.facts", {"products": [{"code": "A", "name": "x", "amount": "-1"}]}, "amount"),
        ("product.classification", {"line": "rtgs-sh", "moves": 3, "digest": "of something else"}, "5"),
    ],
)
def test_what_cannot_hold_is_refused_with_its_place_and_nothing_is_kept(world, kind, content, told):
    draft = made.change(world)
    before = left()

    with pytest.raises(ItemUnusable, match=told.replace(".", "\\.")):
        changes.add_item(change_id=draft.pk, kind=kind, content=content, actor=world.author)

    assert left() == before


def test_a_rule_whose_class_goes_in_between_is_refused_at_submission(world):
    draft = made.change(world, ("product.rule", rule_content()))
    ProductClass.objects.filter(code=EQUITY).update(is_withdrawn=True)

    with pytest.raises(NotFinal, match="products/old"):
        made.submitted(draft)


def test_doors_of_lines_hold_for_products(world):
    other = make_line("another")
    a_product(other, "SECRET")
    facts: dict[str, Any] = {"line_code": "rtgs-sh", "reason": "x", "effective_date": TUESDAY}
    draft = made.change(world)
    before = left()

    with pytest.raises(OtherLine):
        changes.add_item(
            change_id=draft.pk,
            kind="product.facts",
            content={"products": [{"code": "SECRET", "name": "x"}]},
            actor=world.author,
        )
    with pytest.raises(NotPermitted):
        propose_classification(**facts, actor=world.operator)
    with pytest.raises(NotFound):
        propose_classification(**{**facts, "line_code": "another"}, actor=world.author)
    with pytest.raises(NotFound):
        detail_of(world.author, "SECRET", TODAY)

    assert left() == before
    assert "SECRET" not in {row.code for row in products_page(world.author, TODAY, {})[0]}
    assert "SECRET" not in "".join(sheet_on("products", TODAY, world.author))
    assert "SECRET" in "".join(sheet_on("products", TODAY))


def test_the_same_is_not_proposed_twice_and_an_old_preview_is_not_sent(world):
    facts = {"line_code": "rtgs-sh", "reason": "x", "effective_date": TUESDAY, "actor": world.author}
    first = propose_classification(**facts)
    row = {"kind": "product.rule", "content": rule_content(), **facts}
    propose_row(**row)
    before = left()

    with pytest.raises(AlreadyProposed, match=str(first.pk)):
        propose_classification(**facts)
    with pytest.raises(AlreadyProposed):
        propose_row(**row)
    with pytest.raises(StaleState):
        propose_classification(**facts, seen="0" * 64)

    assert left() == before


def test_the_database_keeps_no_class_beside_a_reason_and_no_rule_that_says_two_things(world):
    product = Product.objects.get(code="XT1")
    row = {"product": product, "valid_from": TODAY, "set_at": clock.now()}
    for wrong in ({"standing": "classified", "class_code": ""}, {"standing": "gap", "class_code": FAMILY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProductClassification.objects.create(**row, **wrong)
    shipped = ProductRule.objects.earliest("pk")
    for wrong in ({"refusal": "x"}, {"class_code": "", "next_table": ""}, {"source": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProductRule.objects.filter(pk=shipped.pk).update(**wrong)


# -- sheets and the command line --------------------------------------------------------------------------------------


def test_a_sheet_of_rules_comes_back_unchanged_and_what_differs_becomes_one_change(world, tmp_path, capsys):
    facts = {"line_code": "rtgs-sh", "reason": "x", "effective_date": TUESDAY, "actor": world.author}
    for what in ("classes", "tables", "rules", "products"):
        with pytest.raises(NothingDiffers):
            propose_sheet(what=what, data="".join(sheet_on(what, TODAY)).encode(), **facts)
    sheet = "".join(sheet_on("rules", TODAY)).replace(">= 10000000", ">= 20000000")

    change = propose_sheet(what="rules", data=sheet.encode(), **facts)

    assert sorted(change.items.values_list("subject", flat=True)) == [
        "family-trust/admitted",
        "family-trust/self-benefit",
        "family-trust/settlor",
    ]
    told = " ".join(detail for view in items_in_words(change) for detail in view.words.details)
    assert ">= 10000000 → >= 20000000" in told


def test_a_sheet_of_products_is_one_item_and_a_bad_row_keeps_nothing(world, tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("code,name,declared,amount\nXT1,renamed,家族信托,10000000\nN1,new,慈善信托,5\n", encoding="utf-8")
    bad.write_text("code,name,amount\nA1,x,1\nB1,,many\n", encoding="utf-8")
    before = left()

    with pytest.raises(SheetRefused) as refusal:
        propose_sheet(
            what="products", data=bad.read_bytes(), line_code="rtgs-sh", reason="x", effective_date=TUESDAY, actor=world.author
        )
    with pytest.raises(CommandError, match="3"):
        call_command("products", "check", "products", str(bad))

    assert left() == before
    assert {(cell["row"], cell["column"]) for cell in refusal.value.facts["problems"]} == {(3, "name"), (3, "amount")}
    options = {"line": "rtgs-sh", "reason": "a sheet", "person": "author", "date": TUESDAY}
    call_command("products", "import", "products", str(good), **options)
    change = Change.objects.get()
    assert [item.subject for item in change.items.all()] == ["XT1 +1"]
    made.decided(change, world.approver)
    with made.on(TUESDAY):
        changes.activate_change(change_id=change.pk)
    facts = facts_of(world, "XT1", TUESDAY)
    assert (facts.name, facts.amount, facts.other_beneficiaries) == ("renamed", Decimal(10_000_000), None)
    assert facts_of(world, "XT1", TODAY).name == "product XT1"
    with made.on(TUESDAY):
        back = changes.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong sheet")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)
    assert facts_of(world, "XT1", TUESDAY).name == "product XT1"
    assert facts_of(world, "N1", TUESDAY).is_wound_up


def test_the_command_line_says_what_matches_what_would_move_and_writes_dmn(world, capsys):
    call_command("products", "match", "extended_codes", "F*", person="author", json=True)
    matched = json.loads(capsys.readouterr().out)
    call_command("products", "classify", line="rtgs-sh", person="author", json=True, date=TUESDAY)
    moving = json.loads(capsys.readouterr().out)
    call_command("products", "dmn", "family-trust")
    model = capsys.readouterr().out
    call_command("products", "classify", line="rtgs-sh", person="author", reason="a new tree", date=TUESDAY)

    assert (matched["matched"], [row[0] for row in matched["results"]]) == (1, ["ZX5"])
    assert (moving["moving"], moving["standings"]) == (5, {"classified": 2, "refused": 1, "gap": 1, "conflict": 1})
    assert 'hitPolicy="UNIQUE"' in model
    assert Change.objects.get().state == "submitted"
    for wrong in (("match", "code", "A,,B"), ("dmn", "none")):
        with pytest.raises(CommandError):
            call_command("products", *wrong, **({"person": "author"} if wrong[0] == "match" else {}))


# -- looking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["XT1", "XT2", "XT3", "XT4", "ZX5"]),
        ({"code": "xt?"}, ["XT1", "XT2", "XT3", "XT4"]),
        ({"code": "not(XT*)"}, ["ZX5"]),
        ({"extended_codes": "F*"}, ["ZX5"]),
        ({"extended_codes": "5"}, []),
        ({"name": "product *3, *5"}, ["XT3", "ZX5"]),
        ({"declared": "家族信托*"}, ["XT1", "XT2", "XT4"]),
        ({"settlor": "organisation"}, ["ZX5"]),
        ({"amount_from": "9999999.99", "amount_to": "9999999.99"}, ["XT2"]),
        ({"other_beneficiaries_from": "2"}, []),
        ({"is_wound_up": "true"}, []),
        ({"established_from": "2020-01-01"}, []),
        ({"trustee": "*"}, []),
        ({"standing": "never"}, ["XT1", "XT2", "XT3", "XT4", "ZX5"]),
        ({"line": "another"}, []),
    ],
)
def test_every_field_of_a_product_can_be_asked_for(world, client, asked, found):
    client.force_login(world.operator)

    assert [one["code"] for one in client.get("/api/products/", asked).json()["results"]] == found
    assert client.get("/products/", asked).status_code == 200


def test_lists_are_paged_by_key_with_as_many_queries_for_many(world, client, django_assert_num_queries):
    classified(world)
    client.force_login(world.operator)
    with made.on(TUESDAY):
        with django_assert_num_queries(1):
            first, after = products_page(world.operator, TUESDAY, {"class_code": "TRUST"}, limit=1)
        second, _end = products_page(world.operator, TUESDAY, {"class_code": "TRUST"}, after=after, limit=1)
        without = products_page(world.operator, TUESDAY, {"standing": "without"})[0]
        preview = preview_of_line(world.line.pk, WEDNESDAY)

        assert [row.code for row in (*first, *second)] == ["XT1", "ZX5"]
        assert [row.standing for row in without] == ["refused", "gap", "conflict"]
        assert preview.summary.moving == 0
        pages = [preview.page("all", after, 2) for after in ("", "XT2", "XT4")]
        assert [[move.code for move in rows] for rows, _after in pages] == [["XT1", "XT2"], ["XT3", "XT4"], ["ZX5"]]
        assert [after for _rows, after in pages] == ["XT2", "XT4", ""]


def test_pages_show_the_tree_the_rules_the_preview_and_the_why(world, client, django_assert_max_num_queries):
    classified(world)
    client.force_login(world.author)
    rule = ProductRule.objects.get(code="self-benefit")
    with made.on(TUESDAY):
        pages = {}
        for name, address, budget in (
            ("list", "/products/", 16),
            ("tree", "/products/classes/", 16),
            ("rules", "/products/rules/", 18),
            ("rule", f"/products/rules/{rule.pk}/", 14),
            ("why", "/products/of/XT2/", 22),
            ("conflict", "/products/of/XT4/", 22),
            ("pattern", "/products/pattern/?column=code&cell=XT*", 20),
            ("classify", "/products/classify/", 24),
            ("sheets", "/products/sheets/", 16),
        ):
            with django_assert_max_num_queries(budget):
                answer = client.get(address)
            assert answer.status_code == 200, name
            pages[name] = answer.content.decode()

    assert f"/products/rules/{ProductRule.objects.get(table='family-trust', code='amount').pk}/" in pages["why"]
    assert "10000000" in pages["rules"]
    assert "<!-- -->" not in pages["rules"]
    assert pages["conflict"].count("/products/rules/") >= 2
    assert 'data-number="matched">4<' in pages["pattern"]
    assert "TRUST.SERVICE.WEALTH.FAMILY" in pages["tree"]
    assert client.get("/products/of/NONE/").status_code == 404
    assert client.get("/products/pattern/?cell=A,,B").status_code == 422
    assert client.get("/products/?code=A,,").status_code == 422


def test_from_the_page_a_preview_is_an_address_and_a_proposal_waits_for_somebody_else(world, client):
    client.force_login(world.author)
    given = {
        "table": "products",
        "code": "old",
        "position": "500",
        "cell_declared": "单一*",
        "class_code": EQUITY,
        "source": "notice 7",
    }
    given |= {"line": "rtgs-sh", "reason": "old kinds", "effective_date": TUESDAY.isoformat()}
    address = reverse("propose-product-rule")

    looked = client.post(address, {**given, "preview": "1", "reason": ""})
    seen = client.get(looked.url)
    odd = client.post(address, {**given, "cell_amount": ">= ("})
    sent = client.post(address, given)

    assert looked.status_code == 302
    assert "csrf" not in looked.url
    assert 'data-number="matched">1<' in seen.content.decode()
    assert (odd.status_code, Change.objects.count()) == (422, 1)
    change = Change.objects.get()
    assert (sent.url, change.state) == (f"/changes/{change.pk}/", "submitted")
    assert f"/products/changes/{change.pk}/" in client.get(sent.url).content.decode()
    assert client.get(f"/products/changes/{change.pk}/").status_code == 200


def test_a_sheet_from_the_page_is_refused_with_row_and_column(world, client):
    client.force_login(world.author)
    given = {"what": "products", "line": "rtgs-sh", "reason": "x", "effective_date": TUESDAY.isoformat()}

    refused = client.post("/products/sheets/", {**given, "file": SimpleUploadedFile("p.csv", b"code,name,amount\nA,x,many\n")})
    sent = client.post("/products/sheets/", {**given, "file": SimpleUploadedFile("p.csv", b"code,name,amount\nA,x,1\n")})
    saved = b"".join(client.get("/products/sheets/products.csv").streaming_content).decode()

    assert (refused.status_code, refused.context["cells"][0]["row"], refused.context["cells"][0]["column"]) == (422, 2, "amount")
    assert sent.status_code == 302
    assert saved.count("\n") == 6


def test_the_admin_site_looks_and_leads_to_the_proposal(world, client):
    client.force_login(make_user("root", superuser=True))

    for name, target in (
        ("productclass", "/products/classes/propose/"),
        ("productrule", "/products/rules/propose/"),
        ("producttable", "/products/tables/propose/"),
        ("product", "/products/sheets/"),
    ):
        assert client.get(f"/admin/lines/{name}/").status_code == 200
        assert client.get(f"/admin/lines/{name}/add/").url == target
    assert HOUSEHOLD in client.get("/admin/lines/productclass/").content.decode()
