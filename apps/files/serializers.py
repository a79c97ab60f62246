"""What the API says of files."""

from typing import Any

from rest_framework import serializers

from apps.files.core.catalogue import Family
from apps.files.models import ArrivedFile, FileRuling
from apps.files.selectors import in_language, problems_of
from apps.files.states import Standing, Verdict


class FileOut(serializers.ModelSerializer[ArrivedFile]):
    line = serializers.CharField(source="line.code")
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]

    class Meta:
        model = ArrivedFile
        fields = [
            "id",
            "line",
            "source",
            "business_date",
            "file_code",
            "family",
            "name",
            "size",
            "sha256",
            "rows",
            "version",
            "state",
            "arrived_at",
        ]


class FileDetailOut(FileOut):
    problems = serializers.SerializerMethodField()

    class Meta(FileOut.Meta):
        fields = [*FileOut.Meta.fields, "problems"]

    def get_problems(self, file: ArrivedFile) -> list[dict[str, Any]]:
        return [problem.as_json() for problem in problems_of(file)]


class RulingIn(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField(max_length=200)


class RulingOut(serializers.ModelSerializer[FileRuling]):
    asked_by = serializers.CharField(source="asked_by.username")
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)

    class Meta:
        model = FileRuling
        fields = ["id", "file", "verdict", "state", "reason", "asked_by", "asked_at", "decided_by", "decided_at"]


class ArrivalOut(serializers.ModelSerializer[ArrivedFile]):
    class Meta:
        model = ArrivedFile
        fields = ["id", "name", "state", "version", "rows", "arrived_at"]


class ExpectedOut(serializers.Serializer[Any]):
    line = serializers.CharField(source="source.line.code")
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]
    file_code = serializers.CharField()
    standing = serializers.ChoiceField(Standing.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    minutes_late = serializers.IntegerField()
    arrivals = ArrivalOut(many=True)


class MatrixOut(serializers.Serializer[Any]):
    date = serializers.DateField(source="day")
    results = ExpectedOut(source="rows", many=True)
    next_after = serializers.IntegerField(allow_null=True)


class FamilyOut(serializers.Serializer[Any]):
    """A kind of market file. `names` are the beginnings of the names of its files."""

    code = serializers.CharField()
    market = serializers.CharField()
    title = serializers.SerializerMethodField()
    names = serializers.ListField(child=serializers.CharField())
    pattern = serializers.CharField()
    channel = serializers.CharField()
    verified = serializers.BooleanField(help_text="Whether its layouts were seen in files; otherwise only names are known.")
    layouts = serializers.SerializerMethodField(help_text="How many layouts are known.")

    def get_title(self, family: Family) -> str:
        return in_language(family.title)

    def get_layouts(self, family: Family) -> int:
        return len(family.layouts)


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField(help_text="Letter, width and decimals, as `N16.2`; empty where only the name is known.")
    meaning = serializers.CharField()


class LayoutOut(serializers.Serializer[Any]):
    """Columns in their order; `imported_by` who took it in from a sample."""

    columns = ColumnOut(many=True)
    imported_by = serializers.CharField(allow_null=True)


class SourceUseOut(serializers.Serializer[Any]):
    line = serializers.CharField(source="line.code")
    source = serializers.CharField(source="code")  # type: ignore[assignment]


class ProcessUseOut(serializers.Serializer[Any]):
    process = serializers.CharField(source="process.key")
    version = serializers.IntegerField(source="number")


class FamilyWholeOut(serializers.Serializer[Any]):
    """One family with its layouts and with who uses it, as far as you may see that."""

    family = FamilyOut()
    layouts = LayoutOut(many=True)
    sources = SourceUseOut(many=True)
    processes = ProcessUseOut(many=True)
