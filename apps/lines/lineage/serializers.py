"""What the API says of lineage."""

from typing import Any

from rest_framework import serializers

from apps.files.models import SentFile


class SentFileOut(serializers.ModelSerializer[SentFile]):
    line = serializers.CharField(source="line.code")
    run = serializers.IntegerField(source="step.run_id", allow_null=True, default=None)

    class Meta:
        model = SentFile
        fields = ["id", "key", "line", "business_date", "name", "size", "sha256", "state", "receipt", "step", "run", "sent_at"]


class MadeOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    rows = serializers.IntegerField()
    run = serializers.IntegerField(source="run.pk")
    file = serializers.IntegerField(source="file.pk")
    file_name = serializers.CharField(source="file.name")


class ComparedOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")
    run = serializers.IntegerField(source="run_id")
    step = serializers.IntegerField(source="step_id", allow_null=True)
    matched = serializers.IntegerField()
    breaks = serializers.IntegerField(source="breaks_count")


class ToldOut(serializers.Serializer[Any]):
    made = MadeOut(many=True)
    reconciliations = ComparedOut(many=True)
    sent = SentFileOut(many=True)


class RecordFactOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.CharField()


class MadeOfOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    key = serializers.IntegerField()
    facts = RecordFactOut(many=True)


class RecordOut(MadeOfOut):
    run = serializers.IntegerField(source="run.pk", allow_null=True, default=None)
    became = MadeOfOut(many=True)
    before = MadeOfOut(many=True)


class BreakAtOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()


class RowToldOut(serializers.Serializer[Any]):
    records = RecordOut(many=True)
    breaks = BreakAtOut(many=True)
    sent = SentFileOut(many=True)


class FileLineageOut(ToldOut):
    """`row` is there when one was asked for."""

    row = RowToldOut(required=False)
