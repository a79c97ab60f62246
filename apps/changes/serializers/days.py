"""A day of a calendar as programs propose it, and what it would touch."""

from typing import Any

from rest_framework import serializers


class DayWanted(serializers.Serializer[Any]):
    calendar = serializers.CharField(max_length=20)
    day = serializers.DateField()
    is_open = serializers.BooleanField()


class DayIn(DayWanted):
    line = serializers.CharField(max_length=40, help_text="Code of the business line on whose path the change is decided.")
    reason = serializers.CharField(max_length=2000)
    name_zh = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    name_en = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        max_length=120, required=False, allow_blank=True, default=""
    )


class RunsOfDayOut(serializers.Serializer[Any]):
    process = serializers.CharField()
    name = serializers.CharField()
    live = serializers.IntegerField(help_text="Runs on their way whose business date it is.")


class MovedOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    process = serializers.CharField(help_text="Key of the process; empty for a moment of the market.")
    day = serializers.DateField(help_text="The business date that it belongs to.")
    before = serializers.DateTimeField(allow_null=True)
    after = serializers.DateTimeField(allow_null=True, help_text="null: it does not come on this date.")


class DayEffectOut(serializers.Serializer[Any]):
    calendar = serializers.CharField(source="calendar.code")
    day = serializers.DateField()
    was_open = serializers.BooleanField()
    is_open = serializers.BooleanField()
    following = serializers.ListField(
        child=serializers.DateField(), help_text="The next business day after the one before it: as it is, and as it would be."
    )
    runs = RunsOfDayOut(many=True)
    starts = MovedOut(many=True)
    windows = MovedOut(many=True, help_text="Times of steps that lie business days after their date.")
    moments = MovedOut(many=True, help_text="Time nodes that lie business days away from their date.")
    changes = serializers.ListField(
        child=serializers.IntegerField(), source="keys_of_changes", help_text="Changes that take effect on it."
    )
    freezes = serializers.ListField(child=serializers.CharField())
    hidden = serializers.IntegerField(help_text="Processes that are touched and that you may not see.")
