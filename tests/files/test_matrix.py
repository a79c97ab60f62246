"""How each file of a business date stands, and that a late one is told once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.files.actions import scan_due_sources, scan_source, tell_late_files
from apps.files.forms import ArrivalRules
from apps.files.models import ArrivalRule, ArrivedFile, LateFile, Source
from apps.files.selectors import matrix_of
from apps.files.states import Arrival, Standing
from apps.journal.models import Entry
from apps.kernel import clock
from apps.people.models import User
from tests.factories.files import DAY, arrival_rule, calendar, drop, line, source, table_bytes

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 7, 13, 8, 30, tzinfo=UTC)  # 16:30 in Shanghai, on a Monday
MINUTE = timedelta(minutes=1)


@pytest.fixture
def member(client):
    person = User.objects.create_user("li.lei", password="x", language="en")
    assign_perm("people.view_businessline", person, line())
    client.force_login(person)
    return person


def arrived(one: Source, code="jsmx", state=Arrival.ACCEPTED, version=1, at=DUE - 90 * MINUTE) -> ArrivedFile:
    """A file as it would have been written when it came."""
    number = ArrivedFile.objects.count()
    facts = {"name": f"{code}.713", "size": 1, "sha256": f"{number:064}", "once": str(number), "rows": 7}
    return ArrivedFile.objects.create(
        source=one, line=one.line, business_date=DAY, file_code=code, state=state, version=version, arrived_at=at, **facts
    )


def standings(person, at=DUE - MINUTE, day=DAY, **wanted):
    with clock.fixed_at(at):
        return {row.file_code: row.standing for row in matrix_of(person, day, **wanted).rows}


def test_a_file_is_expected_until_its_time_and_late_from_then_on(member, tmp_path):
    arrival_rule(source(tmp_path, required_codes=["jsmx"]))

    assert standings(member, DUE - MINUTE) == {"jsmx": Standing.EXPECTED}
    assert standings(member, DUE) == {"jsmx": Standing.LATE}


def test_what_came_decides_how_a_file_stands(member, tmp_path):
    one = source(tmp_path, required_codes=["jsmx", "zqbd", "wdq", "qtsl"], optional_codes=["zqye"])
    arrived(one, "jsmx")
    arrived(one, "zqbd", Arrival.REPLACED)
    arrived(one, "zqbd", version=2)
    arrived(one, "wdq")
    arrived(one, "wdq", Arrival.QUARANTINED)
    arrived(one, "unasked")

    assert standings(member) == {
        "jsmx": Standing.HERE,
        "zqbd": Standing.REPLACED,
        "wdq": Standing.BAD,
        "qtsl": Standing.EXPECTED,
        "zqye": Standing.NOT_EXPECTED,
        "unasked": Standing.HERE,
    }


def test_a_duplicate_changes_nothing(member, tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    arrived(one)
    arrived(one, state=Arrival.DUPLICATE)

    assert standings(member) == {"jsmx": Standing.HERE}


def test_on_a_closed_day_and_from_sources_switched_off_nothing_is_expected(member, tmp_path):
    arrival_rule(source(tmp_path, required_codes=["jsmx"]))
    source(tmp_path, code="off", active=False)

    assert standings(member, DUE, day=date(2026, 7, 12)) == {"jsmx": Standing.NOT_EXPECTED}


def test_a_rule_may_name_a_later_business_day(member, tmp_path):
    arrival_rule(source(tmp_path, required_codes=["jsmx"]), at="09:00", day_offset=1)

    friday = date(2026, 7, 10)

    assert standings(member, datetime(2026, 7, 13, 0, 59, tzinfo=UTC), friday) == {"jsmx": Standing.EXPECTED}
    assert standings(member, datetime(2026, 7, 13, 1, 0, tzinfo=UTC), friday) == {"jsmx": Standing.LATE}


def test_a_file_that_came_late_says_by_how_much_and_stands_in_its_hour(member, tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    arrival_rule(one)
    file = arrived(one, at=DUE + 42 * MINUTE)

    matrix = matrix_of(member, DAY)

    assert matrix.rows[0].minutes_late == 42
    assert [f"{hour:%H:%M}" for hour in matrix.hours] == ["16:00", "17:00"]
    assert matrix.rows[0].cells(matrix.hours) == [(True, []), (False, [file])]


def test_nobody_sees_files_of_other_lines(client, member, tmp_path):
    source(tmp_path, required_codes=["jsmx"])
    source(tmp_path, code="theirs", line_code="options", required_codes=["secret"])

    page = client.get(reverse("arrival-matrix"), {"date": "2026-07-13"})
    api = client.get(reverse("api-arrivals"), {"date": "2026-07-13"})

    assert standings(member) == {"jsmx": Standing.EXPECTED}
    assert [row["file_code"] for row in api.json()["results"]] == ["jsmx"]
    assert "secret" not in page.content.decode()


def test_the_page_and_the_api_say_when_a_file_was_due_and_what_came(client, member, tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    arrival_rule(one)
    file = arrived(one, at=DUE + 2 * MINUTE)

    page = client.get(reverse("arrival-matrix"), {"date": "2026-07-13"}).content.decode()
    row = client.get(reverse("api-arrivals"), {"date": "2026-07-13"}).json()["results"][0]

    assert 'data-standing="here"' in page
    assert "2 min late" in page
    assert reverse("file", args=[file.pk]) in page
    assert (row["standing"], row["minutes_late"], row["due_at"]) == ("here", 2, "2026-07-13T16:30:00+08:00")
    assert [each["id"] for each in row["arrivals"]] == [file.pk]


def test_a_part_is_read_again_in_chinese(client, member, tmp_path):
    source(tmp_path, required_codes=["jsmx"])
    User.objects.filter(pk=member.pk).update(language="zh-hans")
    client.cookies["django_language"] = "zh-hans"

    part = client.get(reverse("arrival-matrix"), headers={"HX-Request": "true"}).content.decode()

    assert part.startswith("<section")
    assert "应到时间" in part


def test_without_sources_the_page_says_what_to_do(client, member):
    assert 'class="empty"' in client.get(reverse("arrival-matrix")).content.decode()


def test_a_filter_that_cannot_be_read_is_refused_to_programs(client, member):
    answer = client.get(reverse("api-arrivals"), {"date": "tomorrow"})

    assert answer.status_code == 400
    assert "date" in answer.json().get("errors", answer.json())


@pytest.mark.parametrize("count", [1, 20])
def test_many_sources_cost_what_one_costs(member, tmp_path, count, django_assert_max_num_queries):
    for number in range(count):
        one = source(tmp_path, code=f"s{number}")
        arrival_rule(one)
        arrived(one, f"code{number}")

    with django_assert_max_num_queries(5):
        rows = matrix_of(member, DAY).lines_of_cells

    assert len(rows) == 3 * count


def test_sources_are_paged(client, member, tmp_path):
    made = [source(tmp_path, code=f"s{number}", required_codes=[f"c{number}"]) for number in range(21)]

    first = client.get(reverse("api-arrivals")).json()
    rest = client.get(reverse("api-arrivals"), {"after": first["next_after"]}).json()

    assert len(first["results"]) == 20
    assert first["next_after"] == made[19].pk
    assert [row["file_code"] for row in rest["results"]] == ["c20"]
    assert rest["next_after"] is None


def told():
    return list(Entry.objects.filter(kind="file.late").values_list("data__file_code", "data__business_date", "data__due"))


def test_a_late_file_is_told_once(tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    arrival_rule(one)

    with clock.fixed_at(DUE - MINUTE):
        before = [each for each in told() if tell_late_files()]
    with clock.fixed_at(DUE + MINUTE):
        tell_late_files()
        tell_late_files()

    assert before == []
    assert ("jsmx", "2026-07-13", DUE.isoformat()) in told()
    assert [each[1] for each in told()].count("2026-07-13") == 1


def test_a_file_that_is_here_or_a_rule_that_came_after_its_time_is_not_told(tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    rule = arrival_rule(one)
    ArrivalRule.objects.filter(pk=rule.pk).update(set_at=DUE - MINUTE)
    arrived(one)
    late = source(tmp_path, code="late-rule")
    ArrivalRule.objects.filter(pk=arrival_rule(late, "zqbd").pk).update(set_at=DUE + MINUTE)

    with clock.fixed_at(DUE + 2 * MINUTE):
        number = tell_late_files()

    assert number == 0
    assert told() == []


def test_a_bad_file_does_not_make_it_in_time(tmp_path):
    one = source(tmp_path, required_codes=["jsmx"])
    ArrivalRule.objects.filter(pk=arrival_rule(one).pk).update(set_at=DUE - MINUTE)
    arrived(one, state=Arrival.QUARANTINED)

    with clock.fixed_at(DUE):
        assert tell_late_files() == 1


def test_who_finds_it_told_by_another_sweeper_tells_nothing(tmp_path, monkeypatch):
    one = source(tmp_path, required_codes=["jsmx"])
    row = {"source": one, "business_date": DAY, "file_code": "jsmx", "due_at": DUE}
    LateFile.objects.create(**row)
    monkeypatch.setattr("apps.files.actions.late.overdue", lambda now: [LateFile(**row)])

    assert tell_late_files() == 0
    assert told() == []


def test_a_source_with_a_rule_is_looked_at_without_a_run(tmp_path, messages):
    one = source(tmp_path, required_codes=["jsmx"])
    arrival_rule(one)
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", []))

    for minute in (0, 1):
        with clock.fixed_at(DUE + minute * MINUTE):
            scan_due_sources()

    assert ArrivedFile.objects.get().state == Arrival.ACCEPTED


def test_a_rule_about_a_file_that_the_source_does_not_bring_is_refused(tmp_path):
    from django.forms import inlineformset_factory

    one = source(tmp_path, required_codes=["jsmx"])
    rules_of = inlineformset_factory(Source, ArrivalRule, formset=ArrivalRules, fields="__all__", extra=1)
    sent = {"rules-TOTAL_FORMS": "1", "rules-INITIAL_FORMS": "0", "rules-0-file_code": "zqbd"}
    sent |= {"rules-0-calendar": str(calendar().pk), "rules-0-expected_by": time(16).isoformat(), "rules-0-day_offset": "0"}

    refused = rules_of(sent, instance=one)
    taken = rules_of(sent | {"rules-0-file_code": "jsmx"}, instance=one)

    assert not refused.is_valid()
    assert "file_code" in refused.errors[0]
    assert taken.is_valid()


def test_scanning_late_still_takes_the_file(tmp_path, messages, member):
    one = source(tmp_path, required_codes=["jsmx"])
    arrival_rule(one)
    with clock.fixed_at(DUE):
        tell_late_files()
    drop(tmp_path, "jsmx.713", table_bytes("jsmx", []))

    with clock.fixed_at(DUE + 5 * MINUTE):
        scan_source(source_id=one.pk, business_date=DAY)
        scan_source(source_id=one.pk, business_date=DAY)

    assert standings(member, DUE + 6 * MINUTE) == {"jsmx": Standing.HERE}
