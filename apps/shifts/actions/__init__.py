"""Everything that changes sites, shifts, the roster and hand-overs."""

from apps.shifts.actions.demo import load_demo_roster
from apps.shifts.actions.handing import give_handover, take_handover
from apps.shifts.actions.keeping import drop_coverage, save_shift, save_site, set_coverage
from apps.shifts.actions.planning import Copied, copy_week, plan_duty, remove_duty

__all__ = [
    "Copied",
    "copy_week",
    "drop_coverage",
    "give_handover",
    "load_demo_roster",
    "plan_duty",
    "remove_duty",
    "save_shift",
    "save_site",
    "set_coverage",
    "take_handover",
]
