"""Releases: planned for a day, filled with tickets, burnt down, and released when nothing in them is left to do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.tickets.actions import edit_ticket, edit_tickets, end_release, move_ticket, plan_release, raise_ticket
from apps.tickets.core.burning import HEIGHT, MARGIN, WIDTH, Day, ideal, left_by_day, points
from apps.tickets.errors import NoOpenRelease, ReasonNeeded, ReleaseNameTaken, StillToDo, TargetTooEarly
from apps.tickets.models import Release, Ticket
from apps.tickets.selectors.releases import burn_down, notes_of, release_for, releases_for, tickets_of
from apps.tickets.states import Move, ReleaseState
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)
FRIDAY = date(2026, 3, 6)


@pytest.fixture(autouse=True)
def on_monday():
    with clock.fixed_at(MONDAY):
        yield


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def chief(line):
    return make_member("chief", *Role, line=line)


@pytest.fixture
def planned(author, line):
    return plan_release(line_id=line.pk, name="2026.3", target_date=FRIDAY, actor=author)


def ticket_in(release, author, **facts):
    ticket = raise_ticket(line_id=release.line_id, title="交收指令", actor=author, **facts)
    return edit_ticket(ticket_id=ticket.pk, in_release=release, actor=author)


def moved(ticket, *moves, actor, days=0):
    with clock.fixed_at(MONDAY + timedelta(days=days)):
        for move in moves:
            ticket = move_ticket(ticket_id=ticket.pk, move=move, actor=actor, reason="why")
    return ticket


WHOLE_WAY = (Move.TRIAGE, Move.APPROVE, Move.BEGIN, Move.TEST, Move.RELEASE)


def test_a_release_is_planned_by_who_writes_processes_and_recorded(planned, author):
    assert (planned.state, planned.begin_date, planned.target_date) == (ReleaseState.PLANNED, MONDAY.date(), FRIDAY)
    entry = Entry.objects.get(stream=f"release.{planned.pk}")
    assert (entry.kind, entry.line, entry.data["target_date"]) == ("release.planned", "rtgs-sh", "2026-03-06")


@pytest.mark.parametrize(
    ("name", "target", "refusal"),
    [("2026.3", FRIDAY, ReleaseNameTaken), ("2026.4", date(2026, 3, 1), TargetTooEarly)],
)
def test_a_second_one_of_a_name_and_a_day_that_is_over_are_refused(planned, author, line, name, target, refusal):
    with pytest.raises(refusal):
        plan_release(line_id=line.pk, name=name, target_date=target, actor=author)

    assert list(Release.objects.all()) == [planned]
    assert Entry.objects.filter(kind="release.planned").count() == 1


def test_who_only_looks_plans_nothing(line):
    looker = make_member("looker", Role.AUDITOR, line=line)

    with pytest.raises(NotPermitted):
        plan_release(line_id=line.pk, name="x", target_date=FRIDAY, actor=looker)

    assert not Release.objects.exists()


def test_tickets_are_put_into_it_one_by_one_or_together_and_their_history_says_so(planned, author, line):
    one = ticket_in(planned, author)
    two = raise_ticket(line_id=line.pk, title="two", actor=author)

    edit_tickets(ticket_ids=[two.pk], facts={"in_release": planned}, actor=author, sure=True)

    assert {ticket.pk for ticket in tickets_of(planned)} == {one.pk, two.pk}
    entry = Entry.objects.get(stream=f"ticket.{two.pk}", kind="ticket.edited")
    assert entry.data["fields"] == {"in_release": ["", "2026.3"]}


def test_a_ticket_goes_into_no_release_of_another_line_and_into_none_that_has_ended(planned, author, line, chief):
    options = make_line("options")
    foreign = plan_release(line_id=options.pk, name="x", target_date=FRIDAY, actor=make_member("other", *Role, line=options))
    end_release(release_id=planned.pk, state=ReleaseState.RELEASED, actor=chief)
    ticket = raise_ticket(line_id=line.pk, title="x", actor=author)

    for release in (foreign, planned):
        with pytest.raises(NoOpenRelease):
            edit_ticket(ticket_id=ticket.pk, in_release=release, actor=author)

    ticket.refresh_from_db()
    assert ticket.in_release is None


def test_it_is_not_released_while_something_is_left_to_do(planned, author, chief):
    ticket_in(planned, author)

    with pytest.raises(StillToDo):
        end_release(release_id=planned.pk, state=ReleaseState.RELEASED, actor=chief)

    planned.refresh_from_db()
    assert planned.state == ReleaseState.PLANNED
    assert not Entry.objects.filter(kind="release.ended").exists()


def test_what_it_delivered_stands_in_the_journal_and_in_its_notes(planned, author, chief):
    ticket = ticket_in(planned, author, kind="defect", external_number="TD-1")
    moved(ticket, *WHOLE_WAY, actor=chief)

    end_release(release_id=planned.pk, state=ReleaseState.RELEASED, actor=chief)

    assert Entry.objects.get(kind="release.ended").data["tickets"] == [ticket.name]
    assert [rows for _label, rows in notes_of(tickets_of(planned))] == [[ticket]]


def test_a_cancelled_one_says_why_and_sets_its_tickets_free(planned, author, chief):
    ticket = ticket_in(planned, author)

    with pytest.raises(ReasonNeeded):
        end_release(release_id=planned.pk, state=ReleaseState.CANCELLED, actor=chief)
    end_release(release_id=planned.pk, state=ReleaseState.CANCELLED, actor=chief, reason="postponed")

    ticket.refresh_from_db()
    assert ticket.in_release is None
    with pytest.raises(StaleState):
        end_release(release_id=planned.pk, state=ReleaseState.RELEASED, actor=chief)


def test_who_may_not_publish_ends_nothing(planned, author):
    with pytest.raises(NotPermitted):
        end_release(release_id=planned.pk, state=ReleaseState.RELEASED, actor=author)

    planned.refresh_from_db()
    assert planned.state == ReleaseState.PLANNED


def test_the_database_keeps_when_it_ended(planned):
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=planned.pk).update(state="released")


def test_nobody_sees_releases_of_other_lines(planned):
    stranger = make_member("stranger", *Role, line=make_line("options"))

    assert not releases_for(stranger).exists()
    with pytest.raises(NotFound):
        release_for(stranger, planned.pk)


def test_the_list_counts_what_belongs_what_is_left_and_open_defects(planned, author, chief):
    ticket_in(planned, author)
    ticket_in(planned, author, kind="defect")
    moved(ticket_in(planned, author, kind="defect"), *WHOLE_WAY, actor=chief)

    found = release_for(author, planned.pk)

    assert (found.scope, found.left, found.defects) == (3, 2, 1)


def test_a_release_burns_down_as_its_tickets_move(planned, author, chief):
    one, two = ticket_in(planned, author), ticket_in(planned, author)
    moved(one, *WHOLE_WAY, actor=chief, days=1)
    moved(two, Move.TRIAGE, Move.REJECT, actor=chief, days=3)

    with clock.fixed_at(MONDAY + timedelta(days=4)):
        burnt = burn_down(planned, tickets_of(planned))

    assert burnt is not None
    assert [day.left for day in burnt.days] == [2, 1, 1, 0, 0]


def test_without_tickets_there_is_no_picture(planned):
    assert burn_down(planned, []) is None


def test_a_ticket_that_comes_back_is_left_again():
    days = [date(2026, 3, day) for day in (2, 3, 4)]

    told = left_by_day(days[0], days[2], {1: days[0], 2: days[1]}, [(1, days[1], False), (1, days[2], True)])

    assert told == [Day(days[0], 1), Day(days[1], 1), Day(days[2], 2)]


def test_the_picture_begins_with_everything_and_ends_with_nothing_on_its_day():
    days = [Day(MONDAY.date(), 4), Day(FRIDAY, 0)]

    line = points(days, MONDAY.date(), FRIDAY, 4)

    assert line == f"{MARGIN},{MARGIN} {WIDTH - MARGIN},{HEIGHT - MARGIN}"
    assert ideal(MONDAY.date(), FRIDAY, FRIDAY, 4) == line


def test_its_page_shows_plan_picture_and_notes_and_ends_it(planned, author, chief):
    ticket = ticket_in(planned, author)
    visitor = Client()
    visitor.force_login(chief)
    address = f"/releases/{planned.pk}/"

    early = visitor.post(address, {"state": "released"})
    assert early.status_code == 409
    moved(ticket, *WHOLE_WAY, actor=chief)
    page = visitor.get(address).content.decode()
    assert "<polyline" in page
    assert page.count(ticket.name) >= 2
    assert visitor.post(address, {"state": "released"}).status_code == 302

    planned.refresh_from_db()
    assert planned.state == ReleaseState.RELEASED
    assert "2026.3" in visitor.get("/releases/").content.decode()


def test_one_is_planned_on_the_page_and_the_ticket_shows_it(author, line):
    visitor = Client()
    visitor.force_login(author)

    assert visitor.post("/releases/", {"line": line.pk, "name": "2026.3", "target_date": "2026-03-01"}).status_code == 422
    made = visitor.post("/releases/", {"line": line.pk, "name": "2026.3", "target_date": "2026-03-06"})
    ticket = ticket_in(Release.objects.get(), author)

    assert made.status_code == 302
    assert f'href="{made.headers["Location"]}"' in visitor.get(f"/tickets/{ticket.name}/").content.decode()
    assert Ticket.objects.get().in_release == Release.objects.get()
