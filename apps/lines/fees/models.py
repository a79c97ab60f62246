"""Rates by business date. Rows are never rewritten: `fees.actions` adds them, by a change or as shipped with the product."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.changes.models import Change
from apps.lines.fees.core.exact import plain
from apps.lines.fees.core.rates import Rate
from apps.lines.fees.states import Base, ChargedSide, Fee, Market, SecurityClass

if TYPE_CHECKING:
    from apps.lines.fees.core.rates import Key


class FeeRate(models.Model):
    """The rate of one fee from a business date on. Without a change it was shipped with the product."""

    market = models.CharField(_("market"), max_length=2, choices=Market.choices)
    security_class = models.CharField(_("class of securities"), max_length=10, choices=SecurityClass.choices)
    fee = models.CharField(_("fee"), max_length=12, choices=Fee.choices)
    side = models.CharField(_("charged to"), max_length=4, choices=ChargedSide.choices, default=ChargedSide.BOTH)
    valid_from = models.DateField(_("valid from"))
    base = models.CharField(_("computed from"), max_length=10, choices=Base.choices, default=Base.AMOUNT)
    per_mille = models.DecimalField(_("rate in per mille"), max_digits=10, decimal_places=6, null=True, blank=True)
    minimum = models.DecimalField(_("minimum (CNY)"), max_digits=12, decimal_places=2, default=0)
    contains_market_fees = models.BooleanField(_("contains handling and regulatory fee"), default=False)
    source = models.CharField(_("source"), max_length=300)
    is_verified = models.BooleanField(_("verified"), default=False)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("change")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("fee rate")
        verbose_name_plural = _("fee rates")
        ordering = ["market", "security_class", "fee", "side", "-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["market", "security_class", "fee", "side", "change"], name="a_change_sets_a_rate_once"
            ),
            models.UniqueConstraint(
                fields=["market", "security_class", "fee", "side", "valid_from"],
                condition=Q(change=None),
                name="a_rate_is_shipped_once",
            ),
            models.CheckConstraint(
                condition=Q(per_mille=None) | Q(per_mille__gte=0, per_mille__lte=1000), name="rates_are_parts_of_a_whole"
            ),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="a_minimum_is_not_negative"),
            models.CheckConstraint(condition=~Q(source=""), name="a_rate_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from.isoformat()}"

    @property
    def name(self) -> str:
        """What the rate is for, in the reader's language."""
        return " ".join(
            str(one)
            for one in (
                self.get_market_display(),
                self.get_security_class_display(),
                self.get_fee_display(),
                self.get_side_display(),
            )
        )

    @property
    def key(self) -> "Key":
        return self.market, self.security_class, self.fee, self.side

    @property
    def shown(self) -> str:
        """The rate in per mille without zeros at the end; empty when nobody knows it."""
        return "" if self.per_mille is None else plain(self.per_mille)

    @property
    def as_rate(self) -> Rate:
        """The row as the formulas read it."""
        day: date = self.valid_from
        return Rate(
            id=self.pk,
            market=self.market,
            security_class=self.security_class,
            fee=Fee(self.fee),
            side=ChargedSide(self.side),
            valid_from=day,
            base=Base(self.base),
            per_mille=self.per_mille,
            minimum=self.minimum,
            contains_market_fees=self.contains_market_fees,
            is_withdrawn=self.is_withdrawn,
        )
