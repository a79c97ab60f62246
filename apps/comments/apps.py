from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "apps.comments"
    verbose_name = _("Comments")

    def ready(self) -> None:
        from apps.comments.selectors import MENTION, process_of_thread
        from apps.notices.conf import register_notice
        from apps.people.conf import register_stream

        register_stream("comment", process_of_thread)
        register_notice(MENTION)
