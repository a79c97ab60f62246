"""Previews beside the classes of their own date, refusals in the reader's language, and pages that read themselves again."""

import pytest
from django.utils import translation

from apps.changes import actions as changes
from apps.changes.errors import ItemUnusable
from apps.lines.products.actions import propose_classification
from apps.lines.products.core.contents import RuleContent
from apps.lines.products.models import ProductRule
from apps.lines.products.selectors import preview_of_line, preview_of_pattern, preview_of_rule
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.products import EQUITY, FAMILY, rule_content, some_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with made.on(TODAY):
        world = made.world()
        some_products(world.line)
        yield world


def approved_classification(world, day):
    change = propose_classification(line_code="rtgs-sh", reason="a new tree", effective_date=day, actor=world.author)
    return made.decided(change, world.approver)


def befores(preview):
    return {move.code: move.today[1] or move.today[0] for move in preview.moves}


def test_a_rule_is_previewed_beside_the_classes_of_its_own_date(world):
    """Agreed on for Tuesday, not in force yet: on Wednesday the products have these classes, today none."""
    change = approved_classification(world, TUESDAY)
    draft = RuleContent.model_validate(rule_content())

    today, wednesday = (preview_of_rule(world.author, draft, day) for day in (TODAY, WEDNESDAY))

    assert (set(befores(today).values()), today.agreed) == ({""}, ())
    assert befores(wednesday) == {"XT1": FAMILY, "XT2": "refused", "XT3": "gap", "XT4": "conflict", "ZX5": EQUITY}
    assert ([move.code for move in wednesday.moves if move.moves], tuple(wednesday.agreed)) == (["XT3"], (change.pk,))


def test_what_was_expected_is_what_is_there_when_it_has_taken_effect(world):
    facts = {
        "code": "XT1",
        "name": "smaller",
        "declared": "家族信托",
        "settlor": "person",
        "amount": "1",
        "other_beneficiaries": 1,
    }
    made.approved(world, ("product.facts", {"products": [facts]}), ("product.rule", rule_content()))
    with made.on(TODAY):
        expected = preview_of_pattern(world.author, "code", "*", WEDNESDAY)
    with made.on(TUESDAY):
        changes.activate_change(change_id=expected.agreed[0])
        there = preview_of_pattern(world.author, "code", "*", WEDNESDAY)

    assert there.agreed == ()
    assert [(move.code, move.facts, move.today, move.outcome.result) for move in expected.moves] == [
        (move.code, move.facts, move.today, move.outcome.result) for move in there.moves
    ]
    assert expected.moves[0].outcome.result == ("refused", "", "family-trust/amount")


def test_a_classification_counts_only_what_is_in_force(world):
    before = preview_of_line(world.line.pk, WEDNESDAY)
    approved_classification(world, TUESDAY)
    made.approved(world, ("product.rule", rule_content()))

    after = preview_of_line(world.line.pk, WEDNESDAY)

    assert (after.digest, after.agreed) == (before.digest, ())


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "应不低于1000万元"), ("en", "CNY 10 million")])
def test_a_refusal_speaks_the_readers_language(world, client, language, words):
    client.force_login(world.author)
    headers = {"Accept-Language": language}

    with translation.override(language):
        shown = ProductRule.objects.get(table="family-trust", code="amount").refusal_words
        pages = [client.get(f"/products/{page}", headers=headers).content.decode() for page in ("rules/", "of/XT2/", "classify/")]

    assert words in shown
    assert all(words in page for page in pages)


def test_words_that_nobody_translated_stay_and_english_alone_is_refused(world):
    rule = ProductRule(refusal="不接受")
    draft = made.change(world)

    with translation.override("en"):
        assert rule.refusal_words == "不接受"
    with pytest.raises(ItemUnusable):
        changes.add_item(
            change_id=draft.pk, kind="product.rule", content=rule_content(refusal_en="not accepted"), actor=world.author
        )
    assert not draft.items.exists()


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        ("/products/of/XT1/", '<div id="product"'),
        ("/products/classes/", '<div id="product-tree"'),
        ("/products/rules/", '<div id="product-rules"'),
        ("/products/rules/{rule}/", '<div id="product-rule"'),
        ("/products/pattern/?column=code&cell=XT*", '<div id="moves"'),
        ("/products/classify/?line=rtgs-sh", '<div id="moves"'),
    ],
)
def test_every_page_of_products_reads_its_part_again_when_something_happens(world, client, address, begins):
    client.force_login(world.author)
    address = address.format(rule=ProductRule.objects.order_by("id")[0].pk)

    page = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true", "X-Refresh": "1"}).content.decode()

    assert "data-feed-after=" in page
    assert begins in page
    assert part.lstrip().startswith(begins)
    assert 'data-refresh-on="product."' in part
    assert "<html" not in part
