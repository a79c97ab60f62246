"""Who may do what. `require` is the one question every action asks."""

from apps.kernel.errors import NotPermitted
from apps.people.models import BusinessLine, User
from apps.people.selectors import has_right
from apps.people.states import Right


def may(person: User, right: Right, line: BusinessLine, process: int | None = None) -> bool:
    """Whether the person has this right now on the line or, with its key, on the process. One query, never cached."""
    return has_right(person, right, line, process)


def require(person: User, right: Right, line: BusinessLine, process: int | None = None) -> None:
    """Refuses with NotPermitted unless the person has the right on the line or on the process of it."""
    if not may(person, right, line, process):
        raise NotPermitted(right=right.label, target=line)
