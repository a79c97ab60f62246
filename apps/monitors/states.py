"""How a monitor stands, and on which side of a figure its thresholds lie."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """In order of weight, so that lists may begin with the worst."""

    UNJUDGED = 0, _("Not judged")
    NORMAL = 1, _("In bounds")
    WARNING = 2, _("Warning")
    ALARM = 3, _("Alarm")

    @property
    def code(self) -> str:
        return self.name.lower()


BREACHES = (Level.WARNING, Level.ALARM)


class Direction(TextChoices):
    ABOVE = "above", _("too much: from the threshold upwards")
    BELOW = "below", _("too little: from the threshold downwards")


class Deed(TextChoices):
    """What the journal says of a monitor, as its page says it."""

    CREATED = "monitor.created", _("Set up")
    RETIRED = "monitor.retired", _("Retired")
    SET = "monitor.thresholds_set", _("Thresholds set")
    BREACHED = "monitor.breached", _("Threshold reached")
    EASED = "monitor.eased", _("Only a warning any more")
    CLEARED = "monitor.cleared", _("Back to normal")


THRESHOLD = "monitor.threshold"
"""The kind of items of changes that set thresholds."""
