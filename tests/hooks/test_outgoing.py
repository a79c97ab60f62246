"""Outgoing webhooks: each entry that their person may see arrives, signed and in order, whatever fails on the way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from time import monotonic

import pytest

from apps.engine.dispatch import make_loops
from apps.hooks.actions import claim_next, move_outgoing, replay, resend, settle
from apps.hooks.core.courses import Outcome
from apps.hooks.dispatch import send
from apps.hooks.errors import NotDead, UnusableHook
from apps.hooks.management.commands.receiver import ReceiverServer
from apps.hooks.models import DeadLetter, OutgoingHook
from apps.hooks.selectors import reader_of
from apps.hooks.states import LetterState
from apps.hooks.tasks import Courier
from apps.journal.models import Entry
from apps.journal.selectors import feed_text
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import add_member, create_token, end_token, person_of_token
from apps.people.errors import NotByToken
from apps.people.models import Membership, Team
from apps.people.states import Role
from apps.tickets.actions import raise_ticket
from tests.desk.feeds import wait_for_places
from tests.factories.engine import PlanText, begin, published
from tests.factories.hooks import a_dead_letter, an_outgoing_hook, receiver_here, something_happens
from tests.factories.people import give_role, make_line, make_member, make_user

pytestmark = pytest.mark.django_db(transaction=True)  # PostgreSQL places an entry in the journal when it is committed


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """However slow the machine is, nothing is due by itself and no claim is over."""
    with clock.fixed_at(clock.now()):
        yield


@pytest.fixture
def server(settings) -> Iterator[ReceiverServer]:
    """A receiver on this machine, to which this installation may speak."""
    settings.CLEARWAY_HOOKS_PRIVATE_ADDRESSES = True
    with receiver_here() as here:
        yield here


@pytest.fixture
def ann():
    return make_member("ann", Role.PROCESS_AUTHOR)


@pytest.fixture
def run():
    published(PlanText("P").user("make").flow("start", "make", "end"))
    return begin("P")


@pytest.fixture
def hook(ann, run, server):
    """Ann's webhook of what happens in the run from now on, to the receiver."""
    last = Entry.objects.filter(stream=f"run.{run.pk}").latest("number").number
    return hook_to(server, ann, "run", run=run.pk, after=str(last))


def hook_to(server, person, feed, **words):
    made = an_outgoing_hook(person, f"http://127.0.0.1:{server.server_port}/", feed, **words)
    server.receiver.secrets.append(made.secret)
    return made


def test_of_a_team_comes_what_its_people_and_the_system_do_on_its_line(ann, run, server):
    colleague, root = make_member("colleague", Role.OPERATOR), make_user("root", superuser=True)
    other = Team.objects.create(line=run.line, name_zh="二组", name_en="Two")
    add_member(team_id=other.pk, user_id=colleague.pk, role=Role.MAKER, actor=root)
    wait_for_places()  # what has none yet when a webhook begins comes to it
    hook = hook_to(server, ann, "team", team=other.pk)

    raise_ticket(line_id=run.line_id, title="of another team", actor=ann)
    raise_ticket(line_id=run.line_id, title="of the team", actor=colleague)
    something_happens(run)
    follow(until=lambda: len(heard(server)) == 2)

    told = [said["entry"] for said in server.receiver.taken.values()]
    assert [(entry["kind"], entry["actor"] and entry["actor"]["username"]) for entry in told] == [
        ("ticket.raised", "colleague"),
        ("run.tried", None),
    ]
    assert OutgoingHook.objects.get(pk=hook.pk).of == str(other)


@pytest.mark.parametrize(
    "words", [{"feed": "team"}, {"feed": "everything", "team": 1}, {"feed": "team", "team": 1, "line": "rtgs-sh"}]
)
def test_a_team_is_named_for_its_feed_and_for_no_other(ann, run, words):
    team = Membership.objects.get(user=ann).team_id
    with pytest.raises(UnusableHook):
        an_outgoing_hook(ann, **(words | ({"team": team} if "team" in words else {})))
    assert not OutgoingHook.objects.exists()


def test_a_team_of_a_line_that_one_does_not_see_is_not_found(ann, run):
    foreign = Team.objects.create(line=make_line("options"), name_zh="外", name_en="Foreign")
    with pytest.raises(NotFound):
        an_outgoing_hook(ann, feed="team", team=foreign.pk)
    assert not OutgoingHook.objects.exists()


def deliver():
    """One delivery, which has to be there."""
    found = claim_next()
    assert found is not None
    return settle(found, send(found.parcel))


