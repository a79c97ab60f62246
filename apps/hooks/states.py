from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Feed(TextChoices):
    """The feeds that a webhook can follow, as over websockets and as server-sent events."""

    EVERYTHING = "everything", _("All that I may see")
    LINE = "line", _("One business line")
    TEAM = "team", _("One team")
    RUN = "run", _("One run")
    INBOX = "inbox", _("How much waits for me")


class LetterState(TextChoices):
    DEAD = "dead", _("Given up")
    WAITING = "waiting", _("Is sent again")
    TAKEN = "taken", _("Taken at last")
    DROPPED = "dropped", _("Not sent: it may not be seen any more")


class HookVerb(TextChoices):
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    ROTATE = "rotate", _("New secret")
    END = "end", _("End")


class Deed(TextChoices):
    """What a delivery that comes in can ask for."""

    MESSAGE = "message", _("send a message")
    SIGNAL = "signal", _("send a signal")
    BEGIN = "begin", _("begin a run")
