"""What kinds of days and moments there are."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DayStatus(TextChoices):
    OFFICIAL = "official", pgettext_lazy("calendar", "Published")
    PROVISIONAL = "provisional", _("Provisional")


class NodeKind(TextChoices):
    """W: the outside world closes. S: we want to be done."""

    WINDOW = "W", _("Hard window")
    TARGET = "S", _("Soft target")


class NodeBreach(TextChoices):
    WARNING = "warning", pgettext_lazy("calendar", "Warning")
    CRITICAL = "critical", _("Critical")
