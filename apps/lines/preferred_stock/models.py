"""Events of preferred stock and the claims on them. They outlive the run of a day; `preferred_stock.store` is their only writer.

Money is CNY with two decimals; prices and dividends are CNY a share with four; quantities are shares.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.preferred_stock.states import ClaimState, EventKind
from apps.people.models import BusinessLine


class PreferredEvent(models.Model):
    """A redemption or put-back. Parameters are a draft until a checker agreed; after that nobody changes them.

    `ratio`: share of a holding that is redeemed, 1 for all. `tax_rate`: of the accrued dividend. `drafted_by`: the run in which
    the maker said the parameters.
    """

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    announced_by = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    announced_on = models.DateField(_("announced on"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    number = models.CharField(_("event"), max_length=20)
    kind = models.CharField(_("kind of event"), max_length=10, choices=EventKind.choices)
    security = models.CharField(_("security"), max_length=8)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4, null=True)
    dividend = models.DecimalField(_("accrued dividend"), max_digits=12, decimal_places=4, null=True)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=6, decimal_places=4, null=True)
    ratio = models.DecimalField(_("ratio"), max_digits=7, decimal_places=6, null=True)
    record_date = models.DateField(_("record date"), null=True)
    declare_from = models.DateField(_("declared from"), null=True)
    declare_to = models.DateField(_("declared until"), null=True)
    pay_date = models.DateField(_("payment date"), null=True)
    drafted_by = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    is_agreed = models.BooleanField(_("agreed"), default=False)
    entitled_on = models.DateField(_("holders known on"), null=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("preferred stock event")
        verbose_name_plural = _("preferred stock events")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="one_preferred_event_per_number"),
            models.CheckConstraint(
                condition=Q(is_agreed=False) | Q(price__isnull=False, record_date__isnull=False, pay_date__isnull=False),
                name="agreed_preferred_events_have_parameters",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PreferredClaim(models.Model):
    """What one account holds of an event. `securities_on` and `cash_on`: the business date on which a leg closed.

    `paid` is what the depository paid, `pay` what we computed. `problem`: why its result stopped. `by_hand`: legs that a person
    closed, with the reason.

    `withdrawn`: shares that the client took back of what was declared, all withdrawals together; what was ever declared is
    `declared` and `withdrawn`. Of the last withdrawal, `withdrawing` is what was asked, `returned` what the depository confirmed
    on the day `withdrawn_on`.

    `declared_by`, `withdrawn_by`, `posted_by`, `released_by`: the run that told the market of the declaration and its withdrawal,
    and the counter of both legs and of withdrawn shares; no other one tells them again.
    """

    event = models.ForeignKey(PreferredEvent, on_delete=models.PROTECT, related_name="claims", verbose_name=_("event"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    account = models.CharField(_("account"), max_length=20)
    unit = models.CharField(_("unit"), max_length=6)
    entitled = models.BigIntegerField(_("entitled"))
    declared = models.BigIntegerField(_("declared"), default=0)
    declared_on = models.DateField(_("declared on"), null=True)
    withdrawn = models.BigIntegerField(_("withdrawn"), default=0)
    withdrawing = models.BigIntegerField(_("withdrawal of"), default=0)
    returned = models.BigIntegerField(_("given back"), default=0)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)
    accepted = models.BigIntegerField(_("accepted"), default=0)
    held_before = models.BigIntegerField(_("held before"), default=0)
    pay = models.DecimalField(_("pay"), max_digits=20, decimal_places=2, default=Decimal(0))
    tax = models.DecimalField(_("tax"), max_digits=20, decimal_places=2, default=Decimal(0))
    paid = models.DecimalField(_("paid"), max_digits=20, decimal_places=2, default=Decimal(0))
    answered_on = models.DateField(_("answered on"), null=True)
    securities_on = models.DateField(_("securities out on"), null=True)
    cash_on = models.DateField(_("cash in on"), null=True)
    posted_on = models.DateField(_("posted on"), null=True)
    declared_by = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    posted_by = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    withdrawn_by = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    released_by = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("run"))
    state = models.CharField(_("state"), max_length=10, choices=ClaimState.choices, default=ClaimState.ANNOUNCED)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    by_hand = models.CharField(_("closed by hand"), max_length=300, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("preferred stock claim")
        verbose_name_plural = _("preferred stock claims")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "account", "unit"], name="one_preferred_claim_per_account"),
            models.CheckConstraint(condition=Q(declared__lte=F("entitled")), name="no_preferred_claim_beyond_holding"),
            models.CheckConstraint(
                condition=Q(declared__gte=0, returned__gte=0, returned__lte=F("withdrawing"), withdrawn__gte=F("returned")),
                name="no_preferred_share_taken_back_twice",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(securities_on__isnull=False, cash_on__isnull=False),
                name="posted_preferred_claims_have_both_legs",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_by__isnull=False, withdrawn__gt=0),
                name="withdrawn_preferred_claims_say_how_many",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="preferred_claims_by_state")]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.account}"
