"""Who may do what: on a business line by a role, or on one of its processes by a grant of its own.

A role or grant with a first or last moment counts from the one until the other: that is a condition of every question, so
that it is exact whoever has swept. On a process any right brings the right to see it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, F, Min, OuterRef, Q, QuerySet, Value

from apps.kernel import clock
from apps.people.conf import process_grants
from apps.people.models import (
    BusinessLine,
    BusinessLineGroupObjectPermission,
    BusinessLineUserObjectPermission,
    Membership,
    User,
)
from apps.people.selectors.compiled import SOMEBODY, SOMETIME, Compiled
from apps.people.states import LINE_RIGHTS, PROCESS_RIGHTS, Right, TokenScope

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    Somebody = User | AnonymousUser
    Asked = HttpRequest | Request

EVERYTHING = "*"
_TO_GROUP = "group__rolegroup__line__teams__memberships__"


def signed_in(request: "Asked") -> User:
    """The person who asks. Behind `login_required` and the API's permissions there always is one; a door without them
    fails loudly: TypeError."""
    if not isinstance(request.user, User):
        raise TypeError("a view without a sign-in asked who is signed in")
    return request.user


def codename(right: Right, on: str = "businessline") -> str:
    """The name of the object permission that stands for the right."""
    return f"{right.value}_{on}"


def granted_now(path: str = "", at: datetime | None = None) -> Q:
    """That a role or grant counts now, or at another moment: from its first one on, and up to but without its last one."""
    now = at or clock.now()
    begun = Q(**{f"{path}valid_from": None}) | Q(**{f"{path}valid_from__lte": now})
    return begun & (Q(**{f"{path}valid_until": None}) | Q(**{f"{path}valid_until__gt": now}))


def _by_role(person: Any, at: datetime | None = None) -> Q:
    """For permissions of groups: that the person, or one of these people, is in the group's role today."""
    who = f"{_TO_GROUP}user__in" if isinstance(person, QuerySet) else f"{_TO_GROUP}user"
    return Q(granted_now(_TO_GROUP, at), **{who: person, f"{_TO_GROUP}role": F("group__rolegroup__role")})


def _on_line(right: Right, person: Any, line: Any, at: datetime | None = None) -> Q:
    """That the person holds the right on the line, by a role or a direct grant; either may be an OuterRef."""
    grants = {"permission__codename": codename(right), "content_object": line}
    direct = {"user__in" if isinstance(person, QuerySet) else "user": person}
    by_role = BusinessLineGroupObjectPermission.objects.filter(_by_role(person, at), **grants)
    return Q(Exists(by_role) | Exists(BusinessLineUserObjectPermission.objects.filter(**direct, **grants)))


def _on_process(right: Right, person: Any, process: Any) -> Q:
    """That the person holds the right on the process itself, by a grant to them or to a role that they have."""
    granted = process_grants()
    direct = {"user__in" if isinstance(person, QuerySet) else "user": person}
    to_roles = granted.to_roles.filter(_by_role(person), _carries(right), content_object=process)
    to_people = granted.to_people.filter(granted_now(), _carries(right), **direct, content_object=process)
    return Q(Exists(to_roles.filter(granted_now())) | Exists(to_people))


def _carries(right: Right) -> Q:
    """For permissions on a process: that they give the right."""
    if right is Right.VIEW:
        return Q(permission__codename__in=[codename(each, "process") for each in PROCESS_RIGHTS])
    return Q(permission__codename=codename(right, "process"))


def has_right(person: "Somebody", right: Right, line: BusinessLine, process: int | None = None) -> bool:
    """Whether an active person holds the right on the line or, with the key of a process, on that one. One query."""
    scope = _scope(person)
    if person.pk is None or line.pk is None or not (scope is None or scope.allows(right, line.pk)):
        return False
    held = Q(pk__in=_lines_held(right).for_person(person.pk))
    if process is not None and right not in LINE_RIGHTS:
        granted = _processes_granted(right).for_person(person.pk)
        held |= Q(Exists(process_grants().processes.filter(pk=process, pk__in=granted)))
    return BusinessLine.objects.order_by().filter(held, pk=line.pk).exists()


