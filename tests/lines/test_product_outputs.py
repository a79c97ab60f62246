"""Where files of products go: paths with wildcards, every file with a place or a reason, and rows that are split without loss."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.changes import actions as changes
from apps.changes.errors import ItemUnusable
from apps.changes.models import Change, ChangeItem
from apps.files.core.dbf import Column, read_dbf
from apps.journal.models import Entry
from apps.lines.products.actions import propose_row
from apps.lines.products.core.book import Facts
from apps.lines.products.core.outputs import OutputRow, path_problem, plan_of
from apps.lines.products.core.splitting import OwnedTwice, cut_table, owners_of, shares_of
from apps.lines.products.models import ProductOutput
from apps.lines.products.selectors import outputs_held, plan_on
from apps.lines.products.selectors.outputs import trust_files
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.files import small_table
from tests.factories.people import make_line
from tests.factories.products import FAMILY, a_product, some_products

DAY = date(2026, 3, 2)
FILES = ("jsmx00000.33c", "SJSJG0302.DBF", "tzxx.33c")


def output(code: str = "all", **facts: Any) -> OutputRow:
    given_: dict[str, Any] = {"files": "*", "split_by": "ZQZH", "path": "{code}/{file}", "valid_from": DAY}
    return OutputRow(id=1, code=code, **{**given_, **facts})


def planned(*outputs: OutputRow, products: Any = None, results: Any = None) -> Any:
    return plan_of(outputs, products if products is not None else [Facts(code="P1")], results or {}, FILES, DAY)


# -- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("{code}/{file}", None),
        ("{trustee}/{class}/{extended_code}_{stem}.dbf", None),
        ("{code}/{hue}/{file}", ("path_wildcard", "hue")),
        ("{code/{file}", ("path_brace", "{code/{file}")),
        ("{file}", ("path_same_for_all", "{file}")),
        ("{code}", ("path_same_for_files", "{code}")),
        ("/{code}/{file}", ("path_unusable", "/")),
        ("../{code}/{file}", ("path_unusable", "..")),
        ("{code}//{file}", ("path_unusable", "/")),
        ("{code}\\{file}", ("path_unusable", "x\\x")),
        ("{code}/{file} ", ("path_unusable", "x ")),
    ],
)
def test_a_path_that_cannot_be_is_named_with_its_place(path, problem):
    assert path_problem(path) == problem


@given(value=st.text(min_size=1, max_size=12))
def test_whatever_is_known_of_a_product_never_leads_out_of_its_folder(value):
    plan = planned(output(path="out/{trustee}/{code}/{file}"), products=[Facts(code="P1", trustee=value)])

    for one in plan.destinations:
        parts = one.path.split("/")
        assert bool(one.reason) is not bool(one.path)
        assert not one.path or (parts[0], len(parts)) == ("out", 4)
        assert not {"", ".", ".."} & set(parts if one.path else ["x"])


def test_wildcards_are_filled_from_the_product_its_class_the_day_and_the_file():
    facts = Facts(code="P1", extended_codes=("E1", "F2"), trustee="华信信托")
    row = output(files="sjs*", path="{trustee}/{class}/{extended_code}/{yyyymmdd}-{mmdd}-{stem}.dbf")

    plan = planned(row, products=[facts], results={"P1": ("classified", FAMILY, "")})

    assert [one.path for one in plan.destinations] == [
        f"华信信托/{FAMILY}/{code}/20260302-0302-SJSJG0302.dbf" for code in ("E1", "F2")
    ]
    assert plan.idle_files == ("jsmx00000.33c", "tzxx.33c")


def test_what_a_path_asks_for_and_is_not_known_is_a_reason_and_not_a_hole_in_the_path():
    row = output(files="jsmx*", path="{trustee}/{class}/{code}/{file}")
    products = [Facts(code="P1", trustee="A"), Facts(code="P2"), Facts(code="P3", trustee="A/B"), Facts(code="P4", trustee="A")]
    results = dict.fromkeys(("P1", "P2", "P3"), ("classified", FAMILY, ""))
    refused = ("refused", "", "family-trust/amount")

    plan = planned(row, products=products, results={**results, "P4": refused})

    assert [(one.product, one.reason, one.what, one.result[0]) for one in plan.destinations] == [
        ("P1", "", "", "classified"),
        ("P2", "not_known", "trustee", "classified"),
        ("P3", "not_usable", "trustee", "classified"),
        ("P4", "no_class", "family-trust/amount", "refused"),
    ]
    assert plan.refused == 3


def test_files_that_would_lie_upon_each_other_are_all_refused_and_name_each_other():
    twice = planned(output("a", files="jsmx*"), output("b", files="JSMX*", path="{code}/{file}"))
    apart = planned(output("a", files="jsmx*"), output("b", files="jsmx*", path="b/{code}/{file}"))

    assert [(one.reason, one.what) for one in twice.destinations] == [
        ("same_path", "P1 jsmx00000.33c (b)"),
        ("same_path", "P1 jsmx00000.33c (a)"),
    ]
    assert [one.path for one in apart.destinations] == ["P1/jsmx00000.33c", "b/P1/jsmx00000.33c"]


def test_an_output_means_products_by_class_and_conditions_and_those_it_leaves_are_told():
    products = [Facts(code="P1"), Facts(code="P2"), Facts(code="P3", is_wound_up=True)]
    results = {"P1": ("classified", FAMILY, ""), "P3": ("classified", FAMILY, "")}

    plan = planned(
        output(class_pattern="trust.service.*", cells={"is_wound_up": "false"}, files="jsmx*"), products=products, results=results
    )

    assert [one.product for one in plan.destinations] == ["P1"]
    assert plan.idle_products == ("P2", "P3")


CODES = st.sampled_from(["P1", "P2", "P3"])
OUTPUTS = st.builds(
    output,
    st.sampled_from(["a", "b", "c"]),
    files=st.sampled_from(["*", "jsmx*", "not(tzxx*)", "sjs??0302.*"]),
    path=st.sampled_from(["{code}/{file}", "x/{code}_{stem}", "{class}/{code}/{file}", "{extended_code}/{file}"]),
    class_pattern=st.sampled_from(["", "TRUST.*", "not(TRUST.*)"]),
)


@given(
    outputs=st.lists(OUTPUTS, max_size=3, unique_by=lambda row: row.code),
    codes=st.sets(CODES),
    classified=st.sets(CODES),
    shared=st.booleans(),
)
def test_every_destination_has_a_place_of_its_own_or_a_reason(outputs, codes, classified, shared):
    products = [Facts(code=code, extended_codes=("E",) if shared else (f"E{code}",)) for code in sorted(codes)]

    plan = planned(*outputs, products=products, results=dict.fromkeys(classified, ("classified", FAMILY, "")))

    places = Counter(one.path.casefold() for one in plan.destinations if not one.reason)
    assert all(count == 1 for count in places.values())
    assert {one.product for one in plan.destinations} | set(plan.idle_products) == codes
    assert [one.key for one in plan.destinations] == sorted(one.key for one in plan.destinations)


# -- rows -------------------------------------------------------------------------------------------------------------


def test_the_vector_of_the_fact_book_is_split_without_loss():
    """10.6: rows A1 A1 A2 A3 A3 X; P1 = {A1, A3}, P2 = {A2}, P3 = {A4}: 4 + 1 + 0 + 1 = 6."""
    owners = owners_of([("A1", "P1"), ("A3 ", "P1"), ("A2", "P2"), ("A4", "P3")])

    shares = shares_of(["A1", "A1", "A2", "A3", "A3  ", "X"], owners, ["P1", "P2", "P3"])

    assert {product: list(places) for product, places in shares.by_product.items()} == {"P1": [0, 1, 3, 4], "P2": [2], "P3": []}
    assert (list(shares.rest), shares.rows) == ([5], 6)


ACCOUNTS = st.lists(st.sampled_from(["A1", "A2        ", "A3", "0600000001          ", "06000000011", ""]), max_size=30)


@given(accounts=ACCOUNTS, owned=st.dictionaries(st.sampled_from(["A1", "A2", "A3", "0600000001"]), CODES))
def test_every_row_goes_to_one_product_or_to_the_rest(accounts, owned):
    shares = shares_of(accounts, owners_of(owned.items()), ["P1", "P2", "P3"])

    places = [place for found in shares.by_product.values() for place in found] + list(shares.rest)
    assert sorted(places) == list(range(len(accounts)))
    assert shares.rows == len(accounts)
    for product, found in shares.by_product.items():
        assert all(owned[accounts[place].rstrip()[:10]] == product for place in found)


def test_an_account_of_two_products_is_split_to_neither():
    with pytest.raises(OwnedTwice) as refusal:
        owners_of([("0600000001", "P1"), ("0600000001          ", "P2")])

    assert (refusal.value.account, refusal.value.products) == ("0600000001", ["P1", "P2"])


@pytest.mark.parametrize("version", [0x03, 0x30])
def test_a_product_gets_its_rows_as_bytes_below_the_header_of_the_source(version):
    rows = [("A1", Decimal("1.00")), ("A2", Decimal("2.00")), ("A1", Decimal("3.00"))]
    data = small_table(Column("ZQZH", "C", 10), Column("QSJE", "N", 12, 2), rows=rows, version=version)
    source = read_dbf(data)
    shares = shares_of(source.column("ZQZH"), {"A1": "P1"}, ["P1", "P2"])

    mine, empty = (read_dbf(cut_table(data, source.header, shares.by_product[code], DAY)) for code in ("P1", "P2"))

    assert (mine.row_count, empty.row_count) == (2, 0)
    assert [bytes(one) for one in mine.raw("QSJE")] == [b"1.00".rjust(12), b"3.00".rjust(12)]
    assert mine.header.raw[32:] == source.header.raw[32:]
    assert mine.header.updated == DAY
    assert cut_table(data, source.header, [0, 2], DAY) == cut_table(data, source.header, [0, 2], DAY)


# -- by changes, pages and programs -----------------------------------------------------------------------------------


def content(**facts: Any) -> dict[str, Any]:
    given_ = {"code": "families", "files": "sjsjg*", "split_by": "JGZQZH", "path": "families/{class}/{code}/{file}"}
    return {**given_, "class_pattern": "TRUST.*", "source": "order 7", **facts}


@pytest.fixture
def world():
    with made.on(TODAY):
        world = made.world()
        some_products(world.line)
        yield world


@pytest.mark.django_db
def test_the_shipped_outputs_give_each_file_of_a_product_one_place(world):
    plan = plan_on(world.operator, TODAY).plan

    assert {one.reason for one in plan.destinations} == {""}
    assert {one.product for one in plan.destinations} == {"XT1", "XT2", "XT3", "XT4", "ZX5"}
    assert len(plan.destinations) == 5 * len({one.file for one in plan.destinations})
    assert len(plan.idle_files) == 4  # no column is known of them: IPO_GH, scdhb, zhtg, zhzl
    assert len(trust_files(TODAY)) == len(plan.idle_files) + len({one.file for one in plan.destinations})
    assert not any(held.row.is_verified for held in outputs_held(TODAY))


@pytest.mark.django_db
def test_an_output_is_seen_before_it_is_agreed_on_and_holds_from_its_date(world, client):
    client.force_login(world.author)
    asked = {"output": content(path="{class}/{code}/{file}", class_pattern=""), "date": TUESDAY.isoformat(), "which": "refused"}

    seen = client.post("/api/products/outputs/preview/", asked, content_type="application/json").json()
    with made.on(TODAY):
        change = propose_row(
            kind="product.output", line_code="rtgs-sh", reason="x", effective_date=TUESDAY, actor=world.author, content=content()
        )
        shown = client.get(f"/products/outputs/changes/{change.pk}/")
        made.decided(change, world.approver)
    with made.on(TUESDAY):
        changes.activate_change(change_id=change.pk)

    assert [(one["product"], one["reason"], one["result"][0]) for one in seen["results"]] == [
        (code, "no_class", "") for code in ("XT1", "XT2", "XT3", "XT4", "ZX5")
    ]
    assert shown.status_code == 200
    assert Change.objects.get(pk=change.pk).state == "active", Change.objects.get(pk=change.pk).problem
    assert "families" in {held.row.code for held in outputs_held(TUESDAY)}
    assert "families" not in {held.row.code for held in outputs_held(TODAY)}
    assert Entry.objects.get(kind="product.output_set").data["values"]["class_pattern"] == "TRUST.*"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"path": "../{code}/{file}"}, r"\.\."),
        ({"path": "{file}"}, "产品代码"),
        ({"files": "a,,b"}, "3"),
        ({"cells": {"amount": ">= many("}}, "9"),
        ({"cells": {"hue": "red"}}, "hue"),
        ({"split_by": "A B"}, "split_by"),
        ({"source": ""}, "source"),
    ],
)
def test_an_output_that_cannot_be_is_refused_and_nothing_is_kept(world, facts, told):
    draft = made.change(world)

    with pytest.raises(ItemUnusable, match=told):
        changes.add_item(change_id=draft.pk, kind="product.output", content=content(**facts), actor=world.author)

    assert not ChangeItem.objects.exists()
    assert not ProductOutput.objects.exclude(change=None).exists()


@pytest.mark.django_db
def test_pages_show_outputs_the_files_of_a_product_and_a_preview_and_keep_other_lines_out(
    world, client, django_assert_max_num_queries
):
    a_product(make_line("another"), "SECRET")
    client.force_login(world.author)
    with django_assert_max_num_queries(20):
        page = client.get("/products/outputs/?product=xt1").content.decode()
    part = client.get("/products/outputs/?show=all", headers={"HX-Request": "true"}).content.decode()
    form = {f"cell_{name}": "" for name in ("code", "name")} | {key: value for key, value in content().items() if value}
    looked = client.post("/products/outputs/propose/", {**form, "line": "rtgs-sh", "preview": "1"})
    preview = client.get(looked.url)
    hidden = client.get("/api/products/outputs/?product=SECRET").json()

    assert "20260302/XT1/SJSJG0302.DBF" in page
    assert part.lstrip().startswith('<div id="product-outputs"')
    assert (looked.status_code, preview.status_code) == (302, 200)
    assert 'data-number="matched">0<' in preview.content.decode()
    assert hidden["destinations"] == 0
    assert "SECRET" not in part


def test_no_output_ships_for_a_column_that_nobody_saw():
    """Every shipped output says that it is not verified, as its rows have no mark."""
    text = (Path(__file__).parents[2] / "apps/lines/products/data/products.json").read_text(encoding="utf-8")

    assert '"is_verified": true' not in text
