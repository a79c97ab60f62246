"""A package goes into a change: what it brings takes effect together, from a business date on."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from apps.changes.actions.editing import add_item, create_change
from apps.changes.errors import NoVersionInPackage
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import today
from apps.changes.selectors.packages import Parameter, parameters_in
from apps.kernel.errors import DomainError, NotPermitted
from apps.people.models import User
from apps.processes.actions.packages import Imported, import_drafts, received_and_opened
from apps.processes.errors import PackageRefused
from apps.processes.models import Process


@transaction.atomic
def schedule_package(
    *,
    package_id: int,
    effective_date: date | None,
    actor: User,
    line_id: int | None = None,
    title: str = "",
    reason: str = "",
    with_parameters: bool = True,
) -> Change:
    """Imports a package and puts each draft that it makes, and the windows and placements that it says otherwise, into one new
    change for this date; all of it, or nothing.

    Raises what importing and putting in raise: PackageRefused with the place of what does not fit, OtherLine for a package of
    several lines; NoVersionInPackage when only tests would come, NothingToImport when nothing would.
    """
    _received, package = received_and_opened(package_id, actor)
    found = parameters_in(package, effective_date or today()) if with_parameters else []
    imported = import_drafts(package_id=package_id, actor=actor, line_id=line_id, may_be_nothing=bool(found))
    drafts = [one for one in imported if one.number]
    if not drafts and not found:
        raise NoVersionInPackage
    change = create_change(
        line_id=_line_of(drafts, found),
        actor=actor,
        effective_date=effective_date,
        title=title.strip() or _title(drafts, found),
        reason=reason.strip() or _("From package {digest}").format(digest=package.digest[:12]),
    )
    for one in drafts:
        content = {"process": one.process.key, "number": one.number}
        add_item(change_id=change.pk, kind="process.version", content=content, actor=actor)
    for parameter in found:
        _put_in(change, parameter, actor)
    return change


def _put_in(change: Change, parameter: Parameter, actor: User) -> None:
    """The drafts are there already, so that a step that the package brings is known."""
    try:
        add_item(change_id=change.pk, kind=parameter.kind, content=parameter.content, actor=actor)
    except NotPermitted:
        raise
    except DomainError as refusal:
        raise PackageRefused(process=parameter.process, reason=f"{parameter.place}: {refusal}") from refusal


def _line_of(drafts: Sequence[Imported], found: Sequence[Parameter]) -> int:
    return drafts[0].process.line_id if drafts else Process.objects.get(key=found[0].process).line_id


def _title(drafts: Sequence[Imported], found: Sequence[Parameter]) -> str:
    keys = dict.fromkeys([*(one.process.key for one in drafts), *(one.process for one in found)])
    return _("Package: {processes}").format(processes=", ".join(keys))[:200]
