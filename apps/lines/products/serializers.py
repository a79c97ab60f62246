"""What the API says of products, their tree and their rules; amounts are text in CNY."""

from typing import Any

from rest_framework import serializers

from apps.lines.products.models import ProductAccount, ProductClass, ProductFacts, ProductOutput, ProductRule, ProductTable
from apps.lines.products.selectors.outputs import SHOWN, reason_in_words
from apps.lines.products.selectors.previews import SHOWS
from apps.lines.products.states import COLUMN_NAMES

DATED = ["valid_from", "valid_to", "source", "is_verified", "change"]
FACTS = [name for name in COLUMN_NAMES if name not in ("code", "extended_codes")]


class ProductClassOut(serializers.ModelSerializer[ProductClass]):
    level = serializers.IntegerField()
    above = serializers.CharField(source="parent", help_text="Empty on the first level.")

    class Meta:
        model = ProductClass
        fields = ["code", "level", "above", "name_zh", "name_en", *DATED]
        read_only_fields = fields


class ProductRuleOut(serializers.ModelSerializer[ProductRule]):
    class Meta:
        model = ProductRule
        fields = ["id", "table", "code", "position", "cells", "class_code", "next_table", "refusal", "refusal_en", *DATED]
        read_only_fields = fields


class ProductTableOut(serializers.ModelSerializer[ProductTable]):
    class Meta:
        model = ProductTable
        fields = ["code", "name_zh", "name_en", "hit_policy", *DATED]
        read_only_fields = fields


class TableOfRulesOut(serializers.Serializer[Any]):
    table = ProductTableOut()
    rules = ProductRuleOut(many=True)


class ProductFactsOut(serializers.ModelSerializer[ProductFacts]):
    extended_codes = serializers.ListField(source="codes", child=serializers.CharField())

    class Meta:
        model = ProductFacts
        fields = ["valid_from", "change", "extended_codes", *FACTS]
        read_only_fields = fields


class ProductOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    line = serializers.CharField(source="line.code")
    standing = serializers.CharField(help_text="never: nobody has classified it by then")
    class_code = serializers.CharField(allow_blank=True)
    refused_by = serializers.CharField(allow_blank=True, help_text="table/rule")
    facts = ProductFactsOut()


class ProductsOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    results = ProductOut(many=True)
    next = serializers.CharField(allow_null=True)


class AskedTableOut(serializers.Serializer[Any]):
    table = serializers.CharField()
    rules = ProductRuleOut(many=True, help_text="Those that match: none is a gap, several may be a conflict.")


class ProductWhyOut(serializers.Serializer[Any]):
    code = serializers.CharField(source="product.code")
    standing = serializers.CharField(source="held.standing", default=None, allow_null=True, help_text="As it is kept.")
    class_code = serializers.CharField(source="held.class_code", default=None, allow_null=True)
    since = serializers.DateField(source="held.valid_from", default=None, allow_null=True)
    said_standing = serializers.CharField(
        source="outcome.standing.value", default=None, allow_null=True, help_text="By the rules."
    )
    said_class_code = serializers.CharField(source="outcome.class_code", default=None, allow_null=True)
    place = serializers.CharField(source="outcome.place", default=None, allow_null=True)
    moves = serializers.BooleanField(help_text="The rules say something else than what is kept.")
    way = serializers.SerializerMethodField()
    facts = ProductFactsOut(allow_null=True)

    def get_way(self, detail: Any) -> list[Any]:
        asked = [{"table": table, "rules": rules} for table, rules in detail.way]
        return list(AskedTableOut(asked, many=True).data)


class DraftRuleIn(serializers.Serializer[Any]):
    """A rule that is not saved; checked by what a change stores of one."""

    date = serializers.DateField(required=False)
    rule = serializers.JSONField(help_text="As the content of an item of the kind product.rule.")
    show = serializers.ChoiceField(choices=SHOWS, default="moves")
    after = serializers.CharField(max_length=30, required=False, default="")


class PatternIn(serializers.Serializer[Any]):
    date = serializers.DateField(required=False)
    column = serializers.ChoiceField(choices=COLUMN_NAMES)
    cell = serializers.CharField(max_length=400)
    show = serializers.ChoiceField(choices=SHOWS, default="matches")
    after = serializers.CharField(max_length=30, required=False, default="")


class LinePreviewIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    date = serializers.DateField(required=False)
    show = serializers.ChoiceField(choices=SHOWS, default="moves")
    after = serializers.CharField(max_length=30, required=False, default="")


class ClassificationIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=2000)
    effective_date = serializers.DateField(required=False, allow_null=True, help_text="Without one it is an emergency.")
    digest = serializers.CharField(
        max_length=64, required=False, help_text="Of the preview; refused when another one would come."
    )


class ProposedChangeOut(serializers.Serializer[Any]):
    change = serializers.IntegerField(source="pk")
    state = serializers.CharField()


class MoveOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(source="facts.name")
    before = serializers.ListField(
        source="today", child=serializers.CharField(allow_blank=True), help_text="standing, class, refused by"
    )
    after = serializers.ListField(source="outcome.result", child=serializers.CharField(allow_blank=True))
    place = serializers.CharField(source="outcome.place")
    is_matched = serializers.BooleanField()


class WayOut(serializers.Serializer[Any]):
    before = serializers.ListField(child=serializers.CharField(allow_blank=True))
    after = serializers.ListField(child=serializers.CharField(allow_blank=True))
    products = serializers.IntegerField()


class PreviewOut(serializers.Serializer[Any]):
    date = serializers.DateField(source="day")
    products = serializers.IntegerField(source="summary.products", help_text="That you may see.")
    matched = serializers.IntegerField(source="summary.matched")
    moving = serializers.IntegerField(source="summary.moving")
    without_class = serializers.IntegerField(source="summary.without_class")
    standings = serializers.DictField(source="summary.standings", child=serializers.IntegerField())
    digest = serializers.CharField()
    agreed = serializers.ListField(child=serializers.IntegerField(), help_text="Approved changes that are counted.")
    ways = serializers.SerializerMethodField()

    def get_ways(self, preview: Any) -> list[Any]:
        found = [{"before": before, "after": after, "products": count} for before, after, count in preview.summary.ways]
        return list(WayOut(found, many=True).data)


class PreviewPageOut(serializers.Serializer[Any]):
    preview = PreviewOut()
    problems = serializers.ListField(child=serializers.CharField(), help_text="What stands out in the tree and the tables.")
    results = MoveOut(many=True)
    next = serializers.CharField(allow_null=True)


class ProductOutputOut(serializers.ModelSerializer[ProductOutput]):
    class Meta:
        model = ProductOutput
        fields = ["id", "code", "cells", "class_pattern", "files", "split_by", "omits_empty", "path", *DATED]
        read_only_fields = fields


class DestinationOut(serializers.Serializer[Any]):
    """`reason` empty: the file goes to `path`."""

    product = serializers.CharField()
    result = serializers.ListField(child=serializers.CharField(allow_blank=True), help_text="standing, class, refused by")
    output = serializers.CharField(source="output.code")
    split_by = serializers.CharField(source="output.split_by", help_text="Empty: the whole file.")
    file = serializers.CharField()
    path = serializers.CharField()
    reason = serializers.CharField()
    told = serializers.SerializerMethodField(help_text="The reason in your language.")

    def get_told(self, one: Any) -> str:
        return reason_in_words(one)


class OutputPlanOut(serializers.Serializer[Any]):
    date = serializers.DateField(source="plan.day")
    outputs = ProductOutputOut(many=True)
    files = serializers.ListField(source="plan.files", child=serializers.CharField())
    destinations = serializers.IntegerField(help_text="All that there are.")
    refused = serializers.IntegerField(source="plan.plan.refused")
    idle_products = serializers.IntegerField(help_text="Products that no output means.")
    idle_files = serializers.ListField(source="plan.plan.idle_files", child=serializers.CharField())
    results = DestinationOut(many=True)
    next = serializers.CharField(allow_null=True)


class OutputsIn(serializers.Serializer[Any]):
    date = serializers.DateField(required=False)
    product = serializers.CharField(max_length=30, required=False, default="")
    which = serializers.ChoiceField(choices=SHOWN, default="all")
    after = serializers.CharField(max_length=500, required=False, default="")


class DraftOutputIn(serializers.Serializer[Any]):
    """An output that is not saved; checked by what a change stores of one."""

    date = serializers.DateField(required=False)
    output = serializers.JSONField(help_text="As the content of an item of the kind product.output.")
    which = serializers.ChoiceField(choices=SHOWN, default="draft")
    after = serializers.CharField(max_length=500, required=False, default="")


class ProductAccountOut(serializers.ModelSerializer[ProductAccount]):
    product = serializers.CharField(source="product.code")
    line = serializers.CharField(source="product.line.code")

    class Meta:
        model = ProductAccount
        fields = ["market", "account", "product", "line", "client", "kind", "branch", "valid_from", "change"]
        read_only_fields = fields


class ProductAccountsOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    results = ProductAccountOut(many=True)
    next = serializers.CharField(allow_null=True)


class AccountsIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    date = serializers.DateField(required=False)
    accounts = serializers.JSONField(help_text="As in the content of an item of the kind product.accounts.")


class AccountResultOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="From 1.")
    market = serializers.CharField(source="content.market.value")
    account = serializers.CharField(source="content.account")
    product = serializers.CharField(source="content.product")
    standing = serializers.CharField(help_text="new, changed, same, removed or refused")
    problem = serializers.CharField()
