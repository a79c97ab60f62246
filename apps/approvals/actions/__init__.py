"""The verbs of approvals, and the four-eyes rule that every app asks."""

from apps.approvals.actions.away import end_stand_in, name_stand_in
from apps.approvals.actions.deciding import NEEDS_REASON, VERBS, decide, open_approval, open_approval_of
from apps.approvals.actions.flows import keep_stages, remove_flow, save_flow
from apps.approvals.actions.four_eyes import Person, require_other_person
from apps.approvals.actions.telling import TELLING, comment, copy_in, remind
from apps.approvals.actions.together import TOGETHER, Outcome, decide_all

__all__ = [
    "NEEDS_REASON",
    "TELLING",
    "TOGETHER",
    "VERBS",
    "Outcome",
    "Person",
    "comment",
    "copy_in",
    "decide",
    "decide_all",
    "end_stand_in",
    "keep_stages",
    "name_stand_in",
    "open_approval",
    "open_approval_of",
    "remind",
    "remove_flow",
    "require_other_person",
    "save_flow",
]
