from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

WATCH_EVERY_SECONDS = 10.0


class MonitorsConfig(AppConfig):
    name = "apps.monitors"
    verbose_name = _("Monitors")

    def ready(self) -> None:
        from apps.changes.conf import ImpactPart, register_impact_part, register_item_forms, register_item_kind
        from apps.comments.conf import register_topic
        from apps.engine.dispatch import register_chore
        from apps.monitors.actions import ThresholdItems, watch_monitors
        from apps.monitors.conf import register_metric
        from apps.monitors.selectors import METRICS, monitors_of_lines, topic_of_alert
        from apps.monitors.selectors.notices import ALARM
        from apps.notices.conf import register_notice

        for metric in METRICS:
            register_metric(metric)
        register_item_kind(ThresholdItems())
        register_item_forms("apps.monitors.forms.FORMS")
        register_impact_part(ImpactPart("monitors", _("Monitors of these lines"), monitors_of_lines))
        register_notice(ALARM)
        register_topic("alert", topic_of_alert)
        register_chore("monitors.watch", WATCH_EVERY_SECONDS, watch_monitors)
