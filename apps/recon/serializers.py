from typing import Any

from rest_framework import serializers

from apps.recon.core.databases import TYPES
from apps.recon.core.statements import MOST_CHARACTERS
from apps.recon.models import Break, Reconciliation, SourceStatement
from apps.recon.states import Cause


class BreakSerializer(serializers.ModelSerializer[Break]):
    """A break as programs see it; amounts are text."""

    line = serializers.CharField(source="line.code")
    reconciliation = serializers.CharField(source="reconciliation.name")
    definition = serializers.CharField(source="definition_code")
    first_found = serializers.DateField(source="business_date")
    severity = serializers.CharField(help_text="P1, P2 or P3; empty where a step compared without a definition.")
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
            "severity",
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
            "equations",
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


class SqlStatementSerializer(serializers.ModelSerializer[SourceStatement]):
    """A statement as programs see it. Of one code, the approved one with the highest number is in force."""

    line = serializers.CharField(source="line.code")
    written_by = serializers.CharField(source="written_by.username")
    decided_by = serializers.CharField(source="decided_by.username", default=None, allow_null=True)

    class Meta:
        model = SourceStatement
        fields = (
            "id",
            "line",
            "code",
            "number",
            "source",
            "text",
            "columns",
            "state",
            "written_by",
            "written_at",
            "decided_by",
            "decided_at",
        )
        read_only_fields = fields


class SqlStatementIn(serializers.Serializer[dict[str, str]]):
    """`date` is the business date that the statement is tried for."""

    line = serializers.SlugField()
    code = serializers.SlugField(max_length=40)
    source = serializers.CharField(max_length=40)  # type: ignore[assignment]  # a field of this name
    text = serializers.CharField(max_length=MOST_CHARACTERS)
    date = serializers.DateField()


class AnsweredColumn(serializers.Serializer[dict[str, str]]):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)


class SqlPreview(serializers.Serializer[dict[str, Any]]):
    """The columns that a statement answers, and its first rows as texts."""

    columns = AnsweredColumn(many=True)
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
