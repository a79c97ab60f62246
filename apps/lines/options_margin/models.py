"""What an evening of options margin came to. Rows belong to a run; `options_margin.store` is their only writer.

Money is CNY with two decimals, prices are CNY a share with four.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.options_margin.states import DeclarationState, Declaring, Part, Stage
from apps.lines.uplifts.models import MarginUplift
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal(0))


def _price(label: "StrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(label, max_digits=14, decimal_places=4, null=True)


class OptionContract(models.Model):
    """A contract as the exchange listed it that day, with what one short lot of it costs."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    number = models.CharField(_("contract"), max_length=8)
    trading_code = models.CharField(_("trading code"), max_length=20)
    name = models.CharField(_("name"), max_length=40)
    exchange = models.CharField(_("exchange"), max_length=4)
    underlying = models.CharField(_("underlying"), max_length=8)
    option_type = models.CharField(_("call or put"), max_length=1)
    strike = _price(_("strike"))
    unit = models.PositiveIntegerField(_("unit"))
    is_adjusted = models.BooleanField(_("adjusted"), default=False)
    expiry = models.DateField(_("expiry"))
    days_to_expiry = models.PositiveIntegerField(_("trading days to expiry"))
    previous_settle = _price(_("previous settlement price"))
    previous_close = _price(_("previous close of the underlying"))
    settle = _price(_("settlement price"))
    close = _price(_("close of the underlying"))
    ratio = models.DecimalField(_("ratio a"), max_digits=8, decimal_places=4)
    floor_ratio = models.DecimalField(_("ratio b"), max_digits=8, decimal_places=4)
    margin_unit = _money(_("opening margin of the exchange"))
    opening_margin = _money(_("own opening margin"))
    static_file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("static file"))
    static_row = models.PositiveIntegerField(_("row of the static file"))
    price_file = models.ForeignKey(
        ArrivedFile, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("price file")
    )
    price_row = models.PositiveIntegerField(_("row of the price file"), null=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("option contract")
        verbose_name_plural = _("option contracts")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_option_contract_per_run")]

    def __str__(self) -> str:
        return self.number


class MarginAccount(models.Model):
    """One contract account: what it pays at the depository and with us, at best, and on the evenings to come."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    account = models.CharField(_("account"), max_length=20)
    row_no = models.PositiveIntegerField(_("row"))
    uplift = models.DecimalField(_("uplift"), max_digits=8, decimal_places=4)
    group = models.CharField(_("group of the client"), max_length=20, blank=True)
    funds = _money(_("money of the account"))
    single_margin = _money(_("without combinations"))
    margin = _money(_("margin at the depository"))
    client_margin = _money(_("margin of the client"))
    best_margin = _money(_("cheapest set"))
    peak_margin = _money(_("highest of the evenings to come"))
    call = _money(_("call"))
    shares = models.JSONField(_("shares"), default=dict)
    refused = models.JSONField(_("refused declarations"), default=list)
    dissolved = models.JSONField(_("dissolved tonight"), default=list)
    shortfalls = models.JSONField(_("covered lots without shares"), default=list)
    evenings = models.JSONField(_("evenings to come"), default=list)
    proof = models.JSONField(_("proof"), default=list)
    terms = models.JSONField(_("terms"), default=dict)  # what it was computed with: `store.terms_said`

    class Meta:
        app_label = "lines"
        verbose_name = _("margin account")
        verbose_name_plural = _("margin accounts")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="one_margin_account_per_run")]
        indexes = [models.Index(fields=["run", "call", "id"], name="margin_accounts_by_call")]

    def __str__(self) -> str:
        return self.account

    @property
    def available(self) -> Decimal:
        return self.funds - self.client_margin

    @property
    def saving(self) -> Decimal:
        return self.client_margin - self.best_margin


class MarginRow(models.Model):
    """A combination, or lots that are in none: the rows of one part of an account add up to what it requires."""

    account = models.ForeignKey(MarginAccount, on_delete=models.CASCADE, related_name="rows", verbose_name=_("account"))
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    strategy = models.CharField(_("strategy"), max_length=8, blank=True)  # blank: lots in no combination
    number = models.CharField(_("combination number"), max_length=16, blank=True)
    contract = models.CharField(_("contract"), max_length=8)
    side = models.CharField(_("side"), max_length=5)
    is_covered = models.BooleanField(_("covered"), default=False)
    second_contract = models.CharField(_("second leg"), max_length=8, blank=True)
    second_side = models.CharField(_("side of the second leg"), max_length=5, blank=True)
    lots = models.PositiveIntegerField(_("lots"))
    unit_margin = _money(_("margin of one"))
    margin = _money(_("margin"))
    client_unit_margin = _money(_("client's margin of one"))
    client_margin = _money(_("client's margin"))
    uplift_rule = models.ForeignKey(
        MarginUplift, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("uplift of the broker")
    )  # null: what the counter says of the account

    class Meta:
        app_label = "lines"
        verbose_name = _("margin row")
        verbose_name_plural = _("margin rows")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.strategy or self.contract} {self.lots}"


class CombinationDeclaration(models.Model):
    """A declaration that brings an account nearer to its cheapest set, in the order in which they are possible."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    account = models.ForeignKey(MarginAccount, on_delete=models.CASCADE, related_name="declarations", verbose_name=_("account"))
    position = models.PositiveIntegerField(_("position"))
    verb = models.CharField(_("declaration"), max_length=8, choices=Declaring.choices)
    strategy = models.CharField(_("strategy"), max_length=8)
    number = models.CharField(_("combination number"), max_length=16, blank=True)
    legs = models.JSONField(_("legs"), default=list)
    lots = models.PositiveIntegerField(_("lots"))
    margin_after = _money(_("margin after it"))
    is_affordable = models.BooleanField(_("affordable"), default=True)
    is_added = models.BooleanField(_("added by the maker"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=DeclarationState.choices, default=DeclarationState.PROPOSED)

    class Meta:
        app_label = "lines"
        verbose_name = _("declaration of a combination")
        verbose_name_plural = _("declarations of combinations")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["account", "position"], name="one_declaration_per_position")]
        indexes = [models.Index(fields=["run", "state", "id"], name="declarations_by_state")]

    def __str__(self) -> str:
        return f"{self.verb} {self.strategy} {self.lots}"


class BreakWaiver(models.Model):
    """Breaks of one stage that two people let pass, until a day. It covers these breaks and no others."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    breaks = models.JSONField(_("breaks"), default=list)
    reason = models.TextField(_("reason"))
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("waiver of breaks")
        verbose_name_plural = _("waivers of breaks")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(signed_by=models.F("confirmed_by")), name="waiver_four_eyes"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.valid_until}"
