"""Alarms as they are told of outside."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.journal.models import Entry
from apps.monitors.models import Monitor
from apps.notices.conf import Notice, Told
from apps.people.selectors import people_with
from apps.people.states import Right


def _tell_alarms(entry: Entry) -> Told | None:
    """Everybody who may see the line and has chosen to be told."""
    monitor = Monitor.objects.filter(code=entry.data["code"]).select_related("line").first()
    if monitor is None:
        return None
    over = entry.kind == "monitor.cleared"
    words = ("恢复正常", "Back to normal") if over else ("监控报警", "A threshold was reached")
    value = entry.data["value"]
    titles = f"{words[0]}：{monitor.name_zh} = {value}", f"{words[1]}: {monitor.name_en} = {value}"
    people = list(people_with(Right.VIEW, monitor.line).values_list("pk", flat=True))
    return Told(people, monitor.line, *titles, reverse("monitor", args=[monitor.pk]))


ALARM = Notice("alarm", _("Monitors of my lines"), frozenset({"monitor.breached", "monitor.cleared"}), _tell_alarms)
"""Registered when the app starts."""