def lines_where(person: "Somebody", right: Right) -> QuerySet[BusinessLine]:
    """The lines on which the person holds the right, in their order. One query when it is evaluated."""
    held = Q(pk__in=_lines_held(right).for_person(person.pk or 0))
    return BusinessLine.objects.filter(held, within(person, "pk", right))


@cache
def _lines_held(right: Right) -> Compiled:
    """Keys of the lines on which somebody holds the right; of all lines for superusers."""
    me = _me_with(SOMEBODY)
    held = _on_line(right, me, OuterRef("pk"), SOMETIME) | Exists(me.filter(is_superuser=True))
    return Compiled.of(BusinessLine.objects.order_by().filter(held).values("pk"))


@cache
def _processes_granted(right: Right) -> Compiled:
    """Keys of the processes on which somebody holds the right by a grant to them or to a role of theirs."""
    return Compiled.of(_granted(_me_with(SOMEBODY), right, Q(), SOMETIME))


def lines_visible_to(person: "Somebody") -> QuerySet[BusinessLine]:
    """The lines whose runs, files and facts the person may see. One query when it is evaluated."""
    return lines_where(person, Right.VIEW)


def lines_to_view(person: "Somebody", held: "Held | None") -> "QuerySet[BusinessLine] | list[int]":
    """For `line__in`: the lines that the person may see; named when their rights are known, otherwise asked within the query."""
    return held.lines(Right.VIEW) if held is not None else lines_visible_to(person).order_by()


def granted_processes(person: "Somebody", right: Right) -> Any:
    """Keys of the processes on which the person holds the right without their lines. One query when it is evaluated."""
    if right in LINE_RIGHTS:
        return process_grants().to_people.none().values_list("content_object", flat=True)
    return _granted(_me(person), right, within(person, "content_object__line", right))


def _granted(me: QuerySet[User], right: Right, there: Q, at: datetime | None = None) -> Any:
    granted = process_grants()
    to_roles = granted.to_roles.filter(there, _by_role(me, at), _carries(right)).filter(granted_now(at=at)).order_by()
    to_people = granted.to_people.filter(there, granted_now(at=at), _carries(right), user__in=me).order_by()
    return to_people.values_list("content_object", flat=True).union(to_roles.values_list("content_object", flat=True))


def reaches(person: "Somebody", right: Right, *, line: str = "line", process: str = "process") -> Q:
    """For rows that name a line and the key of a process: that the person holds the right on either."""
    who = person.pk or 0
    held = Q(**{f"{line}__in": _lines_held(right).for_person(who)})
    if right not in LINE_RIGHTS:
        held |= Q(**{f"{process}__in": _processes_granted(right).for_person(who)})
    return held & within(person, line, right)


def within(person: "Somebody", line: str, right: Right = Right.VIEW) -> Q:
    """For rows that name a line: that the token by which a program speaks for the person reaches it; all without one."""
    scope = _scope(person)
    return Q() if scope is None else Q(**{f"{line}__in": scope.lines if scope.allows(right) else ()})


def is_superuser(person: "Somebody") -> bool:
    """Whether the person may do what belongs to no line; never by a token, which is for lines. One query."""
    return _scope(person) is None and _me(person).filter(is_superuser=True).exists()


def people_with(right: Right, line: BusinessLine, process: int | None = None) -> QuerySet[User]:
    """Active people who hold the right on the line or on the process, by a role, by a grant or as superusers. One query."""
    held = Q(is_superuser=True) | _on_line(right, OuterRef("pk"), line.pk)
    if process is not None and right not in LINE_RIGHTS:
        held |= _on_process(right, OuterRef("pk"), process)
    return User.objects.filter(held, is_active=True).order_by("pk")


