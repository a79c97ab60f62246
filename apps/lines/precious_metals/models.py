"""What the day at the Gold Exchange came to. Rows belong to a run; `precious_metals.store` is their only writer.

Money is CNY with two decimals, > 0 comes to us; metal is grams with two decimals; positions are lots.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.precious_metals.states import ClearingState, Kind, Offset, Payer, Side
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


def _of_run() -> "models.ForeignKey[Run, Run]":
    return models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))


class MetalClearing(models.Model):
    """The clearing of one trade date. `balance` is the sum of `opening` to `penalty`; `margin` is what of it is bound.

    `need` is what was missing on the seat when the top-up was computed, `topped_up` what was sent.
    """

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    next_date = models.DateField(_("next trade date"))
    state = models.CharField(_("state"), max_length=14, choices=ClearingState.choices, default=ClearingState.OPEN_DAY)
    member = models.CharField(_("member"), max_length=12, blank=True)
    opening = _money(_("opening balance"))
    moved = _money(_("paid in and out"))
    variation = _money(_("variation"))
    spot = _money(_("spot amount"))
    delivery = _money(_("delivery amount"))
    fee = _money(_("fee"))
    deferral = _money(_("deferral fee"))
    penalty = _money(_("default penalty"))
    balance = _money(_("balance"))
    margin = _money(_("margin"))
    need = _money(_("margin need"))
    topped_up = _money(_("topped up"))

    class Meta:
        app_label = "lines"
        verbose_name = _("clearing of precious metals")
        verbose_name_plural = _("clearings of precious metals")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(need__gte=0), name="metal_need_not_negative"),
            models.CheckConstraint(condition=Q(topped_up__gte=0), name="metal_topup_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.business_date}"


class MetalTrade(models.Model):
    """One match of the exchange. `row_no` is the row of `file`; `is_night`: it was made in the night session before the day."""

    run = _of_run()
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    number = models.CharField(_("trade number"), max_length=24)
    client = models.CharField(_("client"), max_length=20)
    contract = models.CharField(_("contract"), max_length=16)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    side = models.CharField(_("side"), max_length=1, choices=Side.choices)
    offset = models.CharField(_("opens or closes"), max_length=1, choices=Offset.choices, blank=True)
    lots = models.PositiveIntegerField(_("lots"))
    price = _money(_("price"))
    natural_date = models.DateField(_("natural day"))
    time = models.CharField(_("time"), max_length=6)
    is_night = models.BooleanField(_("night session"))
    amount = _money(_("amount"))
    fee = _money(_("fee"))
    variation = _money(_("variation"))

    class Meta:
        app_label = "lines"
        verbose_name = _("trade in precious metals")
        verbose_name_plural = _("trades in precious metals")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_metal_trade_per_run")]

    def __str__(self) -> str:
        return self.number


class MetalPosition(models.Model):
    """The position of one client in one deferred contract, in lots, with what it earned and cost on the day."""

    run = _of_run()
    client = models.CharField(_("client"), max_length=20)
    contract = models.CharField(_("contract"), max_length=16)
    opening_long = models.PositiveIntegerField(_("long before"))
    opening_short = models.PositiveIntegerField(_("short before"))
    long = models.PositiveIntegerField(_("long"))
    short = models.PositiveIntegerField(_("short"))
    received = models.PositiveIntegerField(_("taken in delivery"), default=0)
    delivered = models.PositiveIntegerField(_("handed over in delivery"), default=0)
    failed = models.PositiveIntegerField(_("defaulted in delivery"), default=0)
    previous = _money(_("settlement price before"))
    settlement = _money(_("settlement price"))
    payer = models.CharField(_("deferral fee paid by"), max_length=8, choices=Payer.choices)
    variation = _money(_("variation"))
    margin = _money(_("margin"))
    deferral = _money(_("deferral fee"))
    delivery = _money(_("delivery amount"))
    delivery_fee = _money(_("delivery fee"))
    penalty = _money(_("default penalty"))

    class Meta:
        app_label = "lines"
        verbose_name = _("position in precious metals")
        verbose_name_plural = _("positions in precious metals")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "client", "contract"], name="one_metal_position_per_contract")]

    def __str__(self) -> str:
        return self.contract


class MetalStock(models.Model):
    """Metal of one client in the vaults, grams: `closing = opening + moved + received - delivered`."""

    run = _of_run()
    client = models.CharField(_("client"), max_length=20)
    metal = models.CharField(_("metal"), max_length=16)
    opening = _money(_("stock before"))
    moved = _money(_("brought in and out"))
    received = _money(_("received"))
    delivered = _money(_("delivered"))
    closing = _money(_("stock"))

    class Meta:
        app_label = "lines"
        verbose_name = _("metal stock")
        verbose_name_plural = _("metal stocks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "client", "metal"], name="one_metal_stock_per_metal"),
            models.CheckConstraint(condition=Q(closing__gte=0), name="metal_stock_not_negative"),
        ]

    def __str__(self) -> str:
        return self.metal
