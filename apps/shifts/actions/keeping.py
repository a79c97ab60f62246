"""Sites and shifts are kept by superusers, in the admin site; which shifts serve a line, by the administrators of the line."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions import may, require
from apps.people.models import BusinessLine, User
from apps.people.selectors import is_superuser
from apps.people.states import Right
from apps.shifts import events
from apps.shifts.errors import UnusableShift
from apps.shifts.models import Coverage, Duty, Shift, Site

MOST_ON_SITE = 20


@transaction.atomic
def save_site(*, site: Site, actor: User) -> Site:
    """A site as somebody has written it, journaled before and after."""
    _require_keeper(actor, site)
    _save("site", site, actor)
    return site


@transaction.atomic
def save_shift(*, shift: Shift, actor: User) -> Shift:
    """A shift as somebody has written it. Hours that duties were planned by stay: raises UnusableShift."""
    _require_keeper(actor, shift)
    kept = Shift.objects.select_for_update(no_key=True).filter(pk=shift.pk).first()
    moved = kept is not None and (kept.begins, kept.ends, kept.site_id) != (shift.begins, shift.ends, shift.site_id)
    if moved and Duty.objects.filter(shift=shift).exists():
        raise UnusableShift(problem=_("people were planned by its hours and its site; begin another one"))
    _save("shift", shift, actor)
    return shift


@transaction.atomic
def set_coverage(*, line_id: int, shift_id: int, on_site: int, actor: User) -> Coverage:
    """The line is served by the shift from now on, with at least so many people on site."""
    line = administered_line(line_id, actor)
    shift = Shift.objects.filter(pk=shift_id, active=True).first()
    if shift is None:
        raise NotFound(what=Shift._meta.verbose_name)
    if not 0 <= on_site <= MOST_ON_SITE:
        raise UnusableShift(problem=_("of people on site there are 0 to {most}").format(most=MOST_ON_SITE))
    kept = Coverage.objects.filter(line=line, shift=shift).first()
    if kept is not None and kept.on_site == on_site:
        return kept
    coverage, _new = Coverage.objects.update_or_create(line=line, shift=shift, defaults={"on_site": on_site})
    append(events.CoverageSet(line=line.code, shift=shift.code, on_site=on_site), actor=actor)
    return coverage


@transaction.atomic
def drop_coverage(*, line_id: int, shift_id: int, actor: User) -> None:
    """The shift does not serve the line any more. Raises UnusableShift while somebody is planned from today on."""
    line = administered_line(line_id, actor)
    coverage = Coverage.objects.select_related("shift").filter(line=line, shift=shift_id).first()
    if coverage is None:
        raise NotFound(what=Shift._meta.verbose_name)
    if Duty.objects.filter(line=line, shift=shift_id, business_date__gte=clock.market_date()).exists():
        raise UnusableShift(problem=_("people are planned for it; remove their duties first"))
    coverage.delete()
    append(events.CoverageSet(line=line.code, shift=coverage.shift.code, on_site=None), actor=actor)


def administered_line(line_id: int, actor: User) -> BusinessLine:
    """The line under lock: whoever changes a line's roster does so one after the other. Raises NotFound, NotPermitted."""
    line = BusinessLine.objects.select_for_update(no_key=True).filter(pk=line_id).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    require(actor, Right.ADMINISTER, line)
    return line


def _require_keeper(actor: User, record: Site | Shift) -> None:
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=record._meta.verbose_name)


def _save(what: str, record: Site | Shift, actor: User) -> None:
    kept = type(record)._default_manager.filter(pk=record.pk).first() if record.pk else None
    before = as_texts(kept) if kept else {}
    record.save()
    record.refresh_from_db()
    if before != (after := as_texts(record)):
        append(events.RecordChanged(what=what, name=record.code, before=before, after=after), actor=actor)
