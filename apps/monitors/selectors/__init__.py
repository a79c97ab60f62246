"""What is asked of monitors."""

from apps.monitors.selectors.measuring import METRICS
from apps.monitors.selectors.watching import (
    Page,
    Standing,
    active_monitors,
    history_of,
    monitor_for,
    monitors_for,
    monitors_of_lines,
    page_of,
    standings,
    thresholds_of,
    thresholds_on,
    topic_of_alert,
)

__all__ = [
    "METRICS",
    "Page",
    "Standing",
    "active_monitors",
    "history_of",
    "monitor_for",
    "monitors_for",
    "monitors_of_lines",
    "page_of",
    "standings",
    "thresholds_of",
    "thresholds_on",
    "topic_of_alert",
]
