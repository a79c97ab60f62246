"""Pages about changes, what they touch, and the chain of processes."""

from apps.changes.views.chains import topology, version_impact
from apps.changes.views.days import propose_day
from apps.changes.views.lifecycle import change, change_item, changes, edit_change, new_change
from apps.changes.views.packages import schedule_package
from apps.changes.views.replaying import change_replay, change_waiver, version_replay

__all__ = [
    "change",
    "change_item",
    "change_replay",
    "change_waiver",
    "changes",
    "edit_change",
    "new_change",
    "propose_day",
    "schedule_package",
    "topology",
    "version_impact",
    "version_replay",
]
