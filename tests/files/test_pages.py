"""People see the files of their lines, and of no other; content is shown as text, never run."""

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.files import store
from apps.files.actions import scan_source
from apps.people.models import User
from tests.factories.files import DAY, drop, line, source, table_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    person = User.objects.create_user("li.lei", password="x", language="en")
    assign_perm("people.view_businessline", person, line())
    client.force_login(person)
    return person


def arrived(folder, *, name="jsmx.713", line_code="rtgs-sh", code="sh-prop", data=None, number=0):
    """One accepted file of a line."""
    rows = [{"SCDM": "01", "JLLX": "003", "YWLX": "605", "MMBZ": "B", "QSJE": f"{number}", "FJSM": "<script>alert(1)</script>"}]
    one = source(folder, line_code=line_code, code=code, required_codes=["jsmx"])
    drop(folder, name, data or table_bytes("jsmx", rows))
    scan_source(source_id=one.pk, business_date=DAY)
    scan = scan_source(source_id=one.pk, business_date=DAY)
    return (scan.accepted or scan.refused)[0]


def test_the_list_shows_files_of_the_persons_lines_only(client, member, tmp_path, messages):
    mine = arrived(tmp_path / "a")
    other = arrived(tmp_path / "b", line_code="options", code="other", number=1)

    answer = client.get(reverse("files"))

    assert answer.status_code == 200
    assert [file.pk for file in answer.context["page"].files] == [mine.pk]
    assert f'data-file="{other.pk}"' not in answer.content.decode()


def test_a_file_of_another_line_is_not_there(client, member, tmp_path, messages):
    other = arrived(tmp_path, line_code="options")

    addresses = [reverse(name, args=[other.pk]) for name in ("file", "file-original", "api-file")]

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


@pytest.mark.parametrize("name", ["files", "api-files"])
def test_strangers_are_sent_to_sign_in_or_refused(client, name):
    assert client.get(reverse(name)).status_code in {302, 403}


def test_the_page_of_a_file_explains_columns_and_codes_and_escapes_content(client, member, tmp_path, messages):
    file = arrived(tmp_path)

    page = client.get(reverse("file", args=[file.pk])).content.decode()

    assert "bond trade, non-guaranteed or RTGS" in page or "债券交易（非担保／RTGS）" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_the_page_of_a_quarantined_file_says_why_in_the_readers_language(client, member, tmp_path, messages):
    lying = bytearray(table_bytes("jsmx", []))
    lying[10:12] = b"\0\0"
    file = arrived(tmp_path, data=bytes(lying))

    User.objects.filter(pk=member.pk).update(language="zh-hans")
    client.cookies["django_language"] = "zh-hans"
    page = client.get(reverse("file", args=[file.pk]))

    assert page.status_code == 200
    assert 'data-rule="record_length"' in page.content.decode()
    assert "每条记录" in page.content.decode()


def test_a_damaged_copy_gets_a_sentence_and_no_traceback(client, member, tmp_path, messages):
    file = arrived(tmp_path)
    store.stored_path(file.sha256).unlink()

    page = client.get(reverse("file", args=[file.pk]))

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert client.get(reverse("file-original", args=[file.pk])).status_code == 404


def test_the_original_is_an_attachment_that_no_browser_runs(client, member, tmp_path, messages):
    file = arrived(tmp_path)

    answer = client.get(reverse("file-original", args=[file.pk]))

    assert answer.content == store.kept_bytes(file.sha256)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def many(folder, count):
    one = source(folder, required_codes=["jsmx"])
    from apps.files.models import ArrivedFile
    from apps.kernel import clock

    facts = {"source": one, "line": one.line, "business_date": DAY, "name": "jsmx.713", "size": 1, "sha256": "0" * 64}
    rows = [
        ArrivedFile(**facts, file_code=f"c{number}", state="accepted", arrived_at=clock.now(), once=f"{number}")
        for number in range(count)
    ]
    ArrivedFile.objects.bulk_create(rows)


