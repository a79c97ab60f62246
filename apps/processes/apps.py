from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    name = "apps.processes"
    verbose_name = _("Processes")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.processes.actions.versions import VERSION_KIND

        register_kind(VERSION_KIND)
