from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "apps.desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from apps.comments.conf import register_topic
        from apps.desk import store
        from apps.desk.selectors import inbox_count
        from apps.desk.selectors.entries import topic_of_entry
        from apps.hooks.conf import register_inbox
        from apps.journal.conf import register_follower

        register_inbox(inbox_count)
        register_topic("entry", topic_of_entry)
        register_follower("find", store.FOLLOWED, store.follow)