def test_a_long_list_is_walked_by_key_with_no_gap_and_no_double(client, member, tmp_path):
    many(tmp_path, 120)
    seen, before = [], ""

    while True:
        page = client.get(reverse("files"), {"before": before}).context["page"]
        seen += [file.pk for file in page.files]
        if page.next_before is None:
            break
        before = page.next_before

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_asks_the_database_as_often_for_many_files_as_for_few(
    client, member, tmp_path, count, django_assert_max_num_queries
):
    many(tmp_path, count)

    with django_assert_max_num_queries(10):
        client.get(reverse("files"))


def test_the_page_of_a_file_has_a_query_budget(client, member, tmp_path, messages, django_assert_max_num_queries):
    file = arrived(tmp_path)

    with django_assert_max_num_queries(10):
        client.get(reverse("file", args=[file.pk]))


@pytest.mark.parametrize(
    "query", [{"before": "x"}, {"before": "-1"}, {"before": "9" * 30}, {"date": "2026-02-30"}, {"line": "\0"}]
)
def test_a_filter_that_cannot_be_read_filters_nothing(client, member, query):
    assert client.get(reverse("files"), query).status_code == 200


def test_the_list_is_filtered_by_line_and_day(client, member, tmp_path, messages):
    file = arrived(tmp_path)

    found = client.get(reverse("files"), {"line": "rtgs-sh", "date": "2026-07-13"}).context["page"].files
    none = client.get(reverse("files"), {"line": "rtgs-sh", "date": "2026-07-14"}).context["page"].files

    assert ([one.pk for one in found], none) == ([file.pk], [])


def test_the_api_lists_by_cursor_and_shows_problems(client, member, tmp_path, messages):
    file = arrived(tmp_path)

    listed = client.get(reverse("api-files"), {"line": "rtgs-sh"}).json()
    one = client.get(reverse("api-file", args=[file.pk])).json()

    assert set(listed) == {"next", "previous", "results"}
    assert [(row["id"], row["line"], row["file_code"], row["state"]) for row in listed["results"]] == [
        (file.pk, "rtgs-sh", "jsmx", "accepted")
    ]
    assert one["problems"] == []
    assert client.get(reverse("api-files"), {"date": "never"}).status_code == 400


def test_the_admin_keeps_sources_and_only_looks_at_files(client, tmp_path, messages):
    file = arrived(tmp_path)
    client.force_login(User.objects.create_superuser("root", password="x"))
    form = {
        "line": file.line_id,
        "code": "new",
        "name_zh": "新",
        "name_en": "New",
        "directory": "in/{date}",
        "naming": "mdd",
        "required_codes": '["jsmx"]',
        "optional_codes": "[]",
        "flags": "[]",
        "active": "on",
        "poll_seconds": 15,
        "patience_seconds": 60,
        "rules-TOTAL_FORMS": 0,
        "rules-INITIAL_FORMS": 0,
    }

    added = client.post(reverse("admin:files_source_add"), form)
    wrong = client.post(reverse("admin:files_source_add"), {**form, "code": "wrong", "required_codes": '{"jsmx": 1}'})
    twice = client.post(reverse("admin:files_source_add"), {**form, "code": "twice", "required_codes": '["jsmx", "JSMX"]'})
    looked = client.get(reverse("admin:files_arrivedfile_change", args=[file.pk]))
    moved = client.post(reverse("admin:files_arrivedfile_change", args=[file.pk]), {"state": "replaced"})
    deleted = client.post(reverse("admin:files_arrivedfile_delete", args=[file.pk]), {"post": "yes"})

    assert added.status_code == 302
    assert (wrong.status_code, twice.status_code) == (200, 200)
    assert (looked.status_code, moved.status_code, deleted.status_code) == (200, 403, 403)
    file.refresh_from_db()
    assert file.state == "accepted"
