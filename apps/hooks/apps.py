from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HooksConfig(AppConfig):
    name = "apps.hooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from apps.engine.dispatch import register_loop
        from apps.hooks.tasks import Courier, couriers_here

        for _number in range(couriers_here()):
            register_loop(Courier)
