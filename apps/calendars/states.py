"""What kinds of days and moments there are."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DayStatus(TextChoices):
    OFFICIAL = "official", _("Published")
    PROVISIONAL = "provisional", _("Provisional")


class NodeKind(TextChoices):
    """W: the outside world closes. S: we want to be done."""

    WINDOW = "W", _("Hard window")
    TARGET = "S", _("Soft target")


class NodeBreach(TextChoices):
    WARNING = "warning", _("Warning")
    CRITICAL = "critical", _("Critical")
