"""The catalogue on its pages: what is known, where from, who uses it; layouts are taken from samples, looked at first."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.files import store
from apps.files.actions import scan_source
from apps.files.core.dbf import Column, write_dbf
from apps.files.core.problems import UnreadableFile
from apps.files.core.samples import read_sample
from apps.files.models import ImportedLayout
from apps.files.selectors import family_named, file_for
from apps.journal.models import Entry
from apps.people.models import User
from tests.factories.files import DAY, drop, line, small_table, source, table_bytes
from tests.factories.processes import cast, in_force, make_process, simple_model

pytestmark = pytest.mark.django_db

COLUMNS = (Column("ZQZH", "C", 10), Column("JE", "N", 16, 2), Column("RQ", "D", 8))
SHEET = "name,type,width,decimals,zh,en\nzqzh,C,10,,证券账号,account\nJE,N,16,2,,\nRQ,D,8,0,日期,day\n"
FACTS = {"family": "newfile", "market": "SH", "title_zh": "新文件", "title_en": "New file", "note": "from the gateway"}


@pytest.fixture
def member(client):
    person = User.objects.create_user("li.lei", password="x", language="en")
    assign_perm("people.view_businessline", person, line())
    client.force_login(person)
    return person


@pytest.fixture
def keeper(client):
    person = User.objects.create_superuser("root", password="x", language="en")
    client.force_login(person)
    return person


def excel(rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


SAMPLES = {
    "table": small_table(*COLUMNS),
    "sheet": SHEET.encode(),
    "sheet of table programs": b"\xef\xbb\xbf" + SHEET.replace("\n", "\r\n").encode(),
    "Chinese sheet": SHEET.encode("gb18030"),
    "Excel": excel([["name", "type", "width", "decimals"], ["ZQZH", "C", 10, None], ["JE", "N", 16.0, 2], ["RQ", "D", 8, 0], []]),
}


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_a_sample_of_any_kind_gives_the_same_columns_and_reads_as_itself_again(data):
    sample = read_sample(data)

    assert sample.columns == COLUMNS
    assert read_sample(sample.sheet.encode()) == sample


LIES = {
    "no head": (b"ZQZH,C,10\n", "sheet_head", 1),
    "a type that is none": (SHEET.replace("JE,N", "JE,Q").encode(), "field_type", 3),
    "a width that is none": (SHEET.replace("16,2", "1e3,2").encode(), "not_a_number", 3),
    "a width too large": (SHEET.replace("16,2", "300,2").encode(), "field_width", 3),
    "more decimals than digits": (SHEET.replace("16,2", "2,2").encode(), "field_decimals", 3),
    "a name twice": (SHEET.replace("RQ", "JE").encode(), "field_twice", 4),
    "a name that is none": (SHEET.replace("RQ", "=A1").encode(), "field_name", 4),
    "nothing below the head": (SHEET.split("\n")[0].encode(), "no_fields", None),
    "no sheet": (b"PK\x03\x04 no archive", "not_a_sheet", None),
    "no text": (b"\xff\xfe\x00", "not_text", None),
}


@pytest.mark.parametrize(("data", "rule", "row"), LIES.values(), ids=LIES)
def test_a_sample_that_lies_is_refused_with_its_place(data, rule, row):
    with pytest.raises(UnreadableFile) as refusal:
        read_sample(data)

    assert (refusal.value.problems[0].rule, refusal.value.problems[0].row) == (rule, row)


def sent(client, data=SAMPLES["sheet"], **more):
    return client.post(reverse("import-layout"), {**FACTS, "sample": SimpleUploadedFile("a", data), **more})


def test_an_import_is_looked_at_first_and_then_taken_as_it_was_shown(client, keeper):
    shown = sent(client)
    before = ImportedLayout.objects.count()
    taken = client.post(reverse("import-layout"), {**FACTS, "sheet": shown.context["sample"].sheet, "take": "1"})

    assert [row[0] for row in shown.context["preview"]] == ["ZQZH", "JE", "RQ"]
    assert before == 0
    assert taken.headers["Location"] == reverse("catalogue-family", args=["newfile"])
    assert family_named("newfile").layouts[0].columns == COLUMNS
    assert "证券账号" in store.current_catalogue().families["newfile"].meanings["ZQZH"].zh
    assert Entry.objects.get(kind="layout.imported").data["family"] == "newfile"
    assert "from the gateway" in client.get(taken.headers["Location"]).content.decode()


def test_a_bad_sample_is_refused_on_the_form_and_nothing_is_taken(client, keeper):
    answer = sent(client, SHEET.replace("JE,N", "JE,Q").encode(), take="1")

    assert answer.status_code == 422
    assert "Row 3, type" in answer.content.decode()
    assert not ImportedLayout.objects.exists()


def test_nobody_but_superusers_imports(client, member):
    answer = sent(client, take="1")

    assert answer.status_code == 403
    assert not ImportedLayout.objects.exists()


def test_files_that_come_after_an_import_are_of_that_family(client, keeper, tmp_path, messages):
    sent(client, take="1")
    one = source(tmp_path, required_codes=["newfile"])
    drop(tmp_path, "newfile.713", small_table(*COLUMNS))

    scan_source(source_id=one.pk, business_date=DAY)
    scan = scan_source(source_id=one.pk, business_date=DAY)

    assert scan.accepted[0].family == "newfile"
    assert scan.accepted[0].problems == []


def test_the_page_of_a_drifted_file_shows_how_its_layout_differs(client, member, tmp_path, messages):
    expected = [column for column in store.catalogue().families["zqye"].layouts[0].columns if column.name != "BY"]
    columns = [column._replace(width=20) if column.name == "YE1" else column for column in expected]
    data = write_dbf([*columns, Column("NEU", "C", 3)], [], updated=date(2026, 7, 13))
    one = source(tmp_path, required_codes=["zqye"])
    drop(tmp_path, "zqye.713", data)
    scan_source(source_id=one.pk, business_date=DAY)
    file = scan_source(source_id=one.pk, business_date=DAY).accepted[0]

    page = client.get(reverse("file", args=[file.pk]))

    drift = {name: (expected, found) for name, expected, found in page.context["contents"].drift}
    assert drift["BY"] == (Column("BY", "C", 12), None)
    assert drift["YE1"] == (Column("YE1", "C", 16), Column("YE1", "C", 20))
    assert drift["NEU"] == (None, Column("NEU", "C", 3))
    assert 'id="drift"' in page.content.decode()
    assert {problem["rule"] for problem in file_for(member, file.pk).problems} >= {"column_missing", "column_changed"}


def test_a_file_as_the_catalogue_has_it_shows_no_difference(client, member, tmp_path, messages):
    one = source(tmp_path, required_codes=["zqye"])
    drop(tmp_path, "zqye.713", table_bytes("zqye", []))
    scan_source(source_id=one.pk, business_date=DAY)
    file = scan_source(source_id=one.pk, business_date=DAY).accepted[0]

    assert 'id="drift"' not in client.get(reverse("file", args=[file.pk])).content.decode()


def test_the_catalogue_is_found_by_code_name_and_pattern_and_goes_on(client, member):
    first = client.get(reverse("catalogue"))
    found = client.get(reverse("catalogue"), {"q": "股份对账"})
    rest = client.get(reverse("catalogue"), {"after": first.context["page"].next_after})
    nothing = client.get(reverse("catalogue"), {"q": "nothing of the kind"})

    assert [family.code for family in found.context["page"].families] == ["bjsdz", "sjsdz", "szhk_sjsdz"]
    assert rest.context["page"].families[0].code > first.context["page"].families[-1].code
    assert 'class="empty"' in nothing.content.decode()


def test_every_file_of_the_trust_products_is_in_the_catalogue():
    numbers = [number for family in store.catalogue().families.values() for number in family.trust]

    assert sorted(numbers) == list(range(1, 33))


def test_what_is_not_verified_says_so_and_every_described_family_says_where_it_is_from():
    families = store.catalogue().families.values()

    assert all(family.title and family.title.zh and family.title.en and family.source for family in families)
    assert all(family.channel and family.pattern for family in families if family.meanings)
    assert not family_named("sjshb").verified
    assert all(family.layouts for family in families if family.verified)


def test_a_family_shows_its_layout_in_the_readers_language_and_who_of_ones_lines_uses_it(
    client, member, tmp_path, django_assert_max_num_queries
):
    mine = source(tmp_path, required_codes=["zqye"])
    source(tmp_path, code="theirs", line_code="options", required_codes=["zqye"])

    with django_assert_max_num_queries(16):
        page = client.get(reverse("catalogue-family", args=["zqye"]))
    client.cookies["django_language"] = "zh-hans"
    User.objects.filter(pk=member.pk).update(language="zh-hans")
    chinese = client.get(reverse("catalogue-family", args=["zqye"])).content.decode()

    assert page.context["uses"].sources == [mine]
    assert "securities account" in page.content.decode()
    assert "证券账号" in chinese
    assert client.get(reverse("catalogue-family", args=["nothing"])).status_code == 404


def test_a_published_process_that_names_a_file_uses_it_and_leads_there(client, keeper):
    business, author, approver = cast()
    named = simple_model("NAMING").replace('name="a"', 'name="read zqye"', 1)
    version = in_force(make_process(business, author, "NAMING"), author, approver, named)
    in_force(make_process(business, author, "OTHER"), author, approver, simple_model("OTHER"))

    page = client.get(reverse("catalogue-family", args=["zqye"]))

    assert page.context["uses"].versions == [version]
    assert reverse("process-version", args=["NAMING", version.number]) in page.content.decode()


@pytest.mark.parametrize("code", ["sjshb", "ipogh", "jsmx", "gh"])
def test_every_kind_of_family_has_its_page(client, member, code):
    assert client.get(reverse("catalogue-family", args=[code])).status_code == 200


def test_programs_read_the_catalogue_as_it_is_on_the_pages(client, member):
    client.force_login(member)

    first = client.get("/api/catalogue/", headers={"Accept-Language": "en"}).json()
    following = client.get(f"/api/catalogue/{first['next']}").json() if first["next"] else {"results": []}
    found = client.get("/api/catalogue/?q=jsmx", headers={"Accept-Language": "en"}).json()
    whole = client.get("/api/catalogue/jsmx/", headers={"Accept-Language": "en"}).json()

    codes = [family["code"] for family in first["results"] + following["results"]]
    assert codes == sorted(set(codes))
    assert "jsmx" in [family["code"] for family in found["results"]]
    assert whole["family"]["layouts"] == len(whole["layouts"]) > 0
    assert whole["layouts"][0]["columns"][0]["type"]
    assert client.get("/api/catalogue/nothing/").json()["type"] == "not_found"
