"""Recorded runs are played in changed models: what would have gone differently, per day, and approval waits for it."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from apps.approvals.errors import SamePerson
from apps.changes import errors, events
from apps.changes.actions.replaying import ask_for_waiver, begin_replay, begin_version_replay, play_replays, sign_waiver
from apps.changes.models import Change, ChangeItem, ChangePolicy, Replay, ReplayWaiver
from apps.changes.selectors.recordings import dates_to_replay, recorded, replay_requirement, versions_in
from apps.changes.states import ReplayState, Severity
from apps.engine import actions as engine
from apps.engine.actions.operating import jump
from apps.engine.models import Run
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.states import Role
from apps.processes.core.plan import Event, EventKind, Timer
from tests.changes.test_chains import page_of
from tests.changes.test_impact import drafted
from tests.factories.engine import PlanText, alone, begin, line, mapping, person, published, run_until_quiet

pytestmark = pytest.mark.django_db

FORM = {"type": "object", "properties": {"amount": {"type": "integer"}}}


def payment(limit=100, key="P"):
    """A clerk says an amount; large ones go a longer way."""
    text = PlanText(key).user("ask", form=FORM, outputs=mapping(amount="amount")).choice("x").service("large").service("small")
    text.flow("start", "ask", "x").flow("x", "large", default=True).flow("large", "end")
    return text.flow("x", "small", "end-small", when=f"amount < {limit}")


def answered(amount, key="P"):
    """A run of today in which the clerk said this amount."""
    clerk = person("clerk", Role.OPERATOR, Role.MAKER)
    run = begin(key, day=clock.market_date(), actor=clerk)
    run_until_quiet()
    step = run.steps.get(node_id="ask")
    engine.take_step(step_id=step.pk, actor=clerk)
    engine.complete_step(step_id=step.pk, answer={"amount": amount}, actor=clerk)
    run_until_quiet()
    run.refresh_from_db()
    assert run.state == "done"
    return run


def author():
    return person("author", Role.PROCESS_AUTHOR)


def a_change(*versions, by=None):
    change = Change.objects.create(
        line=line(),
        title="Limit",
        reason="why",
        author=by or author(),
        created_at=clock.now(),
        effective_date=clock.market_date() + timedelta(days=30),
    )
    for version in versions:
        content = {"process": version.process.key, "number": version.number}
        facts = {"added_by": change.author, "added_at": clock.now()}
        ChangeItem.objects.create(change=change, kind="process.version", subject=version.process.key, content=content, **facts)
    return change


def played(change):
    replay = begin_replay(change_id=change.pk, actor=author())
    while play_replays():
        pass
    replay.refresh_from_db()
    return replay


def everything():
    return (
        list(Replay.objects.values_list("id", "state")),
        list(ReplayWaiver.objects.values_list("id", "signed_by")),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


# -- what would have gone differently ----------------------------------------------------------------------------------


def test_a_run_that_takes_another_way_is_told_with_its_day_and_the_others_are_the_same():
    published(payment(100))
    small, large = answered(50), answered(500)
    change = a_change(drafted(payment(20)))

    replay = played(change)

    assert (replay.state, replay.total, replay.done, replay.different, replay.untold) == ("ended", 2, 2, 1, 0)
    (told,) = replay.result["runs"]
    assert (told["run"], told["old_end"], told["new_end"]) == (small.pk, "end-small", "end")
    assert (told["added"], told["dropped"]) == (["end", "large"], ["end-small", "small"])
    assert replay.result["days"] == {clock.market_date().isoformat(): {"runs": 2, "different": 1, "untold": 0}}
    assert large.pk != small.pk


def test_the_same_model_tells_every_run_as_it_was():
    published(payment())
    answered(50)

    assert played(a_change(drafted(payment()))).different == 0


def test_an_answer_that_nobody_gave_then_is_missing():
    published(payment())
    answered(50)
    text = PlanText("P").user("ask", form=FORM, outputs=mapping(amount="amount")).user("check", role="checker", checks="ask")
    change = a_change(drafted(text.flow("start", "ask", "check", "end")))

    (told,) = played(change).result["runs"]

    assert told["unanswered"] == ["check"]


def test_a_longer_way_misses_a_cut_off_that_was_kept():
    published(payment())
    run = answered(50)
    soon = run.begun_at + timedelta(minutes=5)
    Run.objects.filter(pk=run.pk).update(times={"small": {"latest_end": [soon.isoformat(), "passed"]}})
    slow = (
        PlanText("P")
        .user("ask", form=FORM, outputs=mapping(amount="amount"))
        .timer("wait", duration='duration("PT1H")')
        .service("small")
    )

    (told,) = played(a_change(drafted(slow.flow("start", "ask", "wait", "small", "end-small")))).result["runs"]

    assert told["late"] == ["small"]
    assert 3590 < told["seconds"] < 3610


def test_a_model_that_would_have_stopped_says_why():
    published(payment())
    answered(50)
    text = (
        PlanText("P").user("ask", form=FORM).choice("x").service("small").flow("start", "ask", "x", "small", "end", when="1 > 2")
    )

    (told,) = played(a_change(drafted(text))).result["runs"]

    assert told["problems"]
    assert told["new_end"] == "failed"


def test_an_interrupted_step_is_interrupted_again():
    text = PlanText("P").user("ask")
    text.on("late", "ask", Event(EventKind.TIMER, timer=Timer(duration='duration("PT0S")'))).service("act")
    text.flow("start", "ask", "end").flow("late", "act", "end-late")
    published(text)
    run = begin("P", day=clock.market_date())
    run_until_quiet()
    run.refresh_from_db()

    told = recorded(run)

    assert run.state == "done"
    assert told is not None
    assert played(a_change(drafted(text))).different == 0


def test_a_run_in_which_an_operator_intervened_is_said_to_be_untold():
    text = PlanText("P").timer("wait", duration='duration("PT1H")').service("small").flow("start", "wait", "small", "end")
    published(text)
    alone(Verb.JUMP)
    clerk = person("clerk", Role.OPERATOR)
    run = begin("P", day=clock.market_date(), actor=clerk)
    jump(step_id=run.steps.get(node_id="wait").pk, target="small", reason="drill", actor=clerk)
    run_until_quiet()

    replay = played(a_change(drafted(text)))

    assert (replay.total, replay.different, replay.untold) == (1, 0, 1)


def test_only_the_last_business_days_are_played():
    published(payment())
    run = answered(50)
    Run.objects.filter(pk=run.pk).update(business_date=clock.market_date() - timedelta(days=30))

    assert played(a_change(drafted(payment(20)))).total == 0


def test_a_replay_goes_on_slice_by_slice_and_each_slice_is_told(monkeypatch):
    from apps.changes.actions import replaying

    monkeypatch.setattr(replaying, "SLICE_SECONDS", 0)
    published(payment())
    answered(50)
    answered(500)

    replay = played(a_change(drafted(payment(20))))

    kinds = list(Entry.objects.filter(kind__startswith="replay.").order_by("id").values_list("kind", "data__done"))
    assert kinds == [("replay.begun", 0), ("replay.moved", 1), ("replay.ended", 2)]
    assert replay.done == 2


def test_nothing_of_a_run_is_touched():
    published(payment())
    run = answered(50)
    before = list(Entry.objects.filter(stream=f"run.{run.pk}").values_list("hash", flat=True))

    played(a_change(drafted(payment(20))))

    assert list(Entry.objects.filter(stream=f"run.{run.pk}").values_list("hash", flat=True)) == before
    assert Run.objects.get(pk=run.pk).version_id == run.version_id


def test_one_version_is_replayed_beside_any_change():
    published(payment())
    answered(50)
    version = drafted(payment(20))

    replay = begin_version_replay(version_id=version.pk, actor=author())
    play_replays()

    replay.refresh_from_db()
    assert (replay.state, replay.different) == (ReplayState.ENDED, 1)
    assert Entry.objects.filter(stream="process.P", kind="replay.ended").count() == 1


def test_without_a_number_of_days_those_of_the_lines_policy_are_replayed():
    published(payment())
    answered(50)
    ChangePolicy.objects.create(line=line(), replay_days=9)
    change, version = a_change(drafted(payment(20))), drafted(payment(30))

    own, told = (
        begin_replay(change_id=change.pk, actor=author()),
        begin_version_replay(version_id=version.pk, actor=author(), days=2),
    )

    assert (own.first_date, own.last_date) == dates_to_replay(9)
    assert (told.first_date, told.last_date) == dates_to_replay(2)


# -- the requirement -----------------------------------------------------------------------------------------------------


def severities(change):
    return [problem.severity for problem in replay_requirement(change)]


def test_approval_stays_closed_until_the_replay_has_run_on_this_content():
    published(payment())
    answered(50)
    change = a_change(drafted(payment(20)))

    before = severities(change)
    begin_replay(change_id=change.pk, actor=author())
    meanwhile = severities(change)
    play_replays()
    after = severities(change)

    assert (before, meanwhile, after) == ([Severity.APPROVAL], [Severity.APPROVAL], [Severity.WARNING])


def test_another_model_in_the_change_closes_it_again():
    published(payment())
    answered(50)
    change = a_change(drafted(payment(20)))
    played(change)

    ChangeItem.objects.filter(change=change).update(content={"process": "P", "number": drafted(payment(30)).number})

    assert severities(change) == [Severity.APPROVAL]


def test_a_process_without_history_is_said_to_have_none_and_blocks_nothing():
    published(payment())

    assert severities(a_change(drafted(payment(20)))) == [Severity.WARNING]
    assert severities(a_change()) == []


def test_the_same_content_is_replayed_once_and_without_a_version_there_is_nothing_to():
    published(payment())
    answered(50)
    change = a_change(drafted(payment(20)))
    played(change)

    refused(errors.AlreadyReplayed, lambda: begin_replay(change_id=change.pk, actor=author()))
    refused(errors.NothingToReplay, lambda: begin_replay(change_id=a_change().pk, actor=author()))


def test_whoever_sees_a_change_may_have_it_replayed_and_who_does_not_learns_nothing():
    published(payment())
    change = a_change(drafted(payment(20)))

    refused(NotFound, lambda: begin_replay(change_id=change.pk, actor=person("stranger")))
    assert begin_replay(change_id=change.pk, actor=person("clerk", Role.MAKER)).total == 0


# -- waivers -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def unplayed():
    published(payment())
    answered(50)
    return a_change(drafted(payment(20)), by=author())


def test_a_second_person_who_has_no_part_in_it_signs_and_opens_the_approval(unplayed):
    waiver = ask_for_waiver(change_id=unplayed.pk, reason="The market is closed.", actor=author())
    asked = severities(unplayed)

    sign_waiver(waiver_id=waiver.pk, actor=person("boss", Role.PROCESS_APPROVER))

    assert asked == [Severity.APPROVAL]
    assert severities(unplayed) == [Severity.WARNING]
    kinds = list(Entry.objects.filter(stream=f"change.{unplayed.pk}").order_by("id").values_list("kind", flat=True))
    assert kinds == [events.WaiverAsked.kind, events.WaiverSigned.kind]


def test_nobody_signs_who_asked_wrote_or_may_not_approve(unplayed):
    both = person("both", Role.PROCESS_AUTHOR, Role.PROCESS_APPROVER)
    waiver = ask_for_waiver(change_id=unplayed.pk, reason="why", actor=both)
    writer = person("author", Role.PROCESS_APPROVER)

    refused(SamePerson, lambda: sign_waiver(waiver_id=waiver.pk, actor=both))
    refused(SamePerson, lambda: sign_waiver(waiver_id=waiver.pk, actor=writer))
    refused(NotPermitted, lambda: sign_waiver(waiver_id=waiver.pk, actor=person("clerk", Role.MAKER)))
    refused(NotPermitted, lambda: ask_for_waiver(change_id=unplayed.pk, reason="why", actor=person("clerk", Role.MAKER)))


def test_a_waiver_is_asked_and_signed_once_and_is_of_one_content(unplayed):
    waiver = ask_for_waiver(change_id=unplayed.pk, reason="why", actor=author())
    sign_waiver(waiver_id=waiver.pk, actor=person("boss", Role.PROCESS_APPROVER))

    refused(StaleState, lambda: ask_for_waiver(change_id=unplayed.pk, reason="again", actor=author()))
    refused(StaleState, lambda: sign_waiver(waiver_id=waiver.pk, actor=person("chief", Role.PROCESS_APPROVER)))
    ChangeItem.objects.filter(change=unplayed).update(content={"process": "P", "number": drafted(payment(30)).number})
    assert severities(unplayed) == [Severity.APPROVAL]
    assert len(versions_in(unplayed)) == 1


# -- pages and programs --------------------------------------------------------------------------------------------------


def test_the_page_of_a_version_begins_a_replay_shows_how_far_it_is_and_what_it_found():
    published(payment())
    run = answered(50)
    version = drafted(payment(20))
    address = f"/processes/P/versions/{version.number}/"
    page, chinese = page_of(author()), page_of(author(), "zh-hans")

    before = page.get(f"{address}impact/").text
    page.post(f"{address}replay/")
    meanwhile = page.get(f"{address}impact/?part=replay").text
    play_replays()
    after, told = page.get(f"{address}impact/?part=replay").text, chinese.get(f"{address}impact/").text

    assert "Replay the last 5 business days" in before
    assert "0 of 1 runs played" in meanwhile
    assert "1 of 1 runs played, 1 different" in after
    assert "It would have ended at end, not at end-small." in after
    assert f"#{run.pk}" in after
    assert "重放" in told
    assert page_of(person("stranger")).post(f"{address}replay/").status_code == 404


def test_programs_begin_and_read_the_replay_of_a_version():
    published(payment())
    answered(50)
    version = drafted(payment(20))
    client = APIClient()
    client.force_authenticate(author())
    address = f"/api/replay/P/{version.number}/"

    missing = client.get(address)
    begun = client.post(address, {"days": 2}, format="json")
    play_replays()
    read = client.get(address).json()

    assert (missing.status_code, begun.status_code) == (404, 201)
    assert (read["state"], read["different"], read["result"]["runs"][0]["new_end"]) == ("ended", 1, "end")
