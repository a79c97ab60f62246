from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngineConfig(AppConfig):
    name = "apps.engine"
    verbose_name = _("Engine")

    def ready(self) -> None:
        from apps.engine.core.rehearsal import rehearse
        from apps.engine.handlers import handler_schema, handler_titles
        from apps.processes.conf import register_handlers, register_in_force_listener, register_rehearsal

        register_handlers(handler_schema, handler_titles)
        register_in_force_listener(_arm_starts)
        register_rehearsal(rehearse)


def _arm_starts(process_id: int) -> None:
    from apps.engine.actions import arm_starts  # not before the models are ready

    arm_starts(process_id=process_id)