def follow(until):
    """Delivers what there is until something holds.

    On PostgreSQL an entry has its place in all feeds but that of a run once no older transaction of the whole server is open.
    """
    ends = monotonic() + 200
    while not until():
        found = claim_next()
        if found is not None:
            settle(found, send(found.parcel))
        assert monotonic() < ends, "the feed was not followed to its end"


def heard(server):
    return [said["entry"]["id"] for said in server.receiver.taken.values()]


def test_everything_that_the_person_sees_arrives_in_order_and_word_for_word(ann, server):
    hook_to(server, ann, "everything")
    other = make_member("other", Role.PROCESS_AUTHOR, line=make_line("options"))
    raise_ticket(line_id=make_line("options").pk, title="not for Ann", actor=other)
    for number in range(3):
        raise_ticket(line_id=make_line().pk, title=f"a wish {number}", actor=ann)
    theirs = list(Entry.objects.filter(stream__startswith="ticket.", line="rtgs-sh").order_by("pk").values_list("pk", flat=True))

    follow(lambda: theirs[-1] in heard(server))

    assert [key for key in heard(server) if key >= theirs[0]] == theirs
    said = next(said for said in server.receiver.taken.values() if said["entry"]["id"] == theirs[0])
    first = Entry.objects.select_related("actor").get(pk=theirs[0])
    assert json.dumps(said, ensure_ascii=False) == feed_text(first, f"{first.transaction_id}.{first.pk}")


@pytest.mark.parametrize("feed", ["everything", "line"])
def test_a_webhook_tells_of_the_lines_that_its_person_sees_now(ann, feed):
    hook = an_outgoing_hook(ann, feed=feed, **({"line": "rtgs-sh"} if feed == "line" else {}))
    of_ours, of_others, of_none = (Entry(line=line, stream="x.1") for line in ("rtgs-sh", "options", ""))

    reader = reader_of(hook)
    assert reader is not None
    assert [reader.sees(entry) for entry in (of_ours, of_others, of_none)] == [True, False, False]
    Membership.objects.filter(user=ann).delete()
    assert reader_of(hook) is None


def test_a_webhook_made_by_a_token_sees_its_lines_and_ends_with_it(ann):
    give_role(ann, make_line("options"), Role.PROCESS_AUTHOR)
    token, text = create_token(name="a program", lines=["options"], acts=True, days=1, actor=ann)
    program, _token = person_of_token(text)
    with pytest.raises(NotByToken):
        an_outgoing_hook(program)
    hook = an_outgoing_hook(program, token=token)

    reader = reader_of(hook)
    assert reader is not None
    assert [reader.sees(Entry(line=line, stream="x.1")) for line in ("options", "rtgs-sh")] == [True, False]
    end_token(token_id=token.pk, actor=ann)
    assert reader_of(hook) is None


def test_after_failures_the_same_comes_again_later_and_nothing_overtakes_it(hook, ann, run, server):
    entries = something_happens(run, times=2)
    server.receiver.failing = [500, 302]

    outcomes = [deliver()]
    assert claim_next() is None
    for minutes in (1, 2):
        with clock.fixed_at(clock.now() + timedelta(minutes=minutes)):
            outcomes.append(deliver())
    hook.refresh_from_db()

    assert outcomes == [Outcome.AGAIN, Outcome.AGAIN, Outcome.TAKEN]
    assert (hook.tries, hook.problem) == (0, "")
    assert heard(server) == [entries[0]]


def test_who_dies_between_sending_and_writing_it_down_has_it_sent_again_under_the_same_id(hook, ann, run, server):
    entries = something_happens(run)
    dead = claim_next()
    assert dead is not None
    assert send(dead.parcel) == ""

    assert claim_next() is None
    with clock.fixed_at(clock.now() + timedelta(seconds=61)):
        assert deliver() is Outcome.TAKEN
        hook.refresh_from_db()
        stands = hook.course
        assert settle(dead, "too late") is Outcome.LOST

    hook.refresh_from_db()
    assert (server.receiver.repeats, heard(server), hook.course) == (1, [entries[0]], stands)


def test_a_claim_that_is_nearly_over_sends_nothing(hook, ann, run, server):
    something_happens(run)
    late = claim_next()
    assert late is not None

    with clock.fixed_at(clock.now() + timedelta(seconds=45)):
        assert send(late.parcel) == "claim over"

    assert server.receiver.taken == {}


