"""Everything that changes a change."""

from apps.changes.actions.activating import activate_change, take_effect
from apps.changes.actions.deciding import CHANGE_KIND, submit_change, withdraw_change
from apps.changes.actions.editing import add_item, create_change, discard_change, edit_change, remove_item
from apps.changes.actions.importing import schedule_package
from apps.changes.actions.proposing import propose_day
from apps.changes.actions.rolling_back import roll_back_change

__all__ = [
    "CHANGE_KIND",
    "activate_change",
    "add_item",
    "create_change",
    "discard_change",
    "edit_change",
    "propose_day",
    "remove_item",
    "roll_back_change",
    "schedule_package",
    "submit_change",
    "take_effect",
    "withdraw_change",
]
