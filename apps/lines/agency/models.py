"""What a day of agency payments came to. Rows belong to a run; `agency.store` is their only writer.

Money is CNY with two decimals. Cash of an item: > 0 comes to us, < 0 leaves us.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.agency.states import Batch, ItemState
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


class AgencyItem(models.Model):
    """One leg of an announced row. `row_no` is the row of `file`; of an item that is carried over, of the day it came from.

    An item that the next batch announces again stays here as postponed and `is_retried`: its retry is a row of its own, with one
    try more. `is_held` items are counted nowhere until somebody corrects the file.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    batch = models.CharField(_("batch"), max_length=1, choices=Batch.choices)
    source = models.CharField(_("announced by"), max_length=10)
    serial = models.CharField(_("clearing serial"), max_length=24)
    voucher = models.CharField(_("settlement number"), max_length=20)
    account = models.CharField(_("cash account"), max_length=25)
    counterparty = models.CharField(_("counterparty account"), max_length=25, blank=True)
    code = models.CharField(_("business type"), max_length=4)
    fund = models.CharField(_("fund"), max_length=6, blank=True)
    outlet = models.CharField(_("sales outlet"), max_length=6, blank=True)
    amount = _money(_("amount"))
    due_date = models.DateField(_("original settlement date"))
    settle_date = models.DateField(_("settlement date"))
    tries = models.PositiveSmallIntegerField(_("earlier tries"), default=0)
    is_held = models.BooleanField(_("held"), default=False)
    is_retried = models.BooleanField(_("retried in the next batch"), default=False)
    is_funded = models.BooleanField(_("was funded"), default=False)
    is_odd = models.BooleanField(_("paid otherwise"), default=False)
    last_chance = models.BooleanField(_("no retry after this day"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ItemState.choices, default=ItemState.ANNOUNCED)
    posted_as = models.CharField(_("posted as"), max_length=10, choices=ItemState.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("agency item")
        verbose_name_plural = _("agency items")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "file", "row_no", "account"], name="one_agency_item_per_leg"),
            models.CheckConstraint(condition=~Q(state="posted") | ~Q(posted_as=""), name="posted_agency_items_say_as_what"),
        ]
        indexes = [models.Index(fields=["run", "state", "id"], name="agency_items_by_state")]

    def __str__(self) -> str:
        return self.serial


class AgencyFunding(models.Model):
    """What one cash account needs for one batch, and what is sent to it. `receipts` of the batch are told, never counted."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    batch = models.CharField(_("batch"), max_length=1, choices=Batch.choices)
    account = models.CharField(_("cash account"), max_length=25)
    usable = _money(_("usable"))
    payments = _money(_("payments"))
    receipts = _money(_("receipts"))
    need = _money(_("need"))
    amount = _money(_("transfer"))
    bank = models.CharField(_("source bank"), max_length=20, blank=True)
    is_sent = models.BooleanField(_("sent"), default=False)

    class Meta:
        app_label = "lines"
        verbose_name = _("agency funding")
        verbose_name_plural = _("agency fundings")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "batch", "account"], name="one_agency_funding_per_account")]

    def __str__(self) -> str:
        return self.account
