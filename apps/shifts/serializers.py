from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from rest_framework import serializers

from apps.shifts.core.hours import FIRST_DAY, LAST_DAY
from apps.shifts.models import Duty, Handover, Shift
from apps.shifts.states import DutyRole, FindingKind, HandoverState, Section

IN_REACH: dict[str, Any] = {"validators": [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]}


class ShiftOut(serializers.ModelSerializer[Shift]):
    site = serializers.CharField(source="site.code")
    calendar = serializers.CharField(source="calendar.code", default=None, allow_null=True)

    class Meta:
        model = Shift
        fields = ["code", "name_zh", "name_en", "site", "begins", "ends", "calendar"]


class DutyOut(serializers.ModelSerializer[Duty]):
    line = serializers.CharField(source="line.code")
    shift = serializers.CharField(source="shift.code")
    person = serializers.CharField(source="person.username")
    process = serializers.CharField(source="process.key", default="")
    step = serializers.CharField(source="node_id")

    class Meta:
        model = Duty
        fields = ["id", "line", "shift", "business_date", "person", "role", "on_site", "process", "step"]


class PlannedOut(serializers.Serializer[Any]):
    duty = DutyOut()
    is_there = serializers.BooleanField(help_text="Active and not absent on that day.")


class FindingOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=FindingKind.choices)
    person = serializers.CharField(help_text="Who is absent.")
    have = serializers.IntegerField()
    need = serializers.IntegerField()


class CellOut(serializers.Serializer[Any]):
    line = serializers.CharField(source="coverage.line.code")
    shift = serializers.CharField(source="coverage.shift.code")
    day = serializers.DateField()
    is_worked = serializers.BooleanField()
    is_over = serializers.BooleanField()
    planned = PlannedOut(many=True)
    findings = FindingOut(many=True)


class RosterOut(serializers.Serializer[Any]):
    monday = serializers.DateField()
    results = CellOut(many=True, help_text="One for each shift of a line and day.")
    next = serializers.CharField(allow_null=True)


class CoverageIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    shift = serializers.SlugField(max_length=40)
    on_site = serializers.IntegerField(min_value=0, max_value=20, allow_null=True, help_text="null: not served any more.")


class CoverageOut(serializers.Serializer[Any]):
    line = serializers.CharField()
    shift = serializers.CharField()
    on_site = serializers.IntegerField(allow_null=True)


class DutyIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    shift = serializers.SlugField(max_length=40)
    business_date = serializers.DateField(**IN_REACH)
    person = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=DutyRole.choices)
    on_site = serializers.BooleanField(default=True)
    process = serializers.CharField(max_length=100, default="", allow_blank=True)
    step = serializers.CharField(max_length=200, default="", allow_blank=True)


class CopyIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    week = serializers.DateField(**IN_REACH, help_text="A day of the week that is planned as the one before it.")


class CopiedOut(serializers.Serializer[Any]):
    planned = serializers.IntegerField()
    left_out = serializers.ListField(child=serializers.CharField(), help_text="Why, one sentence for each duty.")


class HandoverOut(serializers.ModelSerializer[Handover]):
    line = serializers.CharField(source="line.code")
    shift = serializers.CharField(source="shift.code")
    to_shift = serializers.CharField(source="to_shift.code", default=None, allow_null=True)
    given_by = serializers.CharField(source="given_by.username")
    taken_by = serializers.CharField(source="taken_by.username", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=HandoverState.choices)

    class Meta:
        model = Handover
        fields = [
            "id", "line", "shift", "business_date", "to_shift", "to_date", "state", "given_by", "given_at",
            "taken_by", "taken_at", "digest",
        ]  # fmt: skip


class HandoverRowOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField(help_text="In the reader's language.")
    address = serializers.CharField()
    state = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    more = serializers.CharField()
    is_red = serializers.BooleanField(help_text="Has to be acknowledged by its key.")


class HandoverSectionOut(serializers.Serializer[Any]):
    section = serializers.ChoiceField(choices=Section.choices)
    count = serializers.IntegerField(help_text="Of all rows; the first hundred are listed.")
    red = serializers.IntegerField()
    lines = HandoverRowOut(many=True)


class WholeHandoverOut(HandoverOut):
    notes = serializers.CharField()
    remarks = serializers.CharField()
    acknowledged = serializers.ListField(child=serializers.CharField())
    sections = HandoverSectionOut(many=True, source="parts")

    class Meta(HandoverOut.Meta):
        fields = [*HandoverOut.Meta.fields, "notes", "remarks", "acknowledged", "sections"]


class HandoverPageOut(serializers.Serializer[Any]):
    results = HandoverOut(many=True)
    next = serializers.CharField(allow_null=True)


class HandoverReportOut(serializers.Serializer[Any]):
    """What would be handed over now; `seen` is what a signature names."""

    seen = serializers.CharField()
    sections = HandoverSectionOut(many=True)


class GiveIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    shift = serializers.SlugField(max_length=40)
    business_date = serializers.DateField(**IN_REACH)
    seen = serializers.CharField(max_length=64, help_text="From the report that was read.")
    notes = serializers.CharField(max_length=4000, default="", allow_blank=True)


class TakeIn(serializers.Serializer[Any]):
    acknowledged = serializers.ListField(child=serializers.CharField(max_length=400), max_length=2000)
    remarks = serializers.CharField(max_length=4000, default="", allow_blank=True)
