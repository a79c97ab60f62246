"""What a duty can be, what a roster lacks, and what a hand-over tells of."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DutyRole(TextChoices):
    PRIMARY = "primary", _("On duty")
    BACKUP = "backup", _("Backup")


class FindingKind(TextChoices):
    """What a line lacks on a shift; the worst first."""

    NO_PRIMARY = "no_primary", _("Nobody is on duty")
    TOO_FEW_ON_SITE = "too_few_on_site", _("Too few on site")
    ABSENT = "absent", _("Absent")
    NO_BACKUP = "no_backup", _("No backup")


class HandoverState(TextChoices):
    GIVEN = "given", _("Signed by one side")
    TAKEN = "taken", _("Signed by both sides")


class Section(TextChoices):
    """The parts of a hand-over, in their order. What is frozen names them by value."""

    RUNS = "runs", _("Open runs")
    STEPS = "steps", _("Failed and late steps")
    WORK = "work", _("Work with people")
    APPROVALS = "approvals", _("Approvals that wait")
    ALERTS = "alerts", _("Monitors in breach")
    PAUSES = "pauses", _("Pauses and holds")
    WAIVED = "waived", _("Interventions that need two people")
    FILES = "files", _("Late and bad files")
    BREAKS = "breaks", _("Unexplained breaks")
    TICKETS = "tickets", _("Incident follow-ups")
    PEOPLE = "people", _("Gaps in the next shift")
    STAND_INS = "stand_ins", _("Who stands in for whom")
