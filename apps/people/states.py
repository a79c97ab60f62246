"""Roles on a business line and the rights each one carries. The whole table is on this screen."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OPERATOR = "operator", _("Operator")
    MAKER = "maker", _("Maker")
    CHECKER = "checker", _("Checker")
    MANAGER = "manager", _("Manager")
    AUDITOR = "auditor", _("Auditor")
    PROCESS_AUTHOR = "process_author", _("Process author")
    PROCESS_APPROVER = "process_approver", _("Process approver")
    ADMIN = "admin", _("Administrator")


class Right(TextChoices):
    """Object permissions on a business line or on one of its processes; the codename is `<right>_businessline` or `_process`."""

    VIEW = "view", _("see")
    EDIT = "edit", _("write process versions")
    SUBMIT = "submit", _("submit process versions")
    APPROVE = "approve", _("approve process versions")
    PUBLISH = "publish", _("publish and retire process versions")
    RUN = "run", _("start runs and do operator steps")
    INTERVENE = "intervene", _("intervene in runs")
    MAKE = "make", _("do maker steps")
    CHECK = "check", _("do checker steps")
    AUDIT = "audit", _("read the journal of others")
    ADMINISTER = "administer", _("keep master data and roles")


ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.VIEW, Right.RUN, Right.INTERVENE}),
    Role.MAKER: frozenset({Right.VIEW, Right.MAKE}),
    Role.CHECKER: frozenset({Right.VIEW, Right.CHECK}),
    Role.MANAGER: frozenset({Right.VIEW}),
    Role.AUDITOR: frozenset({Right.VIEW, Right.AUDIT}),
    Role.PROCESS_AUTHOR: frozenset({Right.VIEW, Right.EDIT, Right.SUBMIT}),
    Role.PROCESS_APPROVER: frozenset({Right.VIEW, Right.APPROVE, Right.PUBLISH}),
    Role.ADMIN: frozenset({Right.VIEW, Right.ADMINISTER}),
}

READING = frozenset({Right.VIEW, Right.AUDIT})
"""Rights that change nothing."""


@dataclass(frozen=True)
class TokenScope:
    """What a token leaves of its person's rights: those on these lines (by key), and without `acts` only the reading ones."""

    lines: frozenset[int]
    acts: bool

    def allows(self, right: Right, line: int | None = None) -> bool:
        return (self.acts or right in READING) and (line is None or line in self.lines)


LINE_RIGHTS = frozenset({Right.AUDIT, Right.ADMINISTER})
"""Rights that only a whole line carries."""

PROCESS_RIGHTS = [right for right in Right if right not in LINE_RIGHTS]
"""Rights that can be given on a single process; each of them brings the right to see it."""

STEP_ROLE_RIGHT: dict[str, Right] = {
    "operator": Right.RUN,
    "maker": Right.MAKE,
    "checker": Right.CHECK,
}
"""Which right a human step of a role asks for."""
