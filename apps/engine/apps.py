from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.processes.conf import Parameters, Window

WATCH_EVERY_SECONDS = 10
END_GRANTS_EVERY_SECONDS = 1
FORGET_ANSWERS_EVERY_SECONDS = 60
DROP_LEFT_BEHIND_EVERY_SECONDS = 60 * 60


class EngineConfig(AppConfig):
    name = "apps.engine"
    verbose_name = _("Engine")

    def ready(self) -> None:
        from apps.approvals.actions import watch
        from apps.approvals.conf import register_business_days, register_kind
        from apps.calendars.conf import register_follower
        from apps.comments.conf import register_topic
        from apps.comments.store import drop_left_behind
        from apps.engine.actions.checking import CHECK_KIND
        from apps.engine.actions.following import follow_calendar
        from apps.engine.actions.intervening import INTERVENTION_KIND
        from apps.engine.core.rehearsal import rehearse
        from apps.engine.dispatch import register_chore
        from apps.engine.handlers import handler_schema, handler_titles
        from apps.engine.selectors import process_of_run
        from apps.engine.selectors.notices import NOTICES
        from apps.engine.selectors.topics import topic_of_run, topic_of_step
        from apps.notices.conf import register_notice
        from apps.people.actions import end_what_is_over, forget_answers
        from apps.people.conf import register_stream
        from apps.processes import conf

        conf.register_handlers(handler_schema, handler_titles)
        conf.register_in_force_listener(_arm_starts)
        conf.register_rehearsal(rehearse)
        conf.register_step_windows(_windows_today)
        conf.register_parameters(_parameters_today)
        register_kind(INTERVENTION_KIND)
        register_kind(CHECK_KIND)
        register_business_days(_business_days_later)
        register_follower(follow_calendar)
        register_chore("approvals.watch", WATCH_EVERY_SECONDS, watch)
        register_stream("run", process_of_run)
        register_topic("run", topic_of_run)
        register_topic("step", topic_of_step)
        for notice in NOTICES:
            register_notice(notice)
        register_chore("people.grants", END_GRANTS_EVERY_SECONDS, end_what_is_over)
        register_chore("people.answers", FORGET_ANSWERS_EVERY_SECONDS, forget_answers)
        register_chore("comments.left_behind", DROP_LEFT_BEHIND_EVERY_SECONDS, drop_left_behind)


def _arm_starts(process_id: int) -> None:
    from apps.engine.actions import arm_starts  # not before the models are ready

    arm_starts(process_id=process_id)


def _windows_today(line_id: int, process_id: int) -> "dict[str, Window]":
    from apps.engine.selectors.windows import windows_today  # not before the models are ready

    return windows_today(line_id, process_id)


def _parameters_today(process_ids: "Iterable[int]") -> "dict[int, Parameters]":
    from apps.engine.selectors.windows import parameters_today  # not before the models are ready

    return parameters_today(process_ids)


def _business_days_later(instant: datetime, days: int) -> datetime:
    from apps.approvals.core.due import weekdays_later
    from apps.calendars.selectors import business_days_later
    from apps.engine.conf import conf
    from apps.kernel.errors import DomainError

    try:
        return business_days_later(conf.BUSINESS_CALENDAR, instant, days)
    except DomainError:
        return weekdays_later(instant, days)  # nobody keeps that calendar
