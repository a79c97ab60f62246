"""What the API says of rates and bills; amounts are text in CNY, rates text in per mille."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.lines.fees.models import FeeRate
from apps.lines.fees.states import Market, SecurityClass, Side

YUAN: dict[str, Any] = {"max_digits": 24, "decimal_places": 2}
GIVEN: dict[str, Any] = {"max_digits": 18, "decimal_places": 2}
PRICE: dict[str, Any] = {"max_digits": 16, "decimal_places": 9, "min_value": 0}
RATE = ["id", "market", "security_class", "fee", "side", "valid_from", "base", "per_mille", "minimum"]
RATE += ["contains_market_fees", "source", "is_verified", "is_withdrawn", "change", "set_at"]


class FeeRateOut(serializers.ModelSerializer[FeeRate]):
    class Meta:
        model = FeeRate
        fields = RATE
        read_only_fields = fields


class HeldRateOut(serializers.Serializer[Any]):
    rate = FeeRateOut(source="row")
    last_day = serializers.DateField(allow_null=True, help_text="null: until another rate is set.")


class FeeTableOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    results = HeldRateOut(many=True)
    next = serializers.CharField(allow_null=True)


class RateHistoryOut(serializers.Serializer[Any]):
    rate = FeeRateOut()
    history = FeeRateOut(many=True, help_text="All rates of the same market, class, fee and side, the one set last first.")
    next = serializers.CharField(allow_null=True)


class TableIn(serializers.Serializer[Any]):
    date = serializers.DateField(required=False)
    market = serializers.ChoiceField(choices=Market.choices, required=False)
    security_class = serializers.ChoiceField(choices=SecurityClass.choices, required=False)
    after = serializers.CharField(max_length=20, required=False)


class TradeIn(serializers.Serializer[Any]):
    market = serializers.ChoiceField(choices=Market.choices)
    security_class = serializers.ChoiceField(choices=SecurityClass.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    business_date = serializers.DateField()
    quantity = serializers.IntegerField(min_value=1, max_value=10**12)
    price = serializers.DecimalField(**PRICE)
    accrued = serializers.DecimalField(default=Decimal(0), **PRICE)
    face_value = serializers.DecimalField(default=Decimal(1), **PRICE)
    with_commission = serializers.BooleanField(default=False)


class PartOut(serializers.Serializer[Any]):
    fee = serializers.CharField(source="fee.value")
    standing = serializers.CharField(
        source="standing.value", help_text="charged; contained (in the commission, not added); unknown (not in the sum)"
    )
    rate = serializers.IntegerField(source="rate.id", default=None, allow_null=True, help_text="The row of the fee table.")
    per_mille = serializers.CharField(source="rate.per_mille", default=None, allow_null=True)
    base_amount = serializers.DecimalField(**YUAN)
    amount = serializers.DecimalField(**YUAN)
    working = serializers.CharField(help_text="How the amount was made.")


class BillOut(serializers.Serializer[Any]):
    amount = serializers.DecimalField(**YUAN)
    amount_working = serializers.CharField()
    parts = PartOut(many=True)
    fees = serializers.DecimalField(help_text="The sum of the parts that are charged.", **YUAN)
    net_cash = serializers.DecimalField(help_text="> 0 comes to us, < 0 leaves us.", **YUAN)
    is_complete = serializers.SerializerMethodField(help_text="false: a rate is not known, and its fee is not in the sum.")

    def get_is_complete(self, bill: Any) -> bool:
        return not bill.unknown


class ReserveIn(serializers.Serializer[Any]):
    balance = serializers.DecimalField(**GIVEN)
    minimum = serializers.DecimalField(min_value=0, **GIVEN)
    guaranteed_net = serializers.DecimalField(help_text="< 0: to be paid", **GIVEN)
    gross_payable = serializers.DecimalField(min_value=0, **GIVEN)


class ReserveOut(serializers.Serializer[Any]):
    withdrawable = serializers.DecimalField(**YUAN)
    withdrawable_working = serializers.CharField()
    after_settlement = serializers.DecimalField(**YUAN)
    after_settlement_working = serializers.CharField()
    top_up = serializers.DecimalField(**YUAN)


class MinimumIn(serializers.Serializer[Any]):
    market = serializers.ChoiceField(choices=Market.choices)
    security_class = serializers.ChoiceField(choices=SecurityClass.choices)
    business_date = serializers.DateField()
    bought = serializers.DecimalField(min_value=0, help_text="in the previous month", **GIVEN)
    trading_days = serializers.IntegerField(min_value=1, max_value=31, help_text="of the previous month")


class MinimumOut(serializers.Serializer[Any]):
    amount = serializers.DecimalField(**YUAN)
    working = serializers.CharField()
    rate = serializers.IntegerField(source="rate.id", help_text="The row of the fee table.")


class RepoIn(serializers.Serializer[Any]):
    amount = serializers.DecimalField(**GIVEN)
    annual_percent = serializers.DecimalField(max_digits=10, decimal_places=6, min_value=0, max_value=1000)
    days = serializers.IntegerField(min_value=1, max_value=3660)


class RepoOut(serializers.Serializer[Any]):
    interest = serializers.DecimalField(**YUAN)
    interest_working = serializers.CharField()
    at_maturity = serializers.DecimalField(**YUAN)
    maturity_working = serializers.CharField()
