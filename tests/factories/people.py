"""People, lines and roles for tests."""

from typing import Any

from apps.people.actions.members import grant
from apps.people.models import BusinessLine, Membership, Team, User
from apps.people.states import Role

PASSWORD = "correct horse battery"


def make_user(username: str = "wang.min", **facts: Any) -> User:
    """A person who signs in with PASSWORD; `superuser=True` makes an administrator of everything."""
    password = facts.pop("password", None)
    if facts.pop("superuser", False):
        facts |= {"is_superuser": True, "is_staff": True}
    user = User(username=username, **facts)
    if password is None:
        user.set_unusable_password()  # hashing costs time; sign-in tests ask for a password
    else:
        user.set_password(password)
    user.save()
    return user


def make_line(code: str = "rtgs-sh", **facts: Any) -> BusinessLine:
    """The line of this code, made when it is not there."""
    return BusinessLine.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code, **facts})[0]


def make_team(line: BusinessLine, name: str = "team") -> Team:
    return Team.objects.get_or_create(line=line, name_en=name, defaults={"name_zh": name})[0]


def give_role(user: User, line: BusinessLine, *roles: Role | str) -> list[Membership]:
    """Makes the person hold the roles on the line, with the grants that belong to them."""
    team = make_team(line)
    return [grant(team=team, user=user, role=Role(role), actor=None) for role in roles]


def make_member(username: str, *roles: Role | str, line: BusinessLine | None = None, **facts: Any) -> User:
    """A person with roles on a line (`rtgs-sh` unless told)."""
    user = make_user(username, **facts)
    give_role(user, line or make_line(), *roles)
    return user
