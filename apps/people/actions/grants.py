"""Rights on a single process: given to a person or to everybody in a role, for a while or for good, and taken again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions.members import require_period
from apps.people.actions.rights import require
from apps.people.conf import process_grants
from apps.people.errors import AlreadyGranted, InactivePerson, NoSuchRight, OwnRole
from apps.people.events import GrantEnded, GrantGiven, GrantTaken
from apps.people.models import RoleGroup, User
from apps.people.selectors import codename, roles_of
from apps.people.states import LINE_RIGHTS, PROCESS_RIGHTS, Right, Role


@transaction.atomic
def grant_on_process(
    *,
    process_key: str,
    rights: Collection[Right],
    actor: User,
    reason: str,
    user_id: int | None = None,
    role: RoleGroup | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> list[Any]:
    """Gives rights on one process to a person, or to everybody in a role; one row for each right, all or none.

    Never to oneself, nor to a role that one has. Raises NotFound, NotPermitted, NoSuchRight, OwnRole, InactivePerson,
    UnusablePeriod, and AlreadyGranted for a right that they have on this process already.
    """
    process = _locked_process(process_key)
    require(actor, Right.ADMINISTER, process.line)
    wanted = [right for right in PROCESS_RIGHTS if right in rights]
    if not wanted or LINE_RIGHTS.intersection(rights):
        raise NoSuchRight()
    require_period(valid_from, valid_until)
    holder = _holder(user_id, role, actor)
    kept = _rows_of(holder).filter(content_object=process)
    _end(list(kept.filter(valid_until__lte=clock.now())))
    names = [codename(right, "process") for right in wanted]
    twice = kept.filter(permission__codename__in=names).select_related("permission").first()
    if twice is not None:
        raise AlreadyGranted(holder=_name_of(holder), right=_right_of(twice).label, process=process)
    permissions = Permission.objects.filter(
        content_type__app_label=process._meta.app_label, content_type__model="process", codename__in=names
    )
    facts = {"valid_from": valid_from, "valid_until": valid_until, "reason": reason.strip()}
    rows = [
        kept.model(
            permission=permission,
            content_object=process,
            granted_by=actor,
            granted_at=clock.now(),
            **{"user" if isinstance(holder, User) else "group": holder},
            **facts,
        )
        for permission in permissions
    ]
    kept.model.objects.bulk_create(rows)
    append(GrantGiven(**_facts(rows), valid_from=_text(valid_from), valid_until=_text(valid_until)), actor=actor)
    return rows


@transaction.atomic
def revoke_on_process(
    *, process_key: str, actor: User, reason: str, user_id: int | None = None, role: RoleGroup | None = None,
    rights: Collection[Right] = PROCESS_RIGHTS,
) -> int:  # fmt: skip
    """Takes rights on one process from a person or role, at once; how many. Rights by the line are not touched.

    Raises NotPermitted, and NotFound when they have none of them there.
    """
    process = _locked_process(process_key)
    require(actor, Right.ADMINISTER, process.line)
    holder = role.group if role is not None else User.objects.filter(pk=user_id or 0).first()
    if holder is None:
        raise NotFound(what=_("person"))
    names = [codename(right, "process") for right in rights]
    rows = list(_rows_of(holder).filter(content_object=process, permission__codename__in=names))
    if not rows:
        raise NotFound(what=_("grant"))
    facts = _facts(rows) | {"reason": reason.strip()}
    _rows_of(holder).filter(pk__in=[row.pk for row in rows]).delete()
    append(GrantTaken(**facts), actor=actor)
    return len(rows)


def end_grants_that_are_over(batch: int) -> int:
    """Removes grants whose last moment has passed, and says so; how many. They did not count any more."""
    done = 0
    for grants in (process_grants().to_people, process_grants().to_roles):
        with transaction.atomic():
            over = grants.filter(valid_until__lte=clock.now()).order_by("valid_until", "pk")
            if over.exists():
                locked = over.select_for_update(of=("self",), skip_locked=True)
                done += _end(list(locked.select_related("permission", "content_object__line")[:batch]))
    return done


def _end(rows: list[Any]) -> int:
    """One fact for the rights that one holder had on one process until one moment."""
    together: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        together.setdefault((row.content_object_id, _holder_id(row), row.valid_until), []).append(row)
    for (_process, _holder_key, until), ended in together.items():
        facts = _facts(ended)
        if not type(ended[0]).objects.filter(pk__in=[row.pk for row in ended]).delete()[0]:
            continue  # another sweeper was faster
        append(GrantEnded(**facts, valid_until=_text(until)), actor=None)
    return len(rows)


def _locked_process(key: str) -> Any:
    found = process_grants().processes.select_for_update(of=("self",)).select_related("line").filter(key=key).first()
    if found is None:
        raise NotFound(what=_("process"))
    return found


def _holder(user_id: int | None, role: RoleGroup | None, actor: User) -> User | Group:
    """Who it is about; never the actor, neither by name nor by a role of theirs."""
    if role is not None:
        if Role(role.role) in roles_of(actor, role.line):
            raise OwnRole(person=actor)
        return role.group
    user = User.objects.filter(pk=user_id or 0).first()
    if user is None:
        raise NotFound(what=_("person"))
    if user.pk == actor.pk:
        raise OwnRole(person=user)
    if not user.is_active:
        raise InactivePerson(person=user)
    return user


def _rows_of(holder: User | Group) -> Any:
    grants = process_grants()
    return grants.to_people.filter(user=holder) if isinstance(holder, User) else grants.to_roles.filter(group=holder)


def _holder_id(row: Any) -> int:
    return int(row.user_id if hasattr(row, "user_id") else row.group_id)


def _name_of(holder: User | Group) -> str:
    return str(holder) if isinstance(holder, User) else holder.name


def _right_of(row: Any) -> Right:
    return Right(row.permission.codename.partition("_")[0])


def _facts(rows: list[Any]) -> dict[str, Any]:
    """What the journal says of rows of one holder on one process."""
    row = rows[0]
    facts: dict[str, Any] = {
        "line": row.content_object.line.code,
        "process": row.content_object.key,
        "rights": sorted(_right_of(each).value for each in rows),
        "reason": row.reason,
    }
    if hasattr(row, "user_id"):
        return facts | {"user": row.user_id, "username": row.user.username}
    group = row.group.rolegroup
    return facts | {"role": group.role, "role_line": group.line.code}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""
