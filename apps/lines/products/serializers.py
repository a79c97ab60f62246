"""What the API says of products, their tree and their rules; amounts are text in CNY."""

from typing import Any

from rest_framework import serializers

from apps.lines.products.models import ProductClass, ProductFacts, ProductRule, ProductTable
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
        fields = ["id", "table", "code", "position", "cells", "class_code", "next_table", "refusal", *DATED]
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
    ways = serializers.SerializerMethodField()

    def get_ways(self, preview: Any) -> list[Any]:
        found = [{"before": before, "after": after, "products": count} for before, after, count in preview.summary.ways]
        return list(WayOut(found, many=True).data)


class PreviewPageOut(serializers.Serializer[Any]):
    preview = PreviewOut()
    problems = serializers.ListField(child=serializers.CharField(), help_text="What stands out in the tree and the tables.")
    results = MoveOut(many=True)
    next = serializers.CharField(allow_null=True)
