"""Changes for programs, and what they touch."""

from apps.changes.api.chains import ChangeImpact, Topology, VersionImpact
from apps.changes.api.days import CalendarDays
from apps.changes.api.lifecycle import Changes, ChangeVerb, Items, OneChange, OneItem
from apps.changes.api.packages import PackageChange
from apps.changes.api.replaying import ChangeReplay, ChangeWaiver, VersionReplay

__all__ = [
    "CalendarDays",
    "ChangeImpact",
    "ChangeReplay",
    "ChangeVerb",
    "ChangeWaiver",
    "Changes",
    "Items",
    "OneChange",
    "OneItem",
    "PackageChange",
    "Topology",
    "VersionImpact",
    "VersionReplay",
]
