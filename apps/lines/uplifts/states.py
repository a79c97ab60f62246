"""Words of the broker's uplifts as plain data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

UPLIFT = "options.uplift"
"""The kind of item with which changes set rules."""


class Holder(TextChoices):
    """Whom a rule is for, the widest first."""

    EVERYONE = "everyone", pgettext_lazy("holder of an uplift", "Everyone")
    GROUP = "group", pgettext_lazy("holder of an uplift", "A group of clients")
    ACCOUNT = "account", pgettext_lazy("holder of an uplift", "One account")


class Covers(TextChoices):
    """What a rule is for, the widest first."""

    ALL = "all", pgettext_lazy("what an uplift covers", "Every contract")
    UNDERLYING = "underlying", _("Contracts of one underlying")
    CONTRACT = "contract", _("One contract")
