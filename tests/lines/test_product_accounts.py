"""Securities accounts of products: many at once, each row with its result, agreed on by two people, of one product by date."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.changes import actions as changes
from apps.changes.errors import ItemUnusable
from apps.changes.models import Change, ChangeItem
from apps.changes.states import ChangeState
from apps.journal.models import Entry
from apps.lines.products.actions import load_demo_products, propose_sheet, results_of_sheet
from apps.lines.products.errors import NothingDiffers, SheetRefused
from apps.lines.products.models import ProductAccount
from apps.lines.products.selectors import accounts_page, comparable_tables
from apps.lines.products.selectors.accounts import accounts_on
from apps.lines.products.selectors.sheets import sheet_on
from apps.lines.products.views.accounts import as_sheet, with_names
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.people import make_line
from tests.factories.products import a_product, an_account

pytestmark = pytest.mark.django_db
SH, SZ = "B880000001", "0600000001"


@pytest.fixture
def world():
    with made.on(TODAY):
        world = made.world()
        for code in ("XT1", "XT2"):
            a_product(world.line, code)
        yield world


def row(account: str = SH, product: str = "XT1", **facts: Any) -> dict[str, Any]:
    return {"market": "SH" if account[0].isalpha() else "SZ", "account": account, "product": product, **facts}


def set_on(world: Any, day: Any, *rows: dict[str, Any]) -> Change:
    with made.on(TODAY):
        change = made.approved(world, ("product.accounts", {"accounts": list(rows)}), day=day)
    with made.on(day):
        changes.activate_change(change_id=change.pk)
    return Change.objects.get(pk=change.pk)


def held(day: Any) -> dict[str, str]:
    return {one.account: one.product.code for one in accounts_on(day).select_related("product")}


def left() -> list[int]:
    return [table.objects.count() for table in (Change, ChangeItem, ProductAccount, Entry)]


def test_accounts_come_go_and_come_back_by_date_and_by_two_people(world):
    first = set_on(world, TUESDAY, row(), row(SZ, "XT2", client="100", kind="credit"))
    second = set_on(world, WEDNESDAY, row(SZ, "XT2", removed=True), row(client="7"))

    assert (first.state, second.state) == ("active", "active")
    assert (held(TODAY), held(TUESDAY), held(WEDNESDAY)) == ({}, {SH: "XT1", SZ: "XT2"}, {SH: "XT1"})
    assert Entry.objects.filter(kind="product.accounts_set").order_by("-id")[0].data["keys"] == [f"SZ {SZ}", f"SH {SH}"]
    with made.on(WEDNESDAY):
        back = changes.roll_back_change(change_id=second.pk, actor=world.author, reason="too early")
        made.decided(back, world.approver)
        changes.activate_change(change_id=back.pk)
    assert Change.objects.get(pk=back.pk).state == "active", Change.objects.get(pk=back.pk).problem
    assert held(WEDNESDAY) == {SH: "XT1", SZ: "XT2"}
    assert accounts_on(WEDNESDAY).get(account=SH).client == ""


def test_each_row_of_a_sheet_has_its_result_and_nothing_is_kept(world):
    set_on(world, TUESDAY, row(), row(SZ, "XT2"))
    a_product(make_line("another"), "SECRET")
    data = (
        f"market,account,product,client,removed\nSH,{SH},XT1,,\nSZ,{SZ},XT2,5,\nSH,B880000002,XT2,,\nSZ,0600000002,XT1,,是\n"
        f"SH,B880000003,SECRET,,\nSH,B880000004,NONE,,\n"
    )
    before = left()

    found = results_of_sheet(data.encode(), world.line, TUESDAY)
    moved = results_of_sheet(f"market,account,product\nSH,{SH},XT2\n".encode(), world.line, TUESDAY)

    assert [(one.row, one.standing) for one in found] == [
        (2, "same"), (3, "changed"), (4, "new"), (5, "refused"), (6, "refused"), (7, "refused"),
    ]  # fmt: skip
    assert "XT1" in moved[0].problem
    assert (
        found[4].problem.replace("SECRET", "NONE").replace("B880000003", "B880000004") == found[5].problem
    )  # who looks learns nothing
    assert left() == before


def test_a_sheet_is_taken_whole_or_refused_whole_with_every_bad_row(world):
    facts: dict[str, Any] = {
        "what": "accounts", "line_code": "rtgs-sh", "reason": "x", "effective_date": TUESDAY, "actor": world.author,
    }  # fmt: skip
    before = left()

    with pytest.raises(SheetRefused) as refusal:
        propose_sheet(data=f"market,account,product\nSH,{SH},NONE\nSZ,{SZ},XT1\nSH,B880000002,NONE\n".encode(), **facts)
    with pytest.raises(SheetRefused) as unread:
        propose_sheet(data=b"market,account,product\nSH,B88,XT1\nXX,0600000001,XT1\n", **facts)
    with pytest.raises(SheetRefused):
        propose_sheet(data=f"market,account,product\nSH,{SH},XT1\nSH,{SH},XT1\n".encode(), **facts)

    assert [cell["row"] for cell in refusal.value.facts["problems"]] == [2, 4]
    assert [(cell["row"], cell["column"]) for cell in unread.value.facts["problems"]] == [(2, "account"), (3, "market")]
    assert left() == before

    change = propose_sheet(data=f"market,account,product\nSH,{SH},XT1\n".encode(), **facts)
    made.decided(change, world.approver)
    with made.on(TUESDAY):
        changes.activate_change(change_id=change.pk)
        before = left()
        with pytest.raises(NothingDiffers):
            propose_sheet(
                data="".join(sheet_on("accounts", TUESDAY, world.author)).encode(), **{**facts, "effective_date": WEDNESDAY}
            )
        assert left() == before


def test_an_account_of_another_product_is_refused_when_added_and_again_when_it_takes_effect(world):
    draft = made.change(world)
    with made.on(TODAY):
        one = made.approved(world, ("product.accounts", {"accounts": [row()]}))
        other = made.approved(world, ("product.accounts", {"accounts": [row(product="XT2")]}))
    with made.on(TUESDAY):
        for change in (one, other):
            changes.activate_change(change_id=change.pk)
        other.refresh_from_db()
        before = left()
        with pytest.raises(ItemUnusable, match="XT1"):
            changes.add_item(
                change_id=draft.pk, kind="product.accounts", content={"accounts": [row(product="XT2")]}, actor=world.author
            )
        assert left() == before

    assert other.state == ChangeState.INCIDENT
    assert SH in other.problem
    assert held(TUESDAY) == {SH: "XT1"}


def test_a_product_and_its_accounts_come_in_one_change(world):
    facts = ("product.facts", {"products": [{"code": "XT9", "name": "new"}]})

    change = made.approved(world, facts, ("product.accounts", {"accounts": [row(product="XT9")]}))
    with made.on(TUESDAY):
        changes.activate_change(change_id=change.pk)

    assert Change.objects.get(pk=change.pk).problem == ""
    assert held(TUESDAY) == {SH: "XT9"}


def test_rows_are_pasted_with_or_without_names_with_tabs_or_commas():
    expected = b"market,account,product\r\nSH,B880000001,XT1\r\n"

    assert as_sheet(with_names(f"SH\t{SH}\tXT1\n")) == expected
    assert as_sheet(with_names(f"market, account, product\nSH, {SH}, XT1")) == expected
    assert with_names("\n") == ""


def test_from_the_page_rows_are_checked_then_submitted_and_the_list_fills_the_form(world, client):
    client.force_login(world.author)
    an_account(world.line, "XT1", SZ)
    given = {"line": "rtgs-sh", "effective_date": TUESDAY.isoformat(), "rows": f"SH\t{SH}\tXT1\nSZ\t{SZ}\tXT2"}

    filled = client.get("/products/accounts/propose/?market=SZ").content.decode()
    before = left()
    checked = client.post("/products/accounts/propose/", {**given, "check": "1"})
    assert left() == before
    refused = client.post("/products/accounts/propose/", {**given, "reason": "x"})
    sent = client.post("/products/accounts/propose/", {**given, "reason": "x", "rows": f"SH\t{SH}\tXT1"})
    file = SimpleUploadedFile("a.csv", f"market,account,product\nSH,{SH},XT1\n".encode())
    client.post("/products/sheets/", {"what": "accounts", "line": "rtgs-sh", "reason": "x", "file": file})

    assert f"SZ\t{SZ}\tXT1" in filled
    assert [one.standing for one in checked.context["results"]] == ["new", "refused"]
    assert (refused.status_code, refused.context["cells"][0]["row"]) == (422, 3)
    assert sent.status_code == 302
    assert [change.state for change in Change.objects.all()] == ["submitted", "submitted"]


def test_accounts_of_other_lines_are_seen_by_nobody_here(world, client, django_assert_num_queries):
    other = make_line("another")
    a_product(other, "SECRET")
    an_account(other, "SECRET", SZ)
    an_account(world.line, "XT1", SH)
    client.force_login(world.operator)

    with django_assert_num_queries(1):
        rows, after = accounts_page(world.operator, TODAY, {})
    part = client.get("/products/accounts/", headers={"HX-Request": "true"}).content.decode()

    assert ([one.account for one in rows], after) == ([SH], "")
    assert part.lstrip().startswith('<section class="panel" id="product-accounts"')
    assert SZ not in part
    assert SZ not in "".join(sheet_on("accounts", TODAY, world.operator))
    assert [one["account"] for one in client.get("/api/products/accounts/?product=XT*").json()["results"]] == [SH]
    assert client.get("/products/accounts/?account=A,,B").status_code == 422
    assert client.get("/products/of/XT1/").content.decode().count(SH) == 1


def test_a_reconciliation_may_be_defined_over_accounts_of_products(world):
    an_account(world.line, "XT1", SH)
    table = comparable_tables()[0]

    assert list(table.rows("rtgs-sh", TODAY, ["product", "account", "kind"])) == [(1, "XT1", SH, "ordinary")]
    assert list(table.rows("another", TODAY, ["product"])) == []


def test_programs_ask_what_becomes_of_each_account(world, client):
    client.force_login(world.author)
    asked = {"line": "rtgs-sh", "accounts": [row(), row(SZ, "NONE")]}

    told = client.post("/api/products/accounts/check/", asked, content_type="application/json")
    bad = client.post("/api/products/accounts/check/", {**asked, "accounts": [row("B88")]}, content_type="application/json")

    assert [(one["row"], one["standing"]) for one in told.json()] == [(1, "new"), (2, "refused")]
    assert bad.status_code == 400


def test_the_demonstration_has_accounts_of_all_its_products(world):
    line = make_line("another")

    assert load_demo_products(line, 3, 7, TODAY) == 3
    assert [one.market for one in accounts_on(TODAY).order_by("market", "account")] == ["SH", "SH", "SH", "SZ", "SZ", "SZ"]
    assert load_demo_products(line, 3, 7, TODAY) == 0
