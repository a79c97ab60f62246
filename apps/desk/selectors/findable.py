"""The kinds of things that are found by their terms: what they are called, who sees them, and where they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.approvals.models import Approval
from apps.approvals.selectors import approvals_for
from apps.changes.models import Change
from apps.changes.selectors.lifecycle import changes_for
from apps.files.models import ArrivedFile
from apps.files.selectors import arrivals_for
from apps.people.models import User
from apps.people.selectors import Held, Wanted, people_with_access, scope_of
from apps.processes.models import Process
from apps.processes.selectors import processes_for
from apps.tickets.models import Ticket
from apps.tickets.selectors import tickets_for


@dataclass(frozen=True)
class Findable:
    """A kind. `seen_by` is the list that a person with these rights may see anyway; `texts` are its names, codes and numbers.

    `by_process`: rights on a single process reach it too; `named_in` says for each kind of fact by what it names the thing.
    """

    label: Any
    icon: str
    rows: Callable[[], QuerySet[Any]]
    seen_by: Callable[[User, Held], QuerySet[Any]]
    texts: Callable[[Any], Iterable[str]]
    address: Callable[[Any], str]
    title: Callable[[Any], str]
    beside: Callable[[Any], str]
    process_of: Callable[[Any], int | None]
    named_in: dict[str, str]
    key: str = "pk"
    by_process: bool = False

    @property
    def of_lines(self) -> bool:
        """Whether each thing belongs to a line; people do not."""
        return self.rows().model is not User


def _nothing(_thing: Model) -> None:
    return None


def _people_seen_by(person: User, held: Held) -> QuerySet[User]:
    """Themselves, and for who administers or audits lines whoever holds something there. One query."""
    scope = scope_of(person, held)
    found = Q(pk=person.pk)
    if scope.lines:
        found |= Q(pk__in=people_with_access(scope, Wanted()).order_by().values("pk"))
    return User.objects.filter(found, is_active=True)


FINDABLE: dict[str, Findable] = {
    "process": Findable(
        _("Processes"), "workflow", Process.objects.all, processes_for,
        texts=lambda process: (process.key, process.name_zh, process.name_en),
        address=lambda process: reverse("process", args=[process.key]),
        title=lambda process: process.name,
        beside=lambda process: f"{process.key} · {process.line}",
        process_of=lambda process: process.pk,
        named_in={"process.created": "process"},
        key="key",
        by_process=True,
    ),
    "ticket": Findable(
        _("Tickets"), "message-square", Ticket.objects.all, tickets_for,
        texts=lambda ticket: (ticket.name, str(ticket.number), ticket.external_number or "", ticket.title),
        address=lambda ticket: reverse("ticket", args=[ticket.name]),
        title=lambda ticket: ticket.title,
        beside=lambda ticket: f"{ticket.name} · {ticket.line}",
        process_of=_nothing,
        named_in={"ticket.raised": "ticket", "ticket.edited": "ticket"},
    ),
    "change": Findable(
        _("Changes"), "git-compare", Change.objects.all, changes_for,
        texts=lambda change: (str(change.pk), change.title),
        address=lambda change: reverse("change", args=[change.pk]),
        title=lambda change: change.title,
        beside=lambda change: f"#{change.pk} · {change.line}",
        process_of=_nothing,
        named_in={"change.created": "change", "change.edited": "change"},
    ),
    "approval": Findable(
        _("Approvals"), "shield-check", Approval.objects.all, approvals_for,
        texts=lambda approval: (str(approval.pk), approval.title_zh, approval.title_en),
        address=lambda approval: reverse("approval", args=[approval.pk]),
        title=lambda approval: approval.title,
        beside=lambda approval: f"#{approval.pk} · {approval.line}",
        process_of=lambda approval: approval.process,
        named_in={"approval.moved": "approval"},
        by_process=True,
    ),
    "file": Findable(
        _("Files"), "file-text", ArrivedFile.objects.all, arrivals_for,
        texts=lambda file: (file.name, file.file_code, f"{file.business_date:%Y%m%d}"),
        address=lambda file: reverse("file", args=[file.pk]),
        title=lambda file: file.name,
        beside=lambda file: f"{file.business_date.isoformat()} · {file.line}",
        process_of=_nothing,
        named_in={"file.accepted": "file", "file.duplicated": "file", "file.quarantined": "file"},
    ),
    "person": Findable(
        _("People"), "user", User.objects.all, _people_seen_by,
        texts=lambda person: (person.username, person.display_name),
        address=lambda person: f"{reverse('access')}?{urlencode({'person': person.username})}",
        title=str,
        beside=lambda person: person.username,
        process_of=_nothing,
        named_in={"people.user_added": "user", "people.user_changed": "user", "people.role_granted": "user"},
    ),
}  # fmt: skip
"""In the order in which they are shown; runs stand behind processes, which they are found by."""
