"""Roles on a business line and the rights each one carries. The whole table is on this screen."""

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
    """Object permissions on a business line; the codename is `<right>_businessline`."""

    VIEW = "view", _("see")
    OPERATE = "operate", _("start and intervene in runs")
    MAKE = "make", _("do maker steps")
    CHECK = "check", _("do checker steps")
    AUTHOR = "author", _("write process versions")
    APPROVE = "approve", _("approve process versions")
    AUDIT = "audit", _("read the journal of others")
    ADMINISTER = "administer", _("keep master data and roles")


ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.VIEW, Right.OPERATE}),
    Role.MAKER: frozenset({Right.VIEW, Right.MAKE}),
    Role.CHECKER: frozenset({Right.VIEW, Right.CHECK}),
    Role.MANAGER: frozenset({Right.VIEW}),
    Role.AUDITOR: frozenset({Right.VIEW, Right.AUDIT}),
    Role.PROCESS_AUTHOR: frozenset({Right.VIEW, Right.AUTHOR}),
    Role.PROCESS_APPROVER: frozenset({Right.VIEW, Right.APPROVE}),
    Role.ADMIN: frozenset({Right.VIEW, Right.ADMINISTER}),
}

STEP_ROLE_RIGHT: dict[str, Right] = {
    "operator": Right.OPERATE,
    "maker": Right.MAKE,
    "checker": Right.CHECK,
}
"""Which right a human step of a role asks for."""
