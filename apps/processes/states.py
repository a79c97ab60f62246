"""States that people move a process version through."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VersionState(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


VERSION = "process.version"
"""The name under which versions take part in approvals."""


class StandardKind(TextChoices):
    """What a site may ask of processes and their steps: a closed set."""

    ID = "id", _("Ids follow a pattern")
    NAME = "name", _("Names follow a pattern")
    OWNER = "owner", _("Has an owner")
    BACKUP = "backup", _("Has a backup of the owner")
    RUNBOOK = "runbook", _("Has a link to a runbook")
    WINDOW = "window", _("Has a window or a deadline")
    DESCRIPTION = "description", _("Has a description")


class StandardAbout(TextChoices):
    """Of what it is asked."""

    PROCESS = "process", _("The process")
    STEPS = "steps", _("Every step")
    HUMAN = "human", _("Steps of people")
    AUTOMATIC = "automatic", _("Automatic steps")


class StandardSeverity(TextChoices):
    """Values of the checker's severities."""

    ERROR = "error", _("Error: the version cannot be submitted")
    WARNING = "warning", _("Warning: it is shown")


class Place(TextChoices):
    """Where somebody stands at a process."""

    DRAWING = "drawing", _("drawing")
    VERSION = "version", _("reading a version")
