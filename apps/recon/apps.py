from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReconConfig(AppConfig):
    name = "apps.recon"
    verbose_name = _("Reconciliation")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.comments.conf import register_topic
        from apps.monitors.conf import Metric, register_metric
        from apps.recon import handlers  # noqa: F401  # registers its steps
        from apps.recon.actions import BREAK_KIND, STATEMENT_KIND
        from apps.recon.selectors import links_of_ticket, open_breaks_by_line, topic_of_break
        from apps.tickets.conf import register_links

        register_kind(BREAK_KIND)
        register_kind(STATEMENT_KIND)
        register_links("breaks", links_of_ticket)

        register_topic("break", topic_of_break)
        meaning = _("Differences that a reconciliation found and that nobody has explained.")
        register_metric(Metric("breaks.open", _("Unexplained breaks"), _("breaks"), meaning, open_breaks_by_line))
