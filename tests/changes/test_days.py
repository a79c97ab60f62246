"""Another day in a calendar: what it would touch, the shortest way to propose it, and that two people have to agree."""

from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.approvals.errors import SamePerson
from apps.calendars.models import Calendar, CalendarDay, TimeNode
from apps.calendars.selectors import is_business_day
from apps.changes import actions
from apps.changes.errors import AlreadyProposed, DateUnusable
from apps.changes.models import Change, FreezeWindow
from apps.changes.selectors.days import effect_of_day
from apps.engine.actions.starting import begin_when_due
from apps.engine.models import Start, StepWindow
from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted
from apps.people.actions import grant_on_process
from apps.people.states import Right
from apps.processes.core.plan import Event, EventKind, NodeKind, Timer
from tests.factories import changes as made
from tests.factories import engine
from tests.factories.changes import TODAY, TUESDAY, WEDNESDAY
from tests.factories.engine import PlanText
from tests.factories.people import make_line, make_user

pytestmark = pytest.mark.django_db
THURSDAY, FRIDAY = date(2026, 3, 5), date(2026, 3, 6)


@pytest.fixture
def world():
    with made.on(TODAY):
        yield made.world()


@pytest.fixture
def root():
    return make_user("root", superuser=True)


@pytest.fixture
def settling(world):
    """A process that begins by itself at ten past nine, and whose step ends at the latest one business day later."""
    calendar = Calendar.objects.get(code="CN-EX")
    TimeNode.objects.create(
        key="OPEN", calendar=calendar, time=time(9, 10), kind="S", meaning_zh="开", meaning_en="Open", valid_from=date(2026, 1, 1)
    )
    TimeNode.objects.create(
        key="NEXT.CASH", calendar=calendar, time=time(16), day_offset=1, kind="D", meaning_zh="款", meaning_en="Cash",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    opens = (Event(EventKind.TIMER, timer=Timer(time_node="OPEN")),)
    text = PlanText("SETTLE").node("begins", NodeKind.START, events=opens).user("make").flow("begins", "make", "end")
    version = engine.published(text, on=world.line)
    StepWindow.objects.create(
        line=world.line, process=version.process, node_id="make", calendar=calendar, day_offset=1, latest_end=time(15),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    return version.process


def proposed(world, root, day=THURSDAY, **words):
    given = {"calendar": "CN-EX", "day": day, "is_open": False, "line_id": world.line.pk, "reason": "the notice", **words}
    return actions.propose_day(actor=root, **given)


def moved(rows):
    return [(row.process, row.day, row.before and row.before.date(), row.after and row.after.date()) for row in rows]


def named(effect):
    return {one.process for one in (*effect.runs, *effect.starts, *effect.windows)}


def test_a_day_that_closes_touches_runs_starts_times_moments_changes_and_freezes(world, root, settling):
    run = engine.begin("SETTLE", day=WEDNESDAY, actor=root)
    waiting = made.change(world, made.window_item(), day=WEDNESDAY)
    calendar = Calendar.objects.get(code="CN-EX")
    freeze = FreezeWindow.objects.create(
        name_zh="封", name_en="f", first_date=TODAY, last_date=FRIDAY, calendar=calendar, from_time=time(9), until_time=time(15)
    )

    effect = effect_of_day(root, "CN-EX", WEDNESDAY, False)

    assert (effect.was_open, effect.is_open, effect.following) == (True, False, (WEDNESDAY, THURSDAY))
    assert [(one.process, one.live) for one in effect.runs] == [(run.process.key, 1)]
    assert moved(effect.starts) == [("SETTLE", WEDNESDAY, WEDNESDAY, None)]
    assert moved(effect.windows) == [("SETTLE", TUESDAY, WEDNESDAY, THURSDAY), ("SETTLE", WEDNESDAY, THURSDAY, None)]
    assert moved(effect.moments) == [("", TUESDAY, WEDNESDAY, THURSDAY)]
    assert (effect.changes, effect.freezes, effect.hidden) == ((waiting,), (freeze,), 0)


def test_only_processes_that_the_reader_may_see_are_named_and_the_others_are_counted(world, root, settling):
    other = engine.published(
        PlanText("OTHER").node("begins", NodeKind.START, events=(Event(EventKind.TIMER, timer=Timer(time_node="OPEN")),))
        .user("make").flow("begins", "make", "end"),
        on=make_line("other"),
    )  # fmt: skip
    engine.begin("OTHER", day=TUESDAY, actor=root)
    onlooker = make_user("onlooker")
    grant_on_process(process_key="OTHER", rights=[Right.VIEW], user_id=onlooker.pk, actor=root, reason="a trial")

    seen, all_of_it = (effect_of_day(person, "CN-EX", TUESDAY, False) for person in (onlooker, root))

    assert named(seen) == {other.process.key}
    assert named(all_of_it) == {"SETTLE", "OTHER"}
    assert (seen.hidden, all_of_it.hidden) == (1, 0)


def test_a_day_that_is_so_already_touches_nothing_and_many_cost_as_much_as_one(world, root, settling):
    assert effect_of_day(root, "CN-EX", TUESDAY, True).is_nothing
    with CaptureQueriesContext(connection) as for_one:
        effect_of_day(root, "CN-EX", TUESDAY, False)
    for number in range(6):
        engine.published(
            PlanText(f"M{number}").node("begins", NodeKind.START, events=(Event(EventKind.TIMER, timer=Timer(time_node="OPEN")),))
            .user("make").flow("begins", "make", "end"), on=world.line,
        )  # fmt: skip
        engine.begin(f"M{number}", day=TUESDAY, actor=root)
    effect_of_day(root, "CN-EX", TUESDAY, False)  # the plans are read once

    with CaptureQueriesContext(connection) as for_many:
        effect = effect_of_day(root, "CN-EX", TUESDAY, False)

    assert (len(effect.runs), len(effect.starts)) == (6, 7)
    assert len(for_many) <= len(for_one) <= 12


def test_a_proposal_changes_nothing_before_a_second_person_agrees_and_then_everything_follows(world, root, settling):
    run = engine.begin("SETTLE", day=WEDNESDAY, actor=root)
    before = (Start.objects.get().due_at, run.times)
    sent = proposed(world, root)

    assert (sent.state, sent.kind, sent.effective_date) == ("submitted", "normal", TUESDAY)
    assert (Start.objects.get().due_at, is_business_day("CN-EX", THURSDAY)) == (before[0], True)
    with pytest.raises(SamePerson):
        made.decided(sent, root)
    assert not CalendarDay.objects.exists()

    made.decided(sent, world.approver)
    assert not CalendarDay.objects.exists()
    with made.on(TUESDAY):
        actions.take_effect()

    assert Change.objects.get(pk=sent.pk).state == "active"
    assert not is_business_day("CN-EX", THURSDAY)


def test_a_day_that_is_no_later_than_the_next_business_day_is_an_emergency_and_starts_follow_at_once(
    world, root, settling, django_capture_on_commit_callbacks
):
    run = engine.begin("SETTLE", day=TODAY, actor=root)
    sent = proposed(world, root, TUESDAY)
    assert (sent.kind, sent.effective_date) == ("emergency", None)

    with made.on(TODAY, 10), django_capture_on_commit_callbacks(execute=True):
        begin_when_due(Start.objects.get().pk)
        assert Start.objects.get().business_date == TUESDAY
        made.decided(sent, world.approver)
        actions.take_effect()

    start = Start.objects.get()
    run.refresh_from_db()
    assert not is_business_day("CN-EX", TUESDAY)
    assert start.business_date == WEDNESDAY
    assert run.times["make"]["latest_end"][0].startswith("2026-03-04")
    assert Entry.objects.filter(kind="run.times_changed", stream=f"run.{run.pk}").exists()


@pytest.mark.parametrize("day", [TODAY, date(2026, 2, 27)])
def test_a_day_that_has_begun_is_not_proposed(world, root, day):
    with pytest.raises(DateUnusable):
        proposed(world, root, day)

    assert not Change.objects.exists()


def test_who_does_not_keep_calendars_proposes_nothing_and_nobody_proposes_twice(world, root):
    for person in (world.keeper, world.author, world.approver):
        with pytest.raises(NotPermitted):
            proposed(world, person)
    assert not Change.objects.exists()
    first = proposed(world, root)

    with pytest.raises(AlreadyProposed, match=str(first.pk)):
        proposed(world, root)

    assert list(Change.objects.all()) == [first]


def signed_in(person):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


def test_the_calendar_page_shows_the_effect_and_the_form_to_keepers_for_days_to_come(world, root, settling):
    address = "/calendar/?calendar=CN-EX&day="
    shown = [signed_in(root).get(f"{address}{day}").content.decode() for day in (THURSDAY, TODAY)]
    others = signed_in(world.keeper).get(f"{address}{THURSDAY}").content.decode()

    assert ['id="propose-day"' in page for page in (*shown, others)] == [True, False, False]
    assert "Propose: closed on 2026-03-05" in shown[0]
    words = {"calendar": "CN-EX", "day": "2026-03-05", "is_open": "no", "line": "rtgs-sh"}
    refused = signed_in(root).post("/changes/propose-day/", words)
    kept_out = signed_in(world.keeper).post("/changes/propose-day/", {**words, "reason": "x"})
    assert (refused.status_code, kept_out.status_code, Change.objects.count()) == (422, 403, 0)
    assert signed_in(root).get("/changes/propose-day/?calendar=CN-EX&day=never").status_code == 404

    sent = signed_in(root).post("/changes/propose-day/", {**words, "reason": "the notice", "source": "2026/7"})

    change = Change.objects.get()
    assert (sent.status_code, sent.headers["Location"], change.state) == (302, f"/changes/{change.pk}/", "submitted")
    assert change.items.get().content["source"] == "2026/7"
    page = signed_in(world.approver).get(f"/changes/{change.pk}/").content.decode()
    assert ('data-day-effect="2026-03-05"' in page, 'id="decide"' in page) == (True, True)
    again = signed_in(root).get(f"{address}{THURSDAY}").content.decode()
    assert ("proposed already" in again, 'name="reason"' in again) == (True, False)


def test_programs_ask_for_the_effect_and_propose_as_people_do(world, root, settling):
    asked = signed_in(world.operator).get("/api/calendar-days/?calendar=CN-EX&day=2026-03-03&is_open=false").json()
    assert (asked["was_open"], asked["is_open"], asked["following"]) == (True, False, ["2026-03-03", "2026-03-04"])
    assert [row["process"] for row in asked["windows"]] == ["SETTLE", "SETTLE"]
    words = {"calendar": "CN-EX", "day": "2026-03-05", "is_open": False, "line": "rtgs-sh", "reason": "the notice"}
    api = "/api/calendar-days/"

    answers = [
        signed_in(world.keeper).post(api, words, "application/json").status_code,
        signed_in(root).post(api, {**words, "calendar": "NO"}, "application/json").status_code,
        signed_in(root).post(api, {**words, "line": "nowhere"}, "application/json").status_code,
        signed_in(root).post(api, {**words, "reason": ""}, "application/json").status_code,
        signed_in(root).get(f"{api}?calendar=CN-EX&day=soon&is_open=true").status_code,
    ]
    assert (answers, Change.objects.count()) == ([403, 404, 404, 400, 400], 0)
    made_of_it = signed_in(root).post(api, words, "application/json")

    assert (made_of_it.status_code, made_of_it.json()["state"]) == (201, "submitted")
