"""Who can do what, told by person and by place: what the page, the export and the API of access show."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.conf import process_grants
from apps.people.models import BusinessLine, BusinessLineUserObjectPermission, Membership, RoleGroup, Team, User
from apps.people.selectors.rights import Held, has_right, rights_of
from apps.people.states import ROLE_RIGHTS, Right, Role

PAGE = 50
AT_ONCE = 500


@dataclass(frozen=True)
class Scope:
    """The lines of which a person may know who can do what there, and those among them where they give and take."""

    lines: frozenset[int]
    administered: frozenset[int]


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to: part of a name, a line, one of its processes; every field may be empty."""

    search: str = ""
    line: BusinessLine | None = None
    process: Any | None = None


@dataclass(frozen=True)
class Holding:
    """Something a person holds now or from a later moment on: a role, or rights on a process; `by_role` when through a role.

    `key` is that of the membership for a role, that of the process for rights on one.
    """

    key: int
    line: BusinessLine
    process: Any | None
    role: str
    role_line: BusinessLine | None
    team: Team | None
    rights: tuple[Right, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    granted_by: User | None
    reason: str

    @property
    def is_later(self) -> bool:
        return self.valid_from is not None and self.valid_from > clock.now()

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""

    @property
    def by_role(self) -> bool:
        """Rights on a process that the person has because everybody in a role has them."""
        return self.process is not None and bool(self.role)

    @property
    def may_be_taken(self) -> bool:
        """From this person alone: not what a role gives to all its people, nor what was written past the actions."""
        return self.team is not None or (self.process is not None and not self.role)

    @property
    def right_labels(self) -> str:
        return str(_(", ")).join(str(right.label) for right in self.rights)


def scope_of(viewer: User, rights: Held | None = None) -> Scope:
    """Lines that the person administers or audits. One query, none when their rights are known."""
    held = (rights or rights_of(viewer)).by_line
    administered = frozenset(line for line, rights in held.items() if Right.ADMINISTER in rights)
    return Scope(administered | {line for line, rights in held.items() if Right.AUDIT in rights}, administered)


def whole_scope() -> Scope:
    """Every line, to look at: what a person may know of themselves. One query."""
    return Scope(frozenset(BusinessLine.objects.order_by().values_list("pk", flat=True)), frozenset())


def not_over(path: str = "") -> Q:
    """That a role or grant counts now or will."""
    return Q(**{f"{path}valid_until": None}) | Q(**{f"{path}valid_until__gt": clock.now()})


def people_with_access(scope: Scope, wanted: Wanted, after: str = "") -> QuerySet[User]:
    """Active people who hold something in the scope, and superusers, by user name; `after` turns the page. One query."""
    lines, granted = _lines(scope, wanted), process_grants()
    me = OuterRef("pk")
    on_process = Q(content_object__line__in=lines) if wanted.process is None else Q(content_object=wanted.process)
    through = "group__rolegroup__line__teams__memberships__"
    in_role = {f"{through}user": me, f"{through}role": F("group__rolegroup__role")}
    held = (
        Exists(Membership.objects.filter(not_over(), user=me, team__line__in=lines))
        | Exists(BusinessLineUserObjectPermission.objects.filter(user=me, content_object__in=lines))
        | Exists(granted.to_people.filter(not_over(), on_process, user=me))
        | Exists(granted.to_roles.filter(not_over(through), **in_role).filter(not_over(), on_process))
    )
    found = User.objects.filter(Q(is_superuser=True) | held, is_active=True).order_by("username")
    if wanted.search:
        found = found.filter(Q(username__icontains=wanted.search) | Q(display_name__icontains=wanted.search))
    return found.filter(username__gt=after) if after else found


def holdings_of(people: Sequence[User], scope: Scope, wanted: Wanted) -> dict[int, list[Holding]]:
    """What each of these people holds in the scope, by their keys; lines in their order, then processes. Five queries."""
    lines = _lines(scope, wanted)
    ids = [person.pk for person in people]
    found: dict[int, list[Holding]] = defaultdict(list)
    for person, holding in (*_by_membership(ids, lines), *_direct(ids, lines), *_by_grant(ids, lines, wanted.process)):
        found[person].append(holding)
    for holdings in found.values():
        holdings.sort(key=lambda one: (one.line.position, one.line.code, one.process.key if one.process else "", one.role))
    return dict(found)


def told_by_person(scope: Scope, wanted: Wanted) -> Iterator[tuple[User, list[Holding]]]:
    """Everybody of a list with what they hold, by user name; read in pages, so that it may be as long as it is."""
    after = ""
    while people := list(people_with_access(scope, wanted, after)[:AT_ONCE]):
        holdings = holdings_of(people, scope, wanted)
        yield from ((person, holdings.get(person.pk, [])) for person in people)
        after = people[-1].username


def _lines(scope: Scope, wanted: Wanted) -> Collection[int]:
    if wanted.process is not None:
        return scope.lines & {wanted.process.line_id}
    return scope.lines & {wanted.line.pk} if wanted.line is not None else scope.lines


def _by_membership(people: Collection[int], lines: Collection[int]) -> Iterator[tuple[int, Holding]]:
    rows = Membership.objects.filter(not_over(), user__in=people, team__line__in=lines)
    for row in rows.select_related("team__line", "granted_by"):
        rights = tuple(right for right in Right if right in ROLE_RIGHTS[Role(row.role)])
        yield row.user_id, _holding(row, row.pk, row.team.line, rights, role=row.role, team=row.team)


def _direct(people: Collection[int], lines: Collection[int]) -> Iterator[tuple[int, Holding]]:
    """Rights on a line that stand there without a role."""
    rows = BusinessLineUserObjectPermission.objects.filter(user__in=people, content_object__in=lines)
    together: dict[tuple[int, BusinessLine], list[str]] = defaultdict(list)
    for row in rows.select_related("content_object", "permission"):
        together[row.user_id, row.content_object].append(row.permission.codename)
    for (person, line), names in together.items():
        yield person, _holding(None, 0, line, _rights(names))


def _by_grant(people: Collection[int], lines: Collection[int], process: Any | None) -> Iterator[tuple[int, Holding]]:
    granted = process_grants()
    on = Q(content_object__line__in=lines) if process is None else Q(content_object=process, content_object__line__in=lines)
    beside = ("content_object__line", "permission", "granted_by")
    own = granted.to_people.filter(not_over(), on, user__in=people).select_related(*beside)
    for (person, _process, *_rest), rows in _together(own, "user_id"):
        row = rows[0]
        place = row.content_object
        yield person, _holding(row, place.pk, place.line, _rights_in(rows), process=place)
    to_roles = granted.to_roles.filter(not_over(), on).select_related(*beside, "group__rolegroup__line")
    by_role = list(_together(to_roles, "group_id"))
    roles = {rows[0].group_id: rows[0].group.rolegroup for _key, rows in by_role}
    members = _members(people, roles.values()) if roles else {}
    for (group, _process, *_rest), rows in by_role:
        row, role = rows[0], roles[group]
        place = row.content_object
        facts = {"process": place, "role": role.role, "role_line": role.line}
        for person in members.get((role.line_id, role.role), ()):
            yield person, _holding(row, place.pk, place.line, _rights_in(rows), **facts)


def _members(people: Collection[int], roles: Iterable[RoleGroup]) -> dict[tuple[int, str], set[int]]:
    """Who of these people is or will be in these roles, by line and role."""
    lines = {role.line_id for role in roles}
    rows = Membership.objects.filter(not_over(), user__in=people, team__line__in=lines)
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for line, role, person in rows.values_list("team__line", "role", "user"):
        found[line, role].add(person)
    return found


def _together(rows: Iterable[Any], holder: str) -> Iterable[tuple[tuple[Any, ...], list[Any]]]:
    """Rows that were given as one: one holder, process, period, giver and reason."""
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        given = (row.valid_from, row.valid_until, row.granted_by_id, row.reason)
        found[getattr(row, holder), row.content_object_id, *given].append(row)
    return found.items()


def _rights_in(rows: Iterable[Any]) -> tuple[Right, ...]:
    return _rights(row.permission.codename for row in rows)


def _rights(names: Iterable[str]) -> tuple[Right, ...]:
    held = {name.partition("_")[0] for name in names}
    return tuple(right for right in Right if right.value in held)


def _holding(row: Any, key: int, line: BusinessLine, rights: tuple[Right, ...], **facts: Any) -> Holding:
    given = {"process": None, "role": "", "role_line": None, "team": None, **facts}
    return Holding(
        key=key,
        line=line,
        rights=rights,
        valid_from=row.valid_from if row is not None else None,
        valid_until=row.valid_until if row is not None else None,
        granted_by=row.granted_by if row is not None else None,
        reason=row.reason if row is not None else "",
        **given,
    )


def grants_to_roles(process: Any) -> list[Holding]:
    """What everybody in a role holds on a process, now or later. One query."""
    rows = process_grants().to_roles.filter(not_over(), content_object=process)
    rows = rows.select_related("content_object__line", "permission", "granted_by", "group__rolegroup__line")
    return [
        _holding(
            each[0],
            process.pk,
            each[0].content_object.line,
            _rights_in(each),
            process=each[0].content_object,
            role=each[0].group.rolegroup.role,
            role_line=each[0].group.rolegroup.line,
        )
        for _key, each in _together(rows, "group_id")
    ]


def process_to_administer(viewer: User, key: str) -> Any:
    """The process, or NotFound when it is not there or not for this person; whether they administer it the action asks."""
    found = process_grants().processes.select_related("line").filter(key=key).first()
    if found is None or not has_right(viewer, Right.VIEW, found.line, found.pk):
        raise NotFound(what=_("process"))
    return found


def places_in(scope: Scope) -> tuple[list[BusinessLine], list[Any]]:
    """The lines of a scope in their order, and their processes by key. Two queries."""
    lines = list(BusinessLine.objects.filter(pk__in=scope.lines))
    return lines, list(process_grants().processes.filter(line__in=scope.lines).select_related("line").order_by("key"))
