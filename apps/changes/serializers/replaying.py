"""Replays and their waivers as programs read and write them."""

from typing import Any

from rest_framework import serializers

from apps.changes.models import Replay, ReplayWaiver


class DaysIn(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        min_value=1,
        max_value=20,
        required=False,
        help_text="Business days, today's among them; without it those of the line's policy.",
    )


class ReplayOut(serializers.ModelSerializer[Replay]):
    result = serializers.JSONField(
        help_text="days: counts by business date; runs: the first 200 that would have gone differently."
    )

    class Meta:
        model = Replay
        fields = [
            "state", "digest", "first_date", "last_date", "total", "done", "different", "untold", "result", "asked_at", "ended_at"
        ]  # fmt: skip


class WaiverIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)


class WaiverOut(serializers.ModelSerializer[ReplayWaiver]):
    asked_by = serializers.CharField(source="asked_by.username")
    signed_by = serializers.CharField(source="signed_by.username", default=None, allow_null=True)

    class Meta:
        model = ReplayWaiver
        fields = ["reason", "digest", "asked_by", "asked_at", "signed_by", "signed_at"]
