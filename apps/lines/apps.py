from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LinesConfig(AppConfig):
    name = "apps.lines"
    verbose_name = _("Business lines")

    def ready(self) -> None:
        for line in (
            "",
            "rtgs.",
            "options_margin.",
            "bond_lending.",
            "fund_distribution.",
            "agency.",
            "precious_metals.",
            "preferred_stock.",
            "parameters.",
        ):
            import_module(f"apps.lines.{line}handlers")
        from apps.changes.conf import register_item_forms, register_item_kind
        from apps.lines.conf import plays_market
        from apps.lines.fees.actions import RateItems
        from apps.lines.selectors import comparable_tables
        from apps.recon.conf import register_table

        for table in comparable_tables():
            register_table(table)

        register_item_kind(RateItems())
        register_item_forms("apps.lines.fees.forms.FORMS")

        from apps.lines.fund_distribution.selectors import used_of_lines
        from apps.monitors.conf import Metric, register_metric

        meaning = _("How far the fullest advance line of the day is used.")
        register_metric(Metric("advances.line_used", _("Use of the advance line"), _("percent"), meaning, used_of_lines))

        from apps.lines.agency.selectors import postponed_of_lines

        meaning = _("How many agency items of the day are postponed.")
        register_metric(Metric("agency.postponed", _("Postponed agency items"), _("items"), meaning, postponed_of_lines))

        from apps.lines.preferred_stock.selectors import open_legs_of_lines

        meaning = _("How many legs of preferred stock claims are due and open.")
        register_metric(Metric("preferred.open_legs", _("Open legs of preferred stock"), _("legs"), meaning, open_legs_of_lines))

        from apps.lines.parameters.selectors import unchecked_of_lines, unsigned_of_lines

        meaning = _("How many differences of parameters nobody has signed on the day.")
        register_metric(Metric("parameters.unsigned", _("Unsigned parameters"), _("differences"), meaning, unsigned_of_lines))
        meaning = _("1 as long as the parameter check of the day has not ended.")
        register_metric(Metric("parameters.unchecked", _("Parameter check owed"), _("checks"), meaning, unchecked_of_lines))

        if plays_market():
            from apps.engine.dispatch import register_chore
            from apps.lines.dispatch import ATTEND_EVERY_SECONDS, attend_markets

            register_chore("lines.market", ATTEND_EVERY_SECONDS, attend_markets)
