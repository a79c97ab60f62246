"""Who is on duty on which days, who is their backup, and who is not there. Journaled, by administrators of the line."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.journal.actions import append
from apps.kernel.errors import NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions.rights import may, require
from apps.people.errors import UnusableRoster
from apps.people.events import RosterChanged
from apps.people.models import Absence, BusinessLine, DutyPeriod, User
from apps.people.selectors import lines_where
from apps.people.states import Right


@transaction.atomic
def save_duty(*, duty: DutyPeriod, actor: User) -> DutyPeriod:
    """A duty period as an administrator has written it. Raises UnusableRoster, among others when the days are taken."""
    line = BusinessLine.objects.select_for_update().get(pk=duty.line_id)
    require(actor, Right.ADMINISTER, line)
    kept = DutyPeriod.objects.select_related("line").filter(pk=duty.pk).first()
    if kept is not None:
        require(actor, Right.ADMINISTER, kept.line)
    _require_days(duty)
    if duty.backup_id == duty.primary_id:
        raise UnusableRoster(problem=_("nobody is their own backup"))
    for person in filter(None, (duty.primary, duty.backup)):
        if not may(person, Right.VIEW, line):
            raise UnusableRoster(problem=_("{person} may not see {line}").format(person=person, line=line.name))
    others = DutyPeriod.objects.filter(line=line, valid_from_date__lte=duty.valid_until_date).exclude(pk=duty.pk)
    if (taken := others.filter(valid_until_date__gte=duty.valid_from_date).first()) is not None:
        raise UnusableRoster(problem=_("{person} is on duty on some of these days").format(person=taken.primary))
    before = as_texts(kept) if kept else {}
    duty.save()
    _journal("duty", line.code, before, as_texts(duty), actor)
    return duty


@transaction.atomic
def remove_duty(*, duty: DutyPeriod, actor: User) -> None:
    """Afterwards nobody is on duty on these days."""
    require(actor, Right.ADMINISTER, duty.line)
    _journal("duty", duty.line.code, as_texts(duty), {}, actor)
    duty.delete()


@transaction.atomic
def save_absence(*, absence: Absence, actor: User) -> Absence:
    """Days on which somebody is not there, noted by themselves or by an administrator of one of their lines."""
    kept = Absence.objects.select_related("person").filter(pk=absence.pk).first()
    for person in {absence.person, kept.person if kept else absence.person}:
        _require_in_charge_of(person, actor)
    _require_days(absence)
    before = as_texts(kept) if kept else {}
    absence.save()
    _journal("absence", "", before, as_texts(absence), actor)
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, actor: User) -> None:
    """The person is there again."""
    _require_in_charge_of(absence.person, actor)
    _journal("absence", "", as_texts(absence), {}, actor)
    absence.delete()


def _require_in_charge_of(person: User, actor: User) -> None:
    if person.pk == actor.pk:
        return
    if not lines_where(actor, Right.ADMINISTER).filter(pk__in=lines_where(person, Right.VIEW).values("pk")).exists():
        raise NotPermitted(right=Right.ADMINISTER.label, target=person)


def _require_days(row: DutyPeriod | Absence) -> None:
    if row.valid_until_date < row.valid_from_date:
        raise UnusableRoster(problem=_("it would be over before it begins"))


def _journal(what: str, line: str, before: dict[str, str], after: dict[str, str], actor: User) -> None:
    if before != after:
        append(RosterChanged(line=line, what=what, before=before, after=after), actor=actor)
