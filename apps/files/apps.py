from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SCAN_EVERY_SECONDS, LATE_EVERY_SECONDS = 2, 10


class FilesConfig(AppConfig):
    name = "apps.files"
    verbose_name = _("Files")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.engine.dispatch import register_chore
        from apps.files.actions import LATE_FILE_KIND, scan_due_sources, tell_late_files

        register_chore("files.scan", SCAN_EVERY_SECONDS, scan_due_sources)
        register_chore("files.late", LATE_EVERY_SECONDS, tell_late_files)
        register_kind(LATE_FILE_KIND)
