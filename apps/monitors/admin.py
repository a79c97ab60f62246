"""Monitors are looked at here. They are set up and retired on their page, and changes set their thresholds."""

from django.contrib import admin

from apps.journal.admin import LookOnly
from apps.monitors.models import Monitor, MonitorThreshold


@admin.register(Monitor)
class MonitorAdmin(LookOnly):
    list_display = ["code", "name_zh", "name_en", "line", "metric", "level", "level_since", "retired_at"]
    list_filter = ["line", "level"]
    list_select_related = ["line"]
    search_fields = ["=code"]


@admin.register(MonitorThreshold)
class MonitorThresholdAdmin(LookOnly):
    list_display = ["monitor", "valid_from", "direction", "warn", "alarm", "from_time", "change", "set_at"]
    list_filter = ["monitor__line"]
    list_select_related = ["monitor", "change"]
