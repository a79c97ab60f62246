"""Roles of people, and whose entries of the journal they read."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.people.conf import process_behind, process_grants
from apps.people.models import BusinessLine, Membership, Team, User
from apps.people.selectors.rights import granted_now, granted_processes, is_superuser, lines_visible_to, rights_of
from apps.people.states import Right, Role

if TYPE_CHECKING:
    from apps.people.selectors.rights import Somebody


def in_role(line: BusinessLine, role: str) -> Q:
    """For people: that they have the role on the line now."""
    return Q(Exists(Membership.objects.filter(granted_now(), user=OuterRef("pk"), team__line=line, role=role)))


def in_team(team: int) -> Q:
    """For people: that they have a role in the team now."""
    return Q(Exists(Membership.objects.filter(granted_now(), user=OuterRef("pk"), team=team)))


def team_and_members(team: int) -> tuple[str, frozenset[int]] | None:
    """The code of the line that a team works on and who has a role in the team now; None for no team. Two queries."""
    line = Team.objects.filter(pk=team).values_list("line__code", flat=True).first()
    if line is None:
        return None
    return line, frozenset(Membership.objects.filter(granted_now(), team=team).values_list("user", flat=True))


def people_beside(person: User) -> QuerySet[User]:
    """Other active people with a role on a line that this person may see, by name. One query."""
    roles = Membership.objects.filter(granted_now(), user=OuterRef("pk"), team__line__in=lines_visible_to(person))
    return User.objects.filter(Exists(roles), is_active=True).exclude(pk=person.pk).order_by("display_name", "username")


def members_of(line: BusinessLine) -> QuerySet[User]:
    """Active people with a role on the line, by name. One query."""
    roles = Membership.objects.filter(granted_now(), user=OuterRef("pk"), team__line=line)
    return User.objects.filter(Exists(roles), is_active=True).order_by("display_name", "username")


def roles_of(person: "Somebody", line: BusinessLine) -> set[Role]:
    """The roles the person holds on the line through any of its teams. One query."""
    held = Membership.objects.filter(granted_now(), user=person.pk or 0, team__line=line).values_list("role", flat=True)
    return {Role(role) for role in held}


def memberships_of(person: User) -> QuerySet[Membership]:
    """The person's roles with team and line, for the profile page. One query."""
    return (
        Membership.objects.filter(granted_now(), user=person)
        .select_related("team__line")
        .order_by("team__line__position", "team__line__code", "role")
    )


def journal_lines_of(person: User) -> set[str]:
    """Codes of the lines whose entries the person may read, with "" for who may read those of no line. Two queries."""
    rights = rights_of(person).by_line
    visible = [pk for pk, held in rights.items() if Right.VIEW in held]
    codes = set(BusinessLine.objects.filter(pk__in=visible).values_list("code", flat=True))
    return codes | {""} if any(Right.AUDIT in held for held in rights.values()) else codes


def line_codes_of(user: User) -> frozenset[str]:
    """Codes of the lines whose entries feeds bring the person; entries of no line are for superusers. Two queries at most."""
    if not user.is_active:
        return frozenset()
    codes = set(lines_visible_to(user).values_list("code", flat=True))
    return frozenset(codes | {""} if is_superuser(user) else codes)


def granted_of(user: User) -> tuple[frozenset[int], frozenset[str]]:
    """Processes that the person may see without their lines, and the codes of those lines. Two queries."""
    granted = frozenset(granted_processes(user, Right.VIEW))
    if not granted:
        return granted, frozenset()
    return granted, frozenset(process_grants().processes.filter(pk__in=granted).values_list("line__code", flat=True))


def process_of_stream(stream: str) -> int | None:
    """The key of the process that a stream of the journal is about, None when it is about a line as a whole. One query."""
    prefix, _dot, rest = stream.partition(".")
    behind = process_behind(prefix)
    return behind(rest) if behind is not None else None


def reads_stream(person: User, stream: str) -> bool:
    """Whether the person may see the process that a stream is about without its line. Two queries."""
    process = process_of_stream(stream)
    return process is not None and process in set(granted_processes(person, Right.VIEW))
