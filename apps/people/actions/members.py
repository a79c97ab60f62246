"""Accounts and roles. The only writer of memberships, so that the grants in guardian always equal them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted
from apps.people.actions.rights import may, require
from apps.people.errors import AlreadyMember, InactivePerson, OwnAccount, OwnRole, UnusablePeriod
from apps.people.events import RoleEnded, RoleGranted, RoleRevoked, UserAdded, UserChanged, UserDeactivated
from apps.people.models import BusinessLine, BusinessLineGroupObjectPermission, Membership, RoleGroup, Team, User
from apps.people.selectors import codename, is_superuser
from apps.people.states import ROLE_RIGHTS, Right, Role


@transaction.atomic
def add_member(
    *,
    team_id: int,
    user_id: int,
    role: str,
    actor: User,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Gives a person a role in a team, for good or for a while; never to oneself."""
    team = locked_team(team_id)
    require(actor, Right.ADMINISTER, team.line)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(what=_("person"))
    if user.pk == actor.pk:
        raise OwnRole(person=user)
    if not user.is_active:
        raise InactivePerson(person=user)
    require_period(valid_from, valid_until)
    kept = Membership.objects.filter(team=team, user=user, role=role).first()
    if kept is not None and not _is_over(kept):
        raise AlreadyMember(person=user, role=Role(role).label, team=team)
    if kept is not None:
        _end(kept)
    period = {"valid_from": valid_from, "valid_until": valid_until}
    return grant(team=team, user=user, role=Role(role), actor=actor, reason=reason.strip(), **period)


@transaction.atomic
def remove_member(*, membership_id: int, actor: User, reason: str = "") -> None:
    """Takes a role away; the rights go with it at once unless another team of the line gives the same role."""
    seen = Membership.objects.filter(pk=membership_id).first()
    if seen is None:
        raise NotFound(what=_("membership"))
    team = locked_team(seen.team_id)
    if not may(actor, Right.VIEW, team.line):
        raise NotFound(what=_("membership"))
    require(actor, Right.ADMINISTER, team.line)
    membership = Membership.objects.select_related("user", "team__line").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound(what=_("membership"))
    revoke(membership=membership, actor=actor, reason=reason)


def revoke(*, membership: Membership, actor: User | None, reason: str = "") -> None:
    """Takes membership, group and grants away together. No permission is asked here: the callers did, and locked the team."""
    facts = _facts(membership)
    _take(membership)
    append(RoleRevoked(**facts, reason=reason.strip()), actor=actor)


def end_roles_that_are_over(batch: int) -> int:
    """Removes roles whose last moment has passed, and says so; how many. They did not count any more."""
    over = Membership.objects.filter(valid_until__lte=clock.now()).order_by("valid_until", "pk")
    done = 0
    for team_id, pk in list(over.values_list("team_id", "pk")[:batch]):
        with transaction.atomic():
            locked_team(team_id)
            membership = Membership.objects.select_related("user", "team__line").filter(pk=pk).first()
            if membership is not None and _is_over(membership):
                _end(membership)
                done += 1
    return done


def require_period(valid_from: datetime | None, valid_until: datetime | None) -> None:
    """Refuses what would be over before it begins, or is over already."""
    if valid_until is not None and valid_until <= max(valid_from or clock.now(), clock.now()):
        raise UnusablePeriod()


def _is_over(membership: Membership) -> bool:
    return membership.valid_until is not None and membership.valid_until <= clock.now()


def _end(membership: Membership) -> None:
    facts, until = _facts(membership), membership.valid_until
    _take(membership)
    append(RoleEnded(**facts, valid_until=until.isoformat() if until else ""), actor=None)


def _take(membership: Membership) -> None:
    line, user, role = membership.team.line, membership.user, Role(membership.role)
    membership.delete()
    if not Membership.objects.filter(team__line=line, user=user, role=role).exists():
        role_group(line, role).user_set.remove(user)


def _facts(membership: Membership) -> dict[str, Any]:
    user, team = membership.user, membership.team
    return {
        "line": team.line.code,
        "team": team.pk,
        "user": user.pk,
        "username": user.username,
        "role": Role(membership.role).value,
    }


@transaction.atomic
def add_user(*, user: User, actor: User) -> User:
    """Saves a new account. Superusers only: an account is nobody's business line."""
    _require_superuser(actor, user)
    user.save()
    append(UserAdded(user=user.pk, username=user.username), actor=actor)
    return user


@transaction.atomic
def record_user_change(*, user: User, before: dict[str, str], after: dict[str, str], actor: User) -> User:
    """Saves an account that was edited and journals what changed, value by value."""
    _require_superuser(actor, user)
    if user.pk == actor.pk and not user.is_active:
        raise OwnAccount()
    user.save()
    changes = {name: [before.get(name, ""), after[name]] for name in after if before.get(name, "") != after[name]}
    if changes:
        append(UserChanged(user=user.pk, username=user.username, changes=changes), actor=actor)
    return user


@transaction.atomic
def deactivate_user(*, user_id: int, actor: User) -> User:
    """Closes an account; its sessions end with the next request and its name stays in the journal."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(what=_("person"))
    _require_superuser(actor, user)
    if user.pk == actor.pk:
        raise OwnAccount()
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        append(UserDeactivated(user=user.pk, username=user.username), actor=actor)
    return user


def grant(
    *,
    team: Team,
    user: User,
    role: Role,
    actor: User | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> Membership:
    """Writes membership, group and grants together. No permission is asked here: the callers did."""
    period = {"valid_from": valid_from, "valid_until": valid_until}
    given = {"granted_by": actor, "granted_at": clock.now(), "reason": reason}
    membership = Membership.objects.create(team=team, user=user, role=role, **given, **period)
    role_group(team.line, role).user_set.add(user)
    facts = _facts(membership) | {name: moment.isoformat() if moment else "" for name, moment in period.items()}
    append(RoleGranted(**facts, reason=reason), actor=actor)
    return membership


def role_group(line: BusinessLine, role: Role) -> Group:
    """The group that carries the role on the line, with exactly the rights of ROLE_RIGHTS."""
    held = RoleGroup.objects.select_related("group").filter(line=line, role=role).first()
    if held is None:
        group = Group.objects.create(name=f"{line.code}: {role.value}")
        held = RoleGroup.objects.create(line=line, role=role, group=group)
    wanted = {codename(right) for right in ROLE_RIGHTS[role]}
    grants = BusinessLineGroupObjectPermission.objects.filter(group=held.group, content_object=line)
    present = set(grants.values_list("permission__codename", flat=True))
    if present != wanted:
        grants.exclude(permission__codename__in=wanted).delete()
        missing = Permission.objects.filter(
            content_type__app_label="people", content_type__model="businessline", codename__in=wanted - present
        )
        BusinessLineGroupObjectPermission.objects.bulk_create(
            BusinessLineGroupObjectPermission(group=held.group, permission=permission, content_object=line)
            for permission in missing
        )
    return held.group


def locked_team(team_id: int) -> Team:
    team = Team.objects.select_for_update(of=("self",)).select_related("line").filter(pk=team_id).first()
    if team is None:
        raise NotFound(what=_("team"))
    return team


def _require_superuser(actor: User, target: User) -> None:
    if not is_superuser(actor):
        raise NotPermitted(right=Right.ADMINISTER.label, target=target)
