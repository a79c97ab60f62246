"""Files come in once, whole and checked; what is not right waits or is set aside where an operator sees it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apps.files import store
from apps.files.actions import scan_source
from apps.files.core.dbf import Column
from apps.files.errors import CopyDamaged, SourceUnreachable
from apps.files.models import ArrivedFile
from apps.files.selectors import accepted_file, open_table
from apps.journal.models import Entry
from apps.kernel import clock
from tests.factories.files import DAY, drop, small_table, source, table_bytes

pytestmark = pytest.mark.django_db

ZQBD = table_bytes("zqbd", [{"SCDM": "01", "ZQZH": "A000000001", "ZQDM": "600000", "BDSL": "100", "BDLX": "00A"}])
ZQBD_CORRECTED = table_bytes("zqbd", [{"SCDM": "01", "ZQZH": "A000000001", "ZQDM": "600000", "BDSL": "200", "BDLX": "00A"}])


ZQBD_BYTES = str(len(ZQBD))


def scanned_twice(one, day=DAY):
    scan_source(source_id=one.pk, business_date=day)
    return scan_source(source_id=one.pk, business_date=day)


def test_a_file_is_taken_in_when_it_looked_the_same_twice(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "ZQBDJS610.713", ZQBD)

    first = scan_source(source_id=one.pk, business_date=DAY)
    second = scan_source(source_id=one.pk, business_date=DAY)
    third = scan_source(source_id=one.pk, business_date=DAY)

    assert first.waiting == {"ZQBDJS610.713": "not_stable"}
    assert [file.file_code for file in second.accepted] == ["zqbd"]
    assert (third.accepted, third.refused, third.waiting) == ([], [], {})
    file = ArrivedFile.objects.get()
    assert (file.state, file.family, file.rows, file.version, file.size) == ("accepted", "zqbd", 1, 1, len(ZQBD))
    assert store.kept_bytes(file.sha256) == ZQBD
    assert messages == [
        {
            "name": "files.arrived",
            "key": "rtgs-sh/2026-07-13/zqbd",
            "payload": {"file": file.pk, "rows": 1, "sha256": file.sha256, "name": "ZQBDJS610.713", "version": 1},
            "once": file.once,
            "retained": True,
        }
    ]
    assert [(entry.kind, entry.stream, entry.line) for entry in Entry.objects.all()] == [
        ("file.accepted", "files.rtgs-sh", "rtgs-sh")
    ]


def test_a_growing_file_is_watched_from_the_beginning(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD[:50])
    scan_source(source_id=one.pk, business_date=DAY)
    drop(tmp_path, "zqbd.713", ZQBD, modified_seconds=1_000_000_001)

    scan = scan_source(source_id=one.pk, business_date=DAY)

    assert scan.waiting == {"zqbd.713": "not_stable"}
    assert not ArrivedFile.objects.exists()
    assert scan_source(source_id=one.pk, business_date=DAY).accepted


@pytest.mark.parametrize("size", [0, 10, 40, 300, len(ZQBD) - 2])
def test_a_half_written_file_is_waited_for_and_no_error(tmp_path, messages, size):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD[:size])

    scan = scanned_twice(one)

    assert scan.waiting == {"zqbd.713": "incomplete"}
    assert not ArrivedFile.objects.exists()
    assert not Entry.objects.exists()


def test_a_file_that_stays_half_written_is_set_aside_and_its_repair_is_taken(tmp_path, messages):
    one = source(tmp_path, patience_seconds=60)
    drop(tmp_path, "zqbd.713", ZQBD[:300])
    began = datetime(2026, 7, 13, 9, tzinfo=UTC)
    with clock.fixed_at(began):
        scanned_twice(one)

    with clock.fixed_at(began + timedelta(seconds=61)):
        late = scan_source(source_id=one.pk, business_date=DAY)
        again = scan_source(source_id=one.pk, business_date=DAY)
        drop(tmp_path, "zqbd.713", ZQBD, modified_seconds=1_000_000_005)
        repaired = scanned_twice(one)

    assert [file.state for file in late.refused] == ["quarantined"]
    assert again.refused == []
    assert {problem["rule"] for problem in late.refused[0].problems} == {"still_being_written", "half_written_too_long"}
    assert [file.state for file in repaired.accepted] == ["accepted"]
    assert [entry.kind for entry in Entry.objects.order_by("id")] == ["file.quarantined", "file.accepted"]


def test_the_same_bytes_again_are_a_duplicate_and_tell_no_run(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD)
    scanned_twice(one)
    drop(tmp_path, "zqbd.713", ZQBD, modified_seconds=1_000_000_009)

    scan = scanned_twice(one)

    assert [file.state for file in scan.refused] == ["duplicate"]
    assert len(messages) == 1
    current = accepted_file("rtgs-sh", DAY, "zqbd")
    assert current is not None
    assert current.version == 1
    assert [entry.kind for entry in Entry.objects.order_by("id")] == ["file.accepted", "file.duplicated"]


def test_other_bytes_of_the_same_file_replace_it_and_tell_the_runs_again(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD)
    scanned_twice(one)
    drop(tmp_path, "zqbd.713", ZQBD_CORRECTED, modified_seconds=1_000_000_009)

    scan = scanned_twice(one)

    assert [(file.state, file.version) for file in scan.accepted] == [("accepted", 2)]
    assert [file.state for file in ArrivedFile.objects.order_by("id")] == ["replaced", "accepted"]
    assert len({message["once"] for message in messages}) == 2
    assert [entry.kind for entry in Entry.objects.order_by("id")] == ["file.accepted", "file.replaced", "file.accepted"]
    assert open_table(scan.accepted[0].pk).column("BDSL") == ["200"]


def test_bytes_that_were_replaced_come_again_and_wait_for_people(tmp_path, messages):
    one = source(tmp_path)
    for at, data in enumerate((ZQBD, ZQBD_CORRECTED, ZQBD)):
        drop(tmp_path, "zqbd.713", data, modified_seconds=1_000_000_000 + at)
        scan = scanned_twice(one)

    assert [file.state for file in scan.refused] == ["quarantined"]
    assert scan.refused[0].problems[0]["rule"] == "earlier_version"
    assert scan.refused[0].problems[0]["facts"] == {"version": 1}
    assert [file.state for file in ArrivedFile.objects.order_by("id")] == ["replaced", "accepted", "quarantined"]
    assert len(messages) == 2
    assert Entry.objects.latest("id").kind == "file.quarantined"


def test_a_file_of_another_day_in_the_days_own_folder_is_set_aside(tmp_path, messages):
    one = source(tmp_path / "{date}")
    drop(tmp_path / "20260713", "zqbd.712", ZQBD)

    scan = scanned_twice(one)

    assert [file.state for file in scan.refused] == ["quarantined"]
    assert [problem["rule"] for problem in scan.refused[0].problems] == ["wrong_date"]
    assert messages == []


def test_files_of_other_days_in_a_shared_folder_are_left_alone(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.712", ZQBD)

    scan = scanned_twice(one)

    assert (scan.accepted, scan.refused, scan.waiting) == ([], [], {})


def test_a_lying_header_is_set_aside_with_its_place(tmp_path, messages):
    one = source(tmp_path)
    lying = bytearray(ZQBD)
    lying[10:12] = b"\0\0"
    drop(tmp_path, "zqbd.713", bytes(lying))

    scan = scanned_twice(one)

    problem = scan.refused[0].problems[0]
    assert (problem["rule"], problem["offset"], problem["severity"]) == ("record_length", 10, "error")
    assert Entry.objects.get().data["rules"] == ["record_length"]
    assert messages == []


def test_columns_of_another_family_are_set_aside(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "jsmx.713", ZQBD)

    scan = scanned_twice(one)

    assert [kept["rule"] for kept in scan.refused[0].problems if kept["severity"] == "error"] == ["wrong_family"]


def test_two_names_that_differ_by_case_are_both_set_aside(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD)
    drop(tmp_path, "ZQBD.713", ZQBD_CORRECTED)

    scan = scanned_twice(one)

    assert [file.state for file in scan.refused] == ["quarantined", "quarantined"]
    assert messages == []


def test_nothing_is_taken_before_all_flags_are_there(tmp_path, messages):
    one = source(tmp_path, flags=["fsbz_a", "fsbz_a2"])
    drop(tmp_path, "zqbd.713", ZQBD)
    drop(tmp_path, "FSBZ_A.713", b"")

    before = scanned_twice(one)
    drop(tmp_path, "fsbz_a2.713", b"")
    after = scanned_twice(one)

    assert before.waiting == {"fsbz_a2": "flag_missing"}
    assert [file.file_code for file in after.accepted] == ["zqbd"]


def manifest(name="zqbd.713", rows="1", size=ZQBD_BYTES):
    return table_bytes("fsbz_fi", [{"SJWJM": name, "WJJLS": rows, "WJZJS": size}])


def test_a_manifest_must_agree_with_rows_and_bytes(tmp_path, messages):
    one = source(tmp_path, manifest="fsbz_fi")
    drop(tmp_path, "zqbd.713", ZQBD)

    waiting = scanned_twice(one)
    drop(tmp_path, "fsbz_fi.713", manifest())
    taken = scanned_twice(one)

    assert waiting.waiting == {"fsbz_fi": "manifest_missing"}
    assert {file.file_code for file in taken.accepted} == {"zqbd", "fsbz_fi"}


@pytest.mark.parametrize(
    ("lie", "rule"),
    [({"rows": "2"}, "manifest_rows"), ({"size": "9"}, "manifest_bytes"), ({"name": "jsmx.713"}, "manifest_missing")],
)
def test_a_file_that_the_manifest_contradicts_is_set_aside(tmp_path, messages, lie, rule):
    one = source(tmp_path, manifest="fsbz_fi")
    drop(tmp_path, "zqbd.713", ZQBD)
    drop(tmp_path, "fsbz_fi.713", manifest(**lie))

    scan = scanned_twice(one)

    assert [problem["rule"] for problem in scan.refused[0].problems] == [rule]


def test_a_folder_that_cannot_be_listed_is_said_so(tmp_path):
    one = source(tmp_path / "nowhere")

    with pytest.raises(SourceUnreachable):
        scan_source(source_id=one.pk, business_date=DAY)

    assert not ArrivedFile.objects.exists()


def test_the_days_folder_may_come_later(tmp_path):
    one = source(tmp_path / "{date}")

    scan = scan_source(source_id=one.pk, business_date=DAY)

    assert (scan.accepted, scan.waiting) == ([], {})


def test_links_are_not_followed(tmp_path, messages):
    one = source(tmp_path / "in")
    secret = drop(tmp_path, "secret", ZQBD)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "zqbd.713").symlink_to(secret)

    scan = scanned_twice(one)

    assert (scan.accepted, scan.refused, scan.waiting) == ([], [], {})


def test_shenzhen_names_are_told_apart_by_their_length(tmp_path, messages):
    one = source(tmp_path, naming="mmdd", required_codes=["sjsqs", "sjsqs0"])
    drop(tmp_path, "SJSQS00713.DBF", table_bytes("sjsqs", []))

    scan = scanned_twice(one)

    assert [file.file_code for file in scan.accepted] == ["sjsqs0"]


def test_a_damaged_copy_is_never_read(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.713", ZQBD)
    file = scanned_twice(one).accepted[0]
    store.stored_path(file.sha256).write_bytes(ZQBD_CORRECTED)

    with pytest.raises(CopyDamaged):
        open_table(file.pk)


def test_drift_is_accepted_and_listed(tmp_path, messages):
    one = source(tmp_path)
    names = ["SCDM", "QSBH", "ZQZH", "XWH", "ZQDM", "ZQLB", "LTLX", "QYLB", "GPNF", "BDSL", "BDLX", "BDRQ", "SL", "NEU"]
    columns = [Column(name, "C", 12) for name in names]
    drop(tmp_path, "zqbd.713", small_table(*columns))

    scan = scanned_twice(one)

    assert {"column_missing", "column_added", "column_changed"} <= {problem["rule"] for problem in scan.accepted[0].problems}


def test_a_leap_day_is_a_day(tmp_path, messages):
    one = source(tmp_path)
    drop(tmp_path, "zqbd.229", ZQBD)

    assert scanned_twice(one, date(2028, 2, 29)).accepted
