"""Who belongs where and may do what. Every answer is read from the database at that moment: nothing here is cached."""

from collections import defaultdict
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from apps.people.models import (
    BusinessLine,
    BusinessLineGroupObjectPermission,
    BusinessLineUserObjectPermission,
    Membership,
    User,
)
from apps.people.states import Right, Role

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    Somebody = User | AnonymousUser
    Asked = HttpRequest | Request

EVERYTHING = "*"


def signed_in(request: "Asked") -> User:
    """The person who asks. Behind `login_required` and the API's permissions there always is one; a door without them
    fails loudly: TypeError."""
    if not isinstance(request.user, User):
        raise TypeError("a view without a sign-in asked who is signed in")
    return request.user


def codename(right: Right) -> str:
    """The name of the object permission that stands for the right."""
    return f"{right.value}_businessline"


def has_right(person: "Somebody", right: Right, line: BusinessLine) -> bool:
    """Whether an active person holds the right on the line, by a role, by a direct grant or as superuser. One query."""
    if person.pk is None or line.pk is None:
        return False
    return people_with(right, line).filter(pk=person.pk).exists()


def lines_where(person: "Somebody", right: Right) -> QuerySet[BusinessLine]:
    """The lines on which the person holds the right, in their order. One query when it is evaluated."""
    grants = {"permission__codename": codename(right), "content_object": OuterRef("pk")}
    me = {"pk": person.pk or 0, "is_active": True}
    by_role = BusinessLineGroupObjectPermission.objects.filter(group__user__in=User.objects.filter(**me), **grants)
    direct = BusinessLineUserObjectPermission.objects.filter(user__in=User.objects.filter(**me), **grants)
    return BusinessLine.objects.filter(Exists(by_role) | Exists(direct) | Exists(User.objects.filter(is_superuser=True, **me)))


def lines_visible_to(person: "Somebody") -> QuerySet[BusinessLine]:
    """The lines whose runs, files and facts the person may see. One query when it is evaluated."""
    return lines_where(person, Right.VIEW)


def people_with(right: Right, line: BusinessLine) -> QuerySet[User]:
    """Active people who hold the right on the line, by a role, by a direct grant or as superusers, by key. One query."""
    grants = {"permission__codename": codename(right), "content_object": line.pk}
    by_role = BusinessLineGroupObjectPermission.objects.filter(group__user=OuterRef("pk"), **grants)
    direct = BusinessLineUserObjectPermission.objects.filter(user=OuterRef("pk"), **grants)
    return User.objects.filter(Q(is_superuser=True) | Exists(by_role) | Exists(direct), is_active=True).order_by("pk")


def holds(right: Right, *, person: str, line: str) -> Q:
    """For rows that point at a person and a line: that this active person holds the right on that line."""
    grants = {"permission__codename": codename(right), "content_object": OuterRef(line)}
    by_role = BusinessLineGroupObjectPermission.objects.filter(group__user=OuterRef(person), **grants)
    direct = BusinessLineUserObjectPermission.objects.filter(user=OuterRef(person), **grants)
    return Q(Exists(by_role) | Exists(direct) | Q(**{f"{person}__is_superuser": True}), **{f"{person}__is_active": True})


def people_beside(person: User) -> QuerySet[User]:
    """Other active people with a role on a line that this person may see, by name. One query."""
    roles = Membership.objects.filter(user=OuterRef("pk"), team__line__in=lines_visible_to(person))
    return User.objects.filter(Exists(roles), is_active=True).exclude(pk=person.pk).order_by("display_name", "username")


def rights_by_line(person: "Somebody") -> dict[int, set[Right]]:
    """Every right of the person on every line, for lists that ask per row. One query; lines without a right are absent."""
    me = {"pk": person.pk or 0, "is_active": True}
    by_role = BusinessLineGroupObjectPermission.objects.filter(group__user__in=User.objects.filter(**me))
    direct = BusinessLineUserObjectPermission.objects.filter(user__in=User.objects.filter(**me))
    all_lines = BusinessLine.objects.order_by().filter(Exists(User.objects.filter(is_superuser=True, **me)))
    columns = ("content_object_id", "permission__codename")
    rows = by_role.values_list(*columns).union(
        direct.values_list(*columns), all_lines.values_list("pk", Value(EVERYTHING)), all=True
    )
    known = {codename(right): right for right in Right}
    found: dict[int, set[Right]] = defaultdict(set)
    for line_id, name in rows:
        if name == EVERYTHING:
            found[line_id].update(Right)
        elif name in known:
            found[line_id].add(known[name])
    return dict(found)


def members_of(line: BusinessLine) -> QuerySet[User]:
    """Active people with a role on the line, by name. One query."""
    return User.objects.filter(is_active=True, memberships__team__line=line).distinct().order_by("display_name", "username")


def roles_of(person: "Somebody", line: BusinessLine) -> set[Role]:
    """The roles the person holds on the line through any of its teams. One query."""
    held = Membership.objects.filter(user=person.pk or 0, team__line=line).values_list("role", flat=True)
    return {Role(role) for role in held}


def memberships_of(person: User) -> QuerySet[Membership]:
    """The person's roles with team and line, for the profile page. One query."""
    return (
        Membership.objects.filter(user=person)
        .select_related("team__line")
        .order_by("team__line__position", "team__line__code", "role")
    )


def journal_lines_of(person: User) -> set[str]:
    """Codes of the lines whose entries the person may read, with "" for who may read those of no line. Two queries."""
    rights = rights_by_line(person)
    visible = [pk for pk, held in rights.items() if Right.VIEW in held]
    codes = set(BusinessLine.objects.filter(pk__in=visible).values_list("code", flat=True))
    return codes | {""} if any(Right.AUDIT in held for held in rights.values()) else codes
