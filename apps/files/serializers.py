"""What the API says of files."""

from typing import Any

from rest_framework import serializers

from apps.files.models import ArrivedFile
from apps.files.selectors import problems_of


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
