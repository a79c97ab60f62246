"""Words of the fee table as plain data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FEE_RATE = "fee.rate"
"""The kind of item with which changes set rates."""


class Market(TextChoices):
    SHANGHAI = "SH", _("Shanghai")
    SHENZHEN = "SZ", _("Shenzhen")
    BEIJING = "BJ", _("Beijing")


class SecurityClass(TextChoices):
    STOCK = "stock", pgettext_lazy("class of securities", "Stock")
    FUND = "fund", pgettext_lazy("class of securities", "Fund")
    BOND = "bond", pgettext_lazy("class of securities", "Bond")


class Fee(TextChoices):
    """What is charged for a trade, and what is held back on a reserve account."""

    STAMP = "stamp", _("Stamp duty")
    TRANSFER = "transfer", _("Transfer fee")
    HANDLING = "handling", _("Handling fee")
    REGULATORY = "regulatory", _("Regulatory fee")
    SETTLEMENT = "settlement", _("Settlement fee")
    RISK_FUND = "risk_fund", _("Settlement risk fund")
    COMMISSION = "commission", _("Commission")
    MINIMUM_RESERVE = "min_reserve", _("Minimum reserve")
    PRICE_DIFFERENCE = "price_diff", _("Price-difference deposit")


OF_TRADES = (Fee.STAMP, Fee.TRANSFER, Fee.HANDLING, Fee.REGULATORY, Fee.SETTLEMENT, Fee.RISK_FUND, Fee.COMMISSION)
"""In the order in which a bill shows them."""
ALWAYS_ASKED = frozenset({Fee.STAMP, Fee.TRANSFER, Fee.HANDLING, Fee.REGULATORY})
"""A bill says so when the table has no rate for one of these."""
OF_THE_MARKET = frozenset({Fee.HANDLING, Fee.REGULATORY})
"""What a commission may contain already."""


class Side(TextChoices):
    BUY = "buy", pgettext_lazy("side of a trade", "Buy")
    SELL = "sell", pgettext_lazy("side of a trade", "Sell")


class ChargedSide(TextChoices):
    """Whom a rate is for. A rate of one side goes before one of both."""

    BUY = "buy", _("Buyer")
    SELL = "sell", _("Seller")
    BOTH = "both", _("Both sides")


class Base(TextChoices):
    AMOUNT = "amount", _("Amount of the trade")
    FACE_VALUE = "face_value", _("Face value")
