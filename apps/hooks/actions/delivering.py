"""One delivery after the other: claimed in a transaction, sent in none, settled in another.

Who dies in between has sent it or not; the claim runs out and it is sent again, with the same webhook-id.
"""

from dataclasses import dataclass

from django.db import transaction

from apps.hooks import selectors
from apps.hooks.conf import conf
from apps.hooks.core.courses import Course, Outcome, Place, claimed, passed, rested, settled
from apps.hooks.dispatch import Parcel
from apps.hooks.models import DeadLetter, OutgoingHook
from apps.hooks.selectors import Next, Reader
from apps.hooks.states import LetterState
from apps.journal.models import Entry
from apps.journal.selectors import feed_text
from apps.kernel import clock


@dataclass(frozen=True)
class Claimed:
    """What goes to one receiver now; nobody else sends to it until it is settled, or the claim is over."""

    hook: int
    course: Course
    place: Place
    parcel: Parcel
    entry: int | None = None
    letter: int | None = None
    count: tuple[int, bool] | None = None


def claim_next() -> Claimed | None:
    """The next delivery of whichever webhook has waited longest. Without anything to do it writes nothing: one query."""
    for hook_id in selectors.hooks_behind(clock.now()):
        found = _claim(hook_id)
        if found is not None:
            return found
    return None


@transaction.atomic
def _claim(hook_id: int) -> Claimed | None:
    free = OutgoingHook.objects.select_for_update(of=("self",), skip_locked=True).select_related("line", "team__line")
    hook = free.filter(pk=hook_id, is_on=True, ended_at=None).first()
    now = clock.now()
    course = claimed(hook.course, now) if hook is not None else None
    if hook is None or course is None:
        return None
    reader = selectors.reader_of(hook)
    if reader is None:
        hook.course, hook.problem = rested(hook.course, now), "not_permitted"
        hook.save(update_fields=[*_COURSE, "problem"])
        return None
    hook.course = course
    made = _letter(hook, reader) or _next(hook, selectors.next_of(hook, reader))
    hook.save(update_fields=_COURSE)
    return made


def _letter(hook: OutgoingHook, reader: Reader) -> Claimed | None:
    """A letter that somebody has sent again goes first; one that may not be seen any more does not go."""
    for letter in hook.letters.filter(state=LetterState.WAITING).select_related("entry__actor").order_by("pk"):
        if reader.sees(letter.entry):
            parcel = _parcel(hook, letter.entry)
            return Claimed(hook.pk, hook.course, hook.course.place, parcel, entry=letter.entry_id, letter=letter.pk)
        letter.state = LetterState.DROPPED
        letter.save(update_fields=["state"])
    return None


def _next(hook: OutgoingHook, found: Next) -> Claimed | None:
    if found.entry is not None:
        return Claimed(hook.pk, hook.course, found.place, _parcel(hook, found.entry), entry=found.entry.pk)
    if found.count is not None:
        number, more = found.count
        said = {"type": "inbox", "count": number, "more": more}
        delivery = f"msg_{hook.pk}_inbox_{found.place[0]}_{found.place[1]}"
        return Claimed(hook.pk, hook.course, found.place, Parcel.of(hook, delivery, said), count=found.count)
    hook.course = passed(hook.course, found.place)
    hook.claimed_until = None
    return None


def _parcel(hook: OutgoingHook, entry: Entry) -> Parcel:
    """What the feed says of the entry, word for word."""
    return Parcel.of(hook, f"msg_{hook.pk}_{entry.pk}", feed_text(entry, f"{entry.transaction_id}.{entry.pk}"))


@transaction.atomic
def settle(done: Claimed, problem: str) -> Outcome:
    """Writes what became of it, `problem` being empty when it was taken; who lost the claim writes nothing.

    What was set back meanwhile stays set back. A count of an inbox never dies: the present one is always worth sending.
    """
    hook = OutgoingHook.objects.select_for_update().get(pk=done.hook)
    now = clock.now()
    if done.letter is not None:
        outcome = _settle_letter(hook, done, done.letter, problem)
    else:
        most = None if done.count is not None else conf.MOST_TRIES
        hook.course, outcome = settled(hook.course, done.course, done.place, taken=not problem, most_tries=most, now=now)
    if outcome is Outcome.LOST:
        hook.save(update_fields=_COURSE)
        return outcome
    hook.problem = problem
    if outcome is Outcome.TAKEN:
        hook.taken_at = now
        hook.told = list(done.count) if done.count is not None else hook.told
    if outcome is Outcome.DEAD and done.letter is None and done.entry is not None:
        given_up = {"state": LetterState.DEAD, "tries": conf.MOST_TRIES, "problem": problem, "at": now}
        DeadLetter.objects.update_or_create(hook=hook, entry_id=done.entry, defaults=given_up)
    hook.save(update_fields=[*_COURSE, "problem", "taken_at", "told"])
    return outcome


def _settle_letter(hook: OutgoingHook, done: Claimed, letter_id: int, problem: str) -> Outcome:
    """A letter has one try; the course of its webhook goes on from where it was."""
    if hook.claimed_until != done.course.claimed_until:
        return Outcome.LOST
    hook.claimed_until, hook.due_at = None, clock.now()
    letter = DeadLetter.objects.get(pk=letter_id)
    letter.tries += 1
    letter.state = LetterState.DEAD if problem else LetterState.TAKEN
    letter.problem = problem or letter.problem
    letter.save(update_fields=["tries", "state", "problem"])
    return Outcome.DEAD if problem else Outcome.TAKEN


_COURSE = ["after_transaction", "after_number", "tries", "due_at", "claimed_until"]
