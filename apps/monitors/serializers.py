from typing import Any

from rest_framework import serializers

from apps.monitors.models import MonitorThreshold
from apps.monitors.states import Direction, Level

LEVELS = [level.code for level in Level]


class HeldOut(serializers.Serializer[Any]):
    direction = serializers.ChoiceField(choices=Direction.choices)
    warn = serializers.IntegerField(allow_null=True)
    alarm = serializers.IntegerField(allow_null=True)
    from_time = serializers.TimeField(allow_null=True, help_text="Before this time of the business date nothing is judged.")


class MonitorOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="monitor.pk")
    code = serializers.CharField(source="monitor.code")
    line = serializers.CharField(source="monitor.line.code")
    name = serializers.CharField(source="monitor.name", help_text="In the reader's language.")
    metric = serializers.CharField(source="monitor.metric")
    value = serializers.IntegerField(allow_null=True, help_text="Now; null where the figure cannot be measured.")
    level = serializers.ChoiceField(choices=LEVELS, source="level.code")
    since = serializers.DateTimeField(allow_null=True, help_text="null as long as nobody has been told of this level.")
    thresholds = HeldOut(allow_null=True, source="held", help_text="What holds today.")
    retired_at = serializers.DateTimeField(allow_null=True, source="monitor.retired_at")


class MonitorPageOut(serializers.Serializer[Any]):
    results = MonitorOut(many=True)
    next = serializers.CharField(allow_null=True)


class ThresholdOut(serializers.ModelSerializer[MonitorThreshold]):
    class Meta:
        model = MonitorThreshold
        fields = ["valid_from", "direction", "warn", "alarm", "from_time", "change", "set_at"]


class FactOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username", default=None, allow_null=True)
    deed = serializers.CharField()
    level = serializers.CharField(source="level.code", default=None, allow_null=True)
    value = serializers.IntegerField(allow_null=True)


class WholeMonitorOut(serializers.Serializer[Any]):
    monitor = MonitorOut()
    thresholds = ThresholdOut(many=True, help_text="All that were ever set, newest first.")
    facts = FactOut(many=True, help_text="The last ones, newest first.")


class MonitorIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40)
    code = serializers.SlugField(max_length=60)
    metric = serializers.CharField(max_length=60)
    name_zh = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120)


class RetireIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True)
