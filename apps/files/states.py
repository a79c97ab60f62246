"""What becomes of a file that arrived or is sent. Nothing here is moved by people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Arrival(TextChoices):
    ACCEPTED = "accepted", _("accepted")
    REPLACED = "replaced", _("replaced by a later file")
    DUPLICATE = "duplicate", _("duplicate, not used")
    QUARANTINED = "quarantined", _("quarantined")
    REJECTED = "rejected", pgettext_lazy("file", "rejected, not used")


AFTER_CLOSE = "after_close"
"""The rule that a file broke which came when the day of its line was over."""
EARLIER_VERSION = "earlier_version"
"""The rule that a file broke whose bytes came before and were replaced since: nobody knows which of the two is meant."""
MESSAGE = "files.arrived"
"""Name of the message that runs wait for; its key is line, date and file code."""


class Verdict(TextChoices):
    """What people say of a file in quarantine."""

    RELEASE = "release", pgettext_lazy("file", "release")
    REJECT = "reject", pgettext_lazy("file", "reject")


class RulingState(TextChoices):
    """One person rejects; a release is asked for by one and granted or refused by another."""

    ASKED = "asked", _("waits for the second person")
    GRANTED = "granted", pgettext_lazy("file", "granted")
    REFUSED = "refused", pgettext_lazy("file", "refused")
    LAPSED = "lapsed", pgettext_lazy("file", "lapsed")


class Sending(TextChoices):
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")


class Naming(TextChoices):
    """How a gateway names files (fact book 2.2)."""

    SHANGHAI = "mdd", _("code, clearing number, .mdd (month 1–9, a, b, c)")
    SHENZHEN = "mmdd", _("code, mmdd, .DBF")
    PLAIN = "plain", _("code only; the folder gives the date")
    GOLD = "sge", _("yyyymmdd, 00, code, .txt (Gold Exchange)")


class Standing(TextChoices):
    """How a file stands for a business date, in the words of the arrival matrix; the worst first."""

    BAD = "bad", pgettext_lazy("file", "bad")
    AFTER_CLOSE = "after_close", pgettext_lazy("file", "after the close")
    LATE = "late", pgettext_lazy("file", "late")
    EXPECTED = "expected", pgettext_lazy("file", "expected")
    REPLACED = "replaced", pgettext_lazy("file", "replaced")
    HERE = "here", pgettext_lazy("file", "here")
    NOT_EXPECTED = "not_expected", pgettext_lazy("file", "not expected")
