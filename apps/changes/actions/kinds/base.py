"""What kinds of items have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _

from apps.changes.errors import OtherLine
from apps.changes.models import Change
from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.processes.models import Process


class PlainItems:
    """A kind whose items are whole in themselves: nothing follows from their way to approval, nobody but editors made them."""

    of_every_line: ClassVar[bool] = False

    def makers(self, content: Any) -> Sequence[User]:
        return []

    def sealed(self, content: Any) -> Any:
        return None

    def check(self, content: Any, change: Change) -> list[str]:
        return []

    def submitted(self, content: Any, change: Change, actor: User) -> None:
        return None

    def returned(self, content: Any, change: Change, actor: User, reason: str) -> None:
        return None

    def approved(self, content: Any, change: Change, actor: User) -> None:
        return None

    def lock(self, content: Any) -> None:
        return None


def process_of(change: Change, key: str) -> Process:
    """The process of the change's line. Raises NotFound, OtherLine."""
    found = Process.objects.select_related("line").filter(key=key).first()
    if found is None:
        raise NotFound(what=_("process"))
    if found.line_id != change.line_id:
        raise OtherLine(what=found)
    return found


def label_of(model: type[Model], name: str) -> Any:
    """How a field is called."""
    return getattr(model._meta.get_field(name), "verbose_name", name)


def moved(name: Any, before: Any, after: Any) -> str:
    """One property in words: from what to what."""
    if before in (None, ""):
        return _("{name}: {after}").format(name=name, after=after)
    if after in (None, ""):
        return _("{name}: {before} → nothing").format(name=name, before=before)
    return _("{name}: {before} → {after}").format(name=name, before=before, after=after)
