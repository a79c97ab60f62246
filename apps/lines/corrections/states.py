"""Where a correction stands, what it posts, and what it found to be past its point, as plain data on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CorrectionState(TextChoices):
    """Two people move it: one asks, another signs or refuses. What moved on in the meantime lapses."""

    ASKED = "asked", _("Waits for the second person")
    POSTED = "posted", pgettext_lazy("correction", "Posted")
    REFUSED = "refused", pgettext_lazy("correction", "Refused")
    LAPSED = "lapsed", pgettext_lazy("correction", "Lapsed")


class PostingKind(TextChoices):
    REVERSAL = "reversal", _("Reversal")
    REPOST = "repost", _("Posted anew")


class Overtaken(TextChoices):
    """What was done with the rows before they were corrected."""

    ENDED = "ended", _("The run has ended")
    GOES_ON = "goes_on", _("The run goes on with the rows from before")
    SENT = "sent", _("A file was sent with the rows from before")
    COMPARED = "compared", _("The rows from before were compared")
