"""What the API says of the baseline."""

from rest_framework import serializers

from apps.lines.parameters.core.values import parts_of
from apps.lines.parameters.models import ParameterBaseline


class ParameterBaselineOut(serializers.ModelSerializer[ParameterBaseline]):
    """A parameter as it was signed. `difference` is the break by which it was; null: in the first set of its line."""

    line = serializers.CharField(source="line.code")
    value = serializers.SerializerMethodField("named_parts", help_text="The named parts of the value.")
    signed_by = serializers.SerializerMethodField(help_text="Who explained and who accepted the difference.")

    class Meta:
        model = ParameterBaseline
        fields = (
            "id",
            "line",
            "kind",
            "key",
            "value",
            "holds_from",
            "holds_until",
            "is_withdrawn",
            "run",
            "difference",
            "signed_by",
            "set_at",
        )
        read_only_fields = fields

    def named_parts(self, row: ParameterBaseline) -> dict[str, str]:
        return parts_of(row.value)

    def get_signed_by(self, row: ParameterBaseline) -> list[str]:
        people = (row.difference.explained_by, row.difference.accepted_by) if row.difference else ()
        return [one.username for one in people if one]
