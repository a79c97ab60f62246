"""One shift hands a line to the next: one person signs what is true then, another one signs that they have read it.

Nobody signs both sides, nothing that was signed moves again: here, as constraints, and as guards of the database.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format

from apps.changes.selectors.lifecycle import today
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.canonical import digest_of
from apps.kernel.errors import NotFound
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.shifts import events
from apps.shifts.conf import conf
from apps.shifts.errors import (
    AlreadyGiven,
    AlreadyTaken,
    NotAcknowledged,
    NotOnShift,
    ReportMoved,
    SamePerson,
    TooEarly,
)
from apps.shifts.models import Coverage, Handover, Shift
from apps.shifts.selectors.handing import may_give, may_take, next_shift
from apps.shifts.selectors.reading import red_keys, words_of
from apps.shifts.selectors.report import report_of


@transaction.atomic
def give_handover(*, line_id: int, shift_id: int, day: date, seen: str, actor: User, notes: str = "") -> Handover:
    """Freezes what is true of the line now, and signs it for the shift that began on the day.

    `seen` is `seen_of` of the report that the person has read: raises ReportMoved when what is red is something else by now.
    Further NotOnShift, TooEarly, AlreadyGiven.
    """
    line = BusinessLine.objects.select_for_update(no_key=True).filter(pk=line_id).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    coverage = Coverage.objects.select_related("shift").filter(line=line, shift=shift_id).first()
    if coverage is None:
        raise NotFound(what=Shift._meta.verbose_name)
    shift = coverage.shift
    if not may_give(actor, line, shift, day):
        raise NotOnShift(shift=shift, day=day.isoformat(), line=line)
    opens_at = shift.span(day).ends_at - timedelta(minutes=conf.SIGN_BEFORE_END_MINUTES)
    if clock.now() < opens_at:
        moment = date_format(opens_at.astimezone(clock.SHANGHAI), "m-d H:i")
        raise TooEarly(shift=shift, day=day.isoformat(), moment=moment)
    if Handover.objects.filter(line=line, shift=shift, business_date=day).exists():
        raise AlreadyGiven(shift=shift, day=day.isoformat())
    following = next_shift(line, shift, day)
    contents = report_of(line, today(), following, actor)
    if seen != seen_of(contents):
        raise ReportMoved()
    handover = Handover(line=line, shift=shift, business_date=day, contents=contents, notes=notes.strip(), given_by=actor)
    handover.to_shift, handover.to_date = following or (None, None)
    handover.given_at = clock.now()
    handover.digest = digest_of(sealed(handover))
    try:
        with transaction.atomic():
            handover.save()
    except IntegrityError as twice:
        raise AlreadyGiven(shift=shift, day=day.isoformat()) from twice
    append(events.HandoverGiven(**_about(handover), red=len(red_keys(contents))), actor=actor)
    return handover


@transaction.atomic
def take_handover(*, handover_id: int, acknowledged: Iterable[str], actor: User, remarks: str = "") -> Handover:
    """The second signature. What is red has been acknowledged one by one: raises NotAcknowledged.

    Further SamePerson, NotOnShift, AlreadyTaken.
    """
    handover = Handover.objects.select_for_update(of=("self",)).filter(pk=handover_id)
    found = handover.select_related("line", "shift", "to_shift", "given_by", "taken_by").first()
    if found is None or not may(actor, Right.VIEW, found.line):
        raise NotFound(what=Handover._meta.verbose_name)
    if found.taken_by is not None:
        raise AlreadyTaken(person=found.taken_by)
    if found.given_by_id == actor.pk:
        raise SamePerson(person=found.given_by)
    if not may_take(actor, found):
        day = found.to_date or found.business_date
        raise NotOnShift(shift=found.to_shift or found.shift, day=day.isoformat(), line=found.line)
    red, ticked = red_keys(found.contents), set(acknowledged)
    if missing := set(red) - ticked:
        raise NotAcknowledged(names=", ".join(words_of(found.contents, missing)))
    found.taken_by, found.taken_at, found.remarks = actor, clock.now(), remarks.strip()
    found.acknowledged = red
    found.save(update_fields=["taken_by", "taken_at", "remarks", "acknowledged"])
    append(events.HandoverTaken(**_about(found), acknowledged=red, remarks=found.remarks), actor=actor)
    return found


def seen_of(contents: dict[str, Any]) -> str:
    """What of a report has to be the same when somebody signs it: that which is red."""
    return digest_of(sorted(red_keys(contents)))


def sealed(handover: Handover) -> dict[str, Any]:
    """What the digest of a hand-over is made of."""
    return {
        "line": handover.line_id,
        "shift": handover.shift_id,
        "business_date": handover.business_date,
        "to_shift": handover.to_shift_id,
        "to_date": handover.to_date,
        "contents": handover.contents,
        "notes": handover.notes,
        "given_by": handover.given_by_id,
        "given_at": handover.given_at,
    }


def _about(handover: Handover) -> dict[str, Any]:
    """What every fact about a hand-over says."""
    return {
        "handover": handover.pk,
        "line": handover.line.code,
        "shift": handover.shift.code,
        "business_date": handover.business_date.isoformat(),
        "digest": handover.digest,
    }
