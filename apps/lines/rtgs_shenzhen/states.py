"""What a person may decide about a failed gross trade (fact book, line L04, By hand and step 13)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FailureDecision(TextChoices):
    RELEASE = "release", _("Release the freeze")
    KEEP = "keep", _("Keep the freeze")
