"""Who may do what. `require` is the one question every action asks."""

from apps.kernel.errors import NotPermitted
from apps.people.models import BusinessLine, User
from apps.people.selectors import has_right
from apps.people.states import Right


def may(person: User, right: Right, line: BusinessLine) -> bool:
    """Whether the person has this right on the line now. Inactive people have none. One query, never cached."""
    return has_right(person, right, line)


def require(person: User, right: Right, line: BusinessLine) -> None:
    """Refuses with NotPermitted unless the person has the right on the line."""
    if not may(person, right, line):
        raise NotPermitted(right=right.label, target=line)
