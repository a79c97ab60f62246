"""The verbs of approvals, and the four-eyes rule that every app asks."""

from apps.approvals.actions.away import end_stand_in, name_stand_in
from apps.approvals.actions.deciding import FILLS_IN, NEEDS_REASON, VERBS, decide, lapse_approval, open_approval, open_approval_of
from apps.approvals.actions.flows import keep_stages, remove_flow, save_flow
from apps.approvals.actions.four_eyes import Person, require_other_person
from apps.approvals.actions.telling import TELLING, copy_in, remind
from apps.approvals.actions.together import TOGETHER, Outcome, decide_all
from apps.approvals.actions.watching import watch

__all__ = [
    "FILLS_IN",
    "NEEDS_REASON",
    "TELLING",
    "TOGETHER",
    "VERBS",
    "Outcome",
    "Person",
    "copy_in",
    "decide",
    "decide_all",
    "end_stand_in",
    "keep_stages",
    "lapse_approval",
    "name_stand_in",
    "open_approval",
    "open_approval_of",
    "remind",
    "remove_flow",
    "require_other_person",
    "save_flow",
    "watch",
]
