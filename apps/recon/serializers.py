from rest_framework import serializers

from apps.recon.models import Break
from apps.recon.states import Cause


class BreakSerializer(serializers.ModelSerializer[Break]):
    """A break as programs see it; amounts are text."""

    line = serializers.CharField(source="line.code")
    reconciliation = serializers.CharField(source="reconciliation.name")
    explained_by = serializers.CharField(source="explained_by.username", default=None)

    class Meta:
        model = Break
        fields = (
            "id",
            "run",
            "line",
            "business_date",
            "reconciliation",
            "key",
            "kind",
            "left",
            "right",
            "difference",
            "cause",
            "state",
            "explained_by",
            "explained_at",
            "reason",
        )
        read_only_fields = fields


class ExplanationSerializer(serializers.Serializer[dict[str, str]]):
    reason = serializers.CharField(max_length=2000, allow_blank=True)
    cause = serializers.ChoiceField(choices=Cause.choices, default=Cause.UNKNOWN)
