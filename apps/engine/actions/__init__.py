"""Everything that changes a run. Keyword-only, ids in, object out; each verb is one transaction."""

from apps.engine.actions.ad_hoc import end_ad_hoc, steps_left
from apps.engine.actions.arming import arm_starts
from apps.engine.actions.changing import change_parameters, change_priority, change_variables
from apps.engine.actions.following import starts_at_time_nodes, time_node_of
from apps.engine.actions.groups import do_pure_steps
from apps.engine.actions.human import complete_step, give_back_step, take_step
from apps.engine.actions.intervening import FORMS, Item, Outcome, intervene, intervene_in_all, preview, sign_request
from apps.engine.actions.messages import broadcast_signal, deliver_message, send_message
from apps.engine.actions.migrating import migrate_back, migrate_run
from apps.engine.actions.operating import (
    force_step,
    jump,
    probe_step,
    reassign_step,
    rerun_from,
    retry_step,
    skip_step,
    steps_after,
)
from apps.engine.actions.pausing import (
    hold_node,
    hold_step,
    pause_line,
    pause_run,
    release_node,
    release_step,
    resume_line,
    resume_run,
)
from apps.engine.actions.permission import needs_reason, needs_second_person
from apps.engine.actions.rules import may_have_window, put_rule, remove_rule, require_fits, save_rule, take_rule
from apps.engine.actions.runs import begin_run, begin_runs, cancel_run, terminate_run
from apps.engine.actions.signing import refuse_request, withdraw_request
from apps.engine.actions.sweeping import Swept, sweep
from apps.engine.actions.times import change_times
from apps.engine.actions.working import do_steps, execute_step

__all__ = [
    "FORMS",
    "Item",
    "Outcome",
    "Swept",
    "arm_starts",
    "begin_run",
    "begin_runs",
    "broadcast_signal",
    "cancel_run",
    "change_parameters",
    "change_priority",
    "change_times",
    "change_variables",
    "complete_step",
    "deliver_message",
    "do_pure_steps",
    "do_steps",
    "end_ad_hoc",
    "execute_step",
    "force_step",
    "give_back_step",
    "hold_node",
    "hold_step",
    "intervene",
    "intervene_in_all",
    "jump",
    "may_have_window",
    "migrate_back",
    "migrate_run",
    "needs_reason",
    "needs_second_person",
    "pause_line",
    "pause_run",
    "preview",
    "probe_step",
    "put_rule",
    "reassign_step",
    "refuse_request",
    "release_node",
    "release_step",
    "remove_rule",
    "require_fits",
    "rerun_from",
    "resume_line",
    "resume_run",
    "retry_step",
    "save_rule",
    "send_message",
    "sign_request",
    "skip_step",
    "starts_at_time_nodes",
    "steps_after",
    "steps_left",
    "sweep",
    "take_rule",
    "take_step",
    "terminate_run",
    "time_node_of",
    "withdraw_request",
]