def holds(right: Right, *, person: str, line: str) -> Q:
    """For rows that point at a person and a line: that this active person holds the right on that line."""
    held = _on_line(right, OuterRef(person), OuterRef(line)) | Q(**{f"{person}__is_superuser": True})
    return held & Q(**{f"{person}__is_active": True})


@dataclass(frozen=True)
class Held:
    """Every right that a person holds now, for lists that ask per row: by key of the line, and by key of the process."""

    by_line: dict[int, set[Right]] = field(default_factory=dict)
    by_process: dict[int, set[Right]] = field(default_factory=dict)

    def on(self, line: int, process: int | None = None) -> set[Right]:
        return self.by_line.get(line, set()) | self.by_process.get(process or 0, set())

    def lines(self, right: Right) -> list[int]:
        """Keys of the lines on which the person holds it."""
        return [place for place, rights in self.by_line.items() if right in rights]

    def reach(self, right: Right, *, line: str = "line", process: str = "process") -> Q:
        """The same as `reaches`, with lines and processes named: for queries that ask for several rights at once."""
        found = Q(**{f"{line}__in": self.lines(right)})
        return found | Q(**{f"{process}__in": [place for place, rights in self.by_process.items() if right in rights]})


def rights_of(person: "Somebody") -> Held:
    """Every right of the person on every line and process; places without one are absent. One query."""
    me, granted = _me(person), process_grants()
    all_lines = BusinessLine.objects.order_by().filter(within(person, "pk"), Exists(me.filter(is_superuser=True)))
    on_object = within(person, "content_object")
    on_process = within(person, "content_object__line")
    found = all_lines.values_list("pk", Value(EVERYTHING, output_field=CharField())).union(
        *(
            grants.order_by().values_list("content_object_id", "permission__codename")
            for grants in (
                BusinessLineGroupObjectPermission.objects.filter(on_object, _by_role(me)),
                BusinessLineUserObjectPermission.objects.filter(on_object, user__in=me),
                granted.to_roles.filter(on_process, _by_role(me)).filter(granted_now()),
                granted.to_people.filter(on_process, granted_now(), user__in=me),
            )
        ),
        all=True,
    )
    places: dict[str, dict[int, set[Right]]] = {"businessline": defaultdict(set), "process": defaultdict(set)}
    for place, name in found:
        if name == EVERYTHING:
            places["businessline"][place].update(Right)
            continue
        right, _sep, kind = name.partition("_")
        if right in Right.values and kind in places:
            places[kind][place].add(Right(right))
    for rights in places["process"].values():
        rights.add(Right.VIEW)
    scope = _scope(person)
    if scope is not None:
        for rights in (*places["businessline"].values(), *places["process"].values()):
            rights.intersection_update([right for right in Right if scope.allows(right)])
    return Held(dict(places["businessline"]), dict(places["process"]))


def rights_by_line(person: "Somebody") -> dict[int, set[Right]]:
    """Every right of the person on every line. One query; lines without a right are absent."""
    return rights_of(person).by_line


def next_change_of_rights(person: User) -> datetime | None:
    """When the next role or grant of this person begins or ends by itself, None when none does. Three queries."""
    now, granted = clock.now(), process_grants()
    moments: list[datetime] = []
    own = [
        Membership.objects.filter(user=person),
        granted.to_people.filter(user=person),
        granted.to_roles.filter(_by_role(person)),
    ]
    for rows in own:
        ends = rows.order_by().aggregate(
            first=Min("valid_from", filter=Q(valid_from__gt=now)), last=Min("valid_until", filter=Q(valid_until__gt=now))
        )
        moments += [moment for moment in ends.values() if moment is not None]
    return min(moments, default=None)


def _scope(person: "Somebody") -> TokenScope | None:
    return getattr(person, "scope", None)


def _me(person: "Somebody") -> QuerySet[User]:
    return _me_with(person.pk or 0)


def _me_with(key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key, is_active=True)
