from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "apps.approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        from apps.approvals.selectors import place_at_approval, process_of_approval, topic_of_approval
        from apps.approvals.selectors.notices import NOTICES
        from apps.comments.conf import register_topic
        from apps.notices.conf import register_notice
        from apps.people.conf import register_places, register_stream

        register_stream("approval", process_of_approval)
        register_places("approval", place_at_approval)
        register_topic("approval", topic_of_approval)
        for notice in NOTICES:
            register_notice(notice)
