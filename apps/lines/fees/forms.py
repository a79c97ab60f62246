"""What people fill in: which table they want to see, a trade, a reserve account, a repo, and another rate."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.changes.forms import CONTROL, PUTS_TOGETHER, SELECT, ItemForm
from apps.lines.fees.core.reserve import Repo, Reserve
from apps.lines.fees.core.trades import Trade
from apps.lines.fees.states import FEE_RATE, Base, ChargedSide, Fee, Market, SecurityClass, Side
from apps.people.models import BusinessLine

MOST_UNITS = 10**12
YUAN: dict[str, Any] = {"max_digits": 18, "decimal_places": 2, "widget": forms.NumberInput({"step": "0.01", **CONTROL})}
PRICE: dict[str, Any] = {
    "max_digits": 16,
    "decimal_places": 9,
    "min_value": 0,
    "widget": forms.NumberInput({"step": "any", **CONTROL}),
}
DAY: dict[str, Any] = {"widget": forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")}


class TableFilter(forms.Form):
    """Which part of which day's table is shown."""

    date = forms.DateField(required=False)
    market = forms.ChoiceField(choices=[("", ""), *Market.choices], required=False)
    security_class = forms.ChoiceField(choices=[("", ""), *SecurityClass.choices], required=False)
    after = forms.CharField(max_length=20, required=False)


class TradeForm(forms.Form):
    """One trade row."""

    market = forms.ChoiceField(label=_("Market"), choices=Market.choices, widget=forms.Select(SELECT))
    security_class = forms.ChoiceField(label=_("Class of securities"), choices=SecurityClass.choices, widget=forms.Select(SELECT))
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices, widget=forms.Select(SELECT))
    business_date = forms.DateField(label=_("Business date"), **DAY)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_UNITS, widget=forms.NumberInput(CONTROL))
    price = forms.DecimalField(label=_("Price (CNY a unit)"), **PRICE)
    accrued = forms.DecimalField(label=_("Accrued interest (CNY a unit, bonds)"), required=False, **PRICE)
    face_value = forms.DecimalField(label=_("Face value (CNY a unit)"), required=False, **PRICE)
    with_commission = forms.BooleanField(label=_("With commission"), required=False)

    @property
    def trade(self) -> Trade:
        given = dict(self.cleaned_data)
        given["accrued"] = given["accrued"] or Decimal(0)
        given["face_value"] = Decimal(1) if given["face_value"] is None else given["face_value"]
        return Trade(**{**given, "side": Side(given["side"])})


class ReserveForm(forms.Form):
    """A reserve account at the depository."""

    balance = forms.DecimalField(label=_("Balance (CNY)"), **YUAN)
    minimum = forms.DecimalField(label=_("Minimum reserve (CNY)"), min_value=0, **YUAN)
    guaranteed_net = forms.DecimalField(
        label=_("Guaranteed net (CNY)"), help_text=_("Negative: to be paid. Positive: will be received."), **YUAN
    )
    gross_payable = forms.DecimalField(label=_("Pending gross payable (CNY)"), min_value=0, **YUAN)

    @property
    def reserve(self) -> Reserve:
        return Reserve(**self.cleaned_data)


class MinimumForm(forms.Form):
    """What a minimum reserve is made of."""

    market = forms.ChoiceField(label=_("Market"), choices=Market.choices, widget=forms.Select(SELECT))
    security_class = forms.ChoiceField(label=_("Class of securities"), choices=SecurityClass.choices, widget=forms.Select(SELECT))
    business_date = forms.DateField(label=_("Business date"), **DAY)
    bought = forms.DecimalField(label=_("Bought in the previous month (CNY)"), min_value=0, **YUAN)
    trading_days = forms.IntegerField(
        label=_("Trading days of that month"), min_value=1, max_value=31, widget=forms.NumberInput(CONTROL)
    )


class RepoForm(forms.Form):
    amount = forms.DecimalField(label=_("Amount (CNY)"), **YUAN)
    annual_percent = forms.DecimalField(
        label=_("Rate (% a year)"),
        min_value=0,
        max_value=1000,
        max_digits=10,
        decimal_places=6,
        widget=forms.NumberInput({"step": "any", **CONTROL}),
    )
    days = forms.IntegerField(label=_("Actual days"), min_value=1, max_value=3660, widget=forms.NumberInput(CONTROL))

    @property
    def repo(self) -> Repo:
        return Repo(**self.cleaned_data)


class RateFields(forms.Form):
    """A rate as people write it; `content()` is what the item of a change is made of."""

    market = forms.ChoiceField(label=_("Market"), choices=Market.choices, widget=forms.Select(SELECT))
    security_class = forms.ChoiceField(label=_("Class of securities"), choices=SecurityClass.choices, widget=forms.Select(SELECT))
    fee = forms.ChoiceField(label=_("Fee"), choices=Fee.choices, widget=forms.Select(SELECT))
    side = forms.ChoiceField(
        label=_("Charged to"), choices=ChargedSide.choices, initial=ChargedSide.BOTH, widget=forms.Select(SELECT)
    )
    per_mille = forms.DecimalField(
        label=_("Rate in per mille"),
        required=False,
        min_value=0,
        max_value=1000,
        max_digits=10,
        decimal_places=6,
        help_text=_("Empty: charged, but nobody knows how much. Zero: not charged."),
        widget=forms.NumberInput({"step": "any", **CONTROL}),
    )
    minimum = forms.DecimalField(
        label=_("Minimum (CNY)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput({"step": "0.01", **CONTROL}),
    )
    base = forms.ChoiceField(label=_("Computed from"), choices=Base.choices, widget=forms.Select(SELECT))
    contains_market_fees = forms.BooleanField(label=_("Contains handling and regulatory fee"), required=False)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Such as the number of the notice."), widget=forms.TextInput(CONTROL)
    )
    is_verified = forms.BooleanField(label=_("Verified against the source"), required=False)
    removed = forms.BooleanField(label=_("No rate any more"), required=False)

    def content(self) -> dict[str, Any]:
        names = RateFields.base_fields
        return {name: value for name, value in self.cleaned_data.items() if name in names and value not in (None, "")}


class RateItemForm(RateFields, ItemForm):
    """The same inside a change."""


class ProposedRateForm(RateFields):
    """The same as a change of its own."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2, **CONTROL}))
    effective_date = forms.DateField(
        label=_("Holds from business date"), required=False, help_text=_("Empty: at once, as an emergency."), **DAY
    )
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("On the path of the line"), to_field_name="code", widget=forms.Select(SELECT)
    )

    def __init__(self, *args: Any, lines: QuerySet[BusinessLine], effective: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        line.empty_label = None
        self.fields["effective_date"].initial = effective


FORMS = {FEE_RATE: (RateItemForm, PUTS_TOGETHER)}
