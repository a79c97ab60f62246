"""What the API says of the broker's uplifts; parts of one as text, amounts as text in CNY."""

from typing import Any

from rest_framework import serializers

from apps.lines.uplifts.models import MarginUplift


class MarginUpliftOut(serializers.ModelSerializer[MarginUplift]):
    class Meta:
        model = MarginUplift
        exclude = ("key",)


class MarginUpliftsOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    results = MarginUpliftOut(many=True)
    next = serializers.CharField(allow_null=True)


class MarginUpliftHistoryOut(serializers.Serializer[Any]):
    rule = MarginUpliftOut()
    history = MarginUpliftOut(many=True, help_text="All rules for the same, the one set last first.")
    next = serializers.CharField(allow_null=True)


class MarginUpliftsIn(serializers.Serializer[Any]):
    date = serializers.DateField(required=False)
    after = serializers.CharField(max_length=80, required=False)
