"""What changes carry today; other apps register further kinds in `changes.conf`. The order is that in which they take effect."""

from apps.changes.actions.kinds.days import DayItems
from apps.changes.actions.kinds.roles import RoleItems
from apps.changes.actions.kinds.rules import PlacementItems, PolicyItems, WindowItems
from apps.changes.actions.kinds.versions import VersionItems

KINDS = (DayItems(), RoleItems(), PolicyItems(), PlacementItems(), WindowItems(), VersionItems())

__all__ = ["KINDS"]
