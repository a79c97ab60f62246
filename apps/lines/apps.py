from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinesConfig(AppConfig):
    name = "apps.lines"
    verbose_name = _("Business lines")

    def ready(self) -> None:
        for handlers in ("apps.lines.handlers", "apps.lines.rtgs.handlers"):
            import_module(handlers)
        from apps.lines.conf import plays_market

        if plays_market():
            from apps.engine.dispatch import register_chore
            from apps.lines.dispatch import ATTEND_EVERY_SECONDS, attend_markets

            register_chore("lines.market", ATTEND_EVERY_SECONDS, attend_markets)
