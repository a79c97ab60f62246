"""Where people stand who have a page about a process open."""

from apps.people.models import User
from apps.people.states import Right
from apps.processes.models import WorkingCopy
from apps.processes.selectors import processes_where
from apps.processes.states import Place


def place_at_process(person: User, key: str, asked: str) -> str:
    """The place that their page asks for, when they may be there. One query."""
    if asked not in Place.values:
        return ""
    right = Right.EDIT if asked == Place.DRAWING else Right.VIEW
    return asked if processes_where(person, right).filter(key=key).exists() else ""


def newest_revision(key: str) -> int:
    """Of a process's working copy; 0 where nobody draws. One query."""
    return WorkingCopy.objects.filter(process__key=key).values_list("revision", flat=True).first() or 0
