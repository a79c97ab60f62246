from rest_framework import serializers

from apps.recon.models import Break, Reconciliation
from apps.recon.states import Cause


class BreakSerializer(serializers.ModelSerializer[Break]):
    """A break as programs see it; amounts are text."""

    line = serializers.CharField(source="line.code")
    reconciliation = serializers.CharField(source="reconciliation.name")
    definition = serializers.CharField(source="definition_code")
    first_found = serializers.DateField(source="business_date")
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    accepted_by = serializers.CharField(source="accepted_by.username", default=None, allow_null=True)
    explained_by = serializers.CharField(source="explained_by.username", default=None, allow_null=True)

    class Meta:
        model = Break
        fields = (
            "id",
            "run",
            "line",
            "business_date",
            "first_found",
            "last_seen",
            "reconciliation",
            "definition",
            "key",
            "kind",
            "column",
            "left",
            "right",
            "difference",
            "cause",
            "state",
            "owner",
            "accepted_by",
            "explained_by",
            "explained_at",
            "reason",
        )
        read_only_fields = fields


class ReconciliationSerializer(serializers.ModelSerializer[Reconciliation]):
    """A result; amounts are text."""

    line = serializers.CharField(source="line.code")
    definition = serializers.CharField(source="definition.code", default=None, allow_null=True)

    class Meta:
        model = Reconciliation
        fields = (
            "id",
            "run",
            "line",
            "definition",
            "business_date",
            "left_name",
            "right_name",
            "matched",
            "breaks_count",
            "control",
            "rejected",
            "compared_at",
        )
        read_only_fields = fields


class CompareSerializer(serializers.Serializer[dict[str, str]]):
    line = serializers.SlugField()
    definition = serializers.SlugField()
    date = serializers.DateField()


class OwnerSerializer(serializers.Serializer[dict[str, str]]):
    owner = serializers.CharField(max_length=150, allow_blank=True)


class ExplanationSerializer(serializers.Serializer[dict[str, str]]):
    reason = serializers.CharField(max_length=2000, allow_blank=True)
    cause = serializers.ChoiceField(choices=Cause.choices, default=Cause.UNKNOWN)
