from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    name = "apps.processes"
    verbose_name = _("Processes")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.comments.conf import register_topic
        from apps.people.conf import ProcessGrants, register_places, register_process_grants, register_stream
        from apps.processes import models
        from apps.processes.actions.versions import VERSION_KIND
        from apps.processes.selectors import process_with_key
        from apps.processes.selectors.presence import place_at_process
        from apps.processes.selectors.topics import topic_of_version

        register_kind(VERSION_KIND)
        register_process_grants(
            ProcessGrants(models.ProcessUserObjectPermission, models.ProcessGroupObjectPermission, models.Process)
        )
        register_stream("process", process_with_key)
        register_places("process", place_at_process)
        register_topic("version", topic_of_version)
