from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "apps.tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.comments.conf import register_topic
        from apps.notices.conf import register_notice
        from apps.tickets.actions import TICKET_KIND
        from apps.tickets.selectors.topics import TICKET_NOTICE, topic_of_ticket

        register_kind(TICKET_KIND)
        register_topic("ticket", topic_of_ticket)
        register_notice(TICKET_NOTICE)