def test_what_is_never_taken_becomes_a_dead_letter_the_next_goes_on_and_it_can_be_sent_again(hook, ann, run, server, settings):
    settings.CLEARWAY_HOOKS_MOST_TRIES = 2
    first, second = something_happens(run, times=2)
    server.receiver.failing = [500, 500]

    assert deliver() is Outcome.AGAIN
    with clock.fixed_at(clock.now() + timedelta(minutes=1)):
        assert deliver() is Outcome.DEAD
        assert deliver() is Outcome.TAKEN
    letter = DeadLetter.objects.get()
    assert (letter.entry_id, letter.problem, heard(server)) == (first, "HTTP 500", [second])

    resend(letter_id=letter.pk, actor=ann)
    with clock.fixed_at(clock.now() + timedelta(minutes=2)):
        assert deliver() is Outcome.TAKEN

    letter.refresh_from_db()
    assert (letter.state, heard(server)) == (LetterState.TAKEN, [second, first])
    with pytest.raises(NotDead):
        resend(letter_id=letter.pk, actor=ann)


def test_who_may_see_nothing_any_more_is_sent_nothing_not_even_what_was_given_up(hook, ann, run, server):
    something_happens(run)
    deliver()
    before = heard(server)
    resend(letter_id=a_dead_letter(hook).pk, actor=ann)
    something_happens(run)

    Membership.objects.filter(user=ann).delete()
    assert claim_next() is None

    hook.refresh_from_db()
    assert (heard(server), hook.problem) == (before, "not_permitted")
    assert DeadLetter.objects.get().state == LetterState.WAITING


def test_a_run_is_told_from_its_beginning_by_number_and_again_from_a_number(ann, run, server):
    hook = hook_to(server, ann, "run", run=run.pk)
    numbers = list(Entry.objects.filter(stream=f"run.{run.pk}").order_by("number").values_list("number", flat=True))

    for _number in numbers:
        assert deliver() is Outcome.TAKEN
    replay(hook_id=hook.pk, after="1", actor=ann)
    for _number in numbers[1:]:
        assert deliver() is Outcome.TAKEN

    told = [said["entry"]["number"] for said in server.receiver.taken.values()]
    assert (told, server.receiver.repeats) == (numbers, len(numbers) - 1)
    hook.refresh_from_db()
    assert hook.place == str(numbers[-1])


def test_an_inbox_says_how_much_waits_when_that_changes_and_never_gives_up(ann, server, settings):
    settings.CLEARWAY_HOOKS_MOST_TRIES = 1
    hook = hook_to(server, ann, "inbox")
    server.receiver.failing = [500]
    raise_ticket(line_id=make_line().pk, title="a wish", actor=ann)

    follow(lambda: OutgoingHook.objects.get().tries == 1)
    with clock.fixed_at(clock.now() + timedelta(minutes=1)):
        follow(lambda: OutgoingHook.objects.get().told is not None)
        place = OutgoingHook.objects.get().course.place
        raise_ticket(line_id=make_line().pk, title="another wish", actor=ann)
        follow(lambda: OutgoingHook.objects.get().course.place > place)

    hook.refresh_from_db()
    assert (hook.told, list(server.receiver.taken.values())) == ([0, False], [{"type": "inbox", "count": 0, "more": False}])
    assert not DeadLetter.objects.exists()


def test_couriers_deliver_in_every_process_that_sweeps(hook, ann, run, server):
    entries = something_happens(run)
    couriers = [loop for loop in make_loops() if isinstance(loop, Courier)]

    couriers[0].turn()

    assert heard(server) == entries
    assert len(couriers) == 2


def test_two_secrets_sign_while_one_is_replaced(hook, ann, run, server):
    _, secret = move_outgoing(hook_id=hook.pk, verb="rotate", actor=ann)
    something_happens(run, times=2)
    first = claim_next()
    assert first is not None
    assert send(first.parcel) == ""  # with the former secret
    settle(first, "")
    server.receiver.secrets = [secret]

    assert deliver() is Outcome.TAKEN


def test_what_is_paused_or_ended_sends_nothing_and_goes_on_where_it_was(hook, ann, run, server):
    move_outgoing(hook_id=hook.pk, verb="pause", actor=ann)
    entries = something_happens(run)
    assert claim_next() is None
    with pytest.raises(StaleState):
        move_outgoing(hook_id=hook.pk, verb="pause", actor=ann)

    move_outgoing(hook_id=hook.pk, verb="resume", actor=ann)
    deliver()
    move_outgoing(hook_id=hook.pk, verb="end", actor=ann)
    something_happens(run)

    assert claim_next() is None
    assert heard(server) == entries
    with pytest.raises(NotFound):
        move_outgoing(hook_id=hook.pk, verb="resume", actor=ann)


def test_a_name_that_means_this_machine_is_refused_when_it_is_used(ann, run):
    an_outgoing_hook(ann, "https://localhost/hook", "run", run=run.pk)

    assert deliver() is Outcome.AGAIN

    assert "receiver" not in OutgoingHook.objects.get().problem
    assert OutgoingHook.objects.get().tries == 1
