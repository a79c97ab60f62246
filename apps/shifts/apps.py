from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShiftsConfig(AppConfig):
    name = "apps.shifts"
    verbose_name = _("Shifts")

    def ready(self) -> None:
        from apps.monitors.conf import Metric, register_metric
        from apps.people.conf import register_roster
        from apps.shifts.selectors.handing import overdue_by_line
        from apps.shifts.selectors.roster import planned_for

        meaning = _("Shifts that are over and that nobody has handed over.")
        register_metric(Metric("handovers.overdue", _("Overdue hand-overs"), _("hand-overs"), meaning, overdue_by_line))
        register_roster(planned_for)
