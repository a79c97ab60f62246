"""Everything that changes monitors."""

from apps.monitors.actions.keeping import create_monitor, retire_monitor
from apps.monitors.actions.thresholds import ThresholdItems
from apps.monitors.actions.watching import watch_monitors

__all__ = ["ThresholdItems", "create_monitor", "retire_monitor", "watch_monitors"]
