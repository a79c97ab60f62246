"""What the API says of options margin; amounts are text in CNY."""

from typing import Any

from rest_framework import serializers

from apps.lines.options_margin.models import CombinationDeclaration, MarginAccount, MarginRow, OptionContract
from apps.lines.options_margin.selectors.combinations import strategy_name


class MarginAccountOut(serializers.ModelSerializer[MarginAccount]):
    class Meta:
        model = MarginAccount
        fields = (
            "id",
            "run",
            "business_date",
            "account",
            "uplift",
            "group",
            "funds",
            "single_margin",
            "margin",
            "client_margin",
            "best_margin",
            "peak_margin",
            "call",
        )
        read_only_fields = fields


class MarginRowOut(serializers.ModelSerializer[MarginRow]):
    class Meta:
        model = MarginRow
        exclude = ("account",)


class CombinationOut(serializers.ModelSerializer[MarginRow]):
    """A combination of an account; `account_id` leads to all of the account."""

    account = serializers.CharField(source="account.account")
    account_id = serializers.IntegerField()
    strategy_name = serializers.SerializerMethodField()
    uplift_rule = serializers.CharField(source="uplift_rule.name", default=None, allow_null=True)

    class Meta:
        model = MarginRow
        exclude = ("is_covered",)

    def get_strategy_name(self, row: MarginRow) -> str:
        return strategy_name(row.strategy)


class CombinationDeclarationOut(serializers.ModelSerializer[CombinationDeclaration]):
    verb = serializers.CharField(help_text="build or dissolve")

    class Meta:
        model = CombinationDeclaration
        exclude = ("run", "account")


class MarginAccountDetailOut(serializers.ModelSerializer[MarginAccount]):
    """The account with every row it was summed from, the evenings to come, the declarations and their proof."""

    rows = MarginRowOut(many=True)
    declarations = CombinationDeclarationOut(many=True)

    class Meta:
        model = MarginAccount
        exclude = ("line", "row_no")


class OptionContractOut(serializers.ModelSerializer[OptionContract]):
    class Meta:
        model = OptionContract
        exclude = ("run",)


class ClosingIn(serializers.Serializer[dict[str, Any]]):
    contract = serializers.CharField(max_length=8)
    side = serializers.ChoiceField(choices=["long", "short"])
    lots = serializers.IntegerField(min_value=0, max_value=10**9)


class WhatIfIn(serializers.Serializer[dict[str, Any]]):
    """Numbers of combinations to dissolve, and lots to close."""

    dissolve = serializers.ListField(child=serializers.CharField(max_length=16), default=list, max_length=1000)
    close = ClosingIn(many=True, default=list)


class WhatIfOut(serializers.Serializer[dict[str, Any]]):
    """CNY at the client's rates; `change` is against tonight."""

    margin = serializers.DecimalField(max_digits=20, decimal_places=2)
    change = serializers.DecimalField(max_digits=20, decimal_places=2)
    available = serializers.DecimalField(max_digits=20, decimal_places=2)
