from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

SEND_EVERY_SECONDS = 5.0
"""How often the counter is told of corrections that were posted since."""


class LinesConfig(AppConfig):
    name = "apps.lines"
    verbose_name = _("Business lines")

    def ready(self) -> None:
        for line in (
            "",
            "rtgs.",
            "rtgs_shenzhen.",
            "fund_shenzhen.",
            "options_margin.",
            "bond_lending.",
            "fund_distribution.",
            "agency.",
            "precious_metals.",
            "preferred_stock.",
            "preclearing.",
            "funds_monitoring.",
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
        from apps.lines.uplifts.actions import UpliftItems

        register_item_kind(UpliftItems())
        register_item_forms("apps.lines.uplifts.forms.FORMS")
        from apps.lines.products.actions import KINDS
        from apps.lines.products.selectors import comparable_tables as product_tables

        for kind in KINDS:
            register_item_kind(kind)
        register_item_forms("apps.lines.products.forms.FORMS")

        from apps.lines.fund_distribution.selectors import used_of_lines
        from apps.monitors.conf import Metric, register_metric

        meaning = _("How far the fullest advance line of the day is used.")
        register_metric(Metric("advances.line_used", _("Use of the advance line"), _("percent"), meaning, used_of_lines))

        from apps.lines.agency.selectors import postponed_of_lines

        meaning = _("How many agency items of the day are postponed.")
        register_metric(Metric("agency.postponed", _("Postponed agency items"), _("items"), meaning, postponed_of_lines))

        from apps.lines.preferred_stock.selectors.figures import open_legs_of_lines

        meaning = _("How many legs of preferred stock claims are due and open.")
        register_metric(Metric("preferred.open_legs", _("Open legs of preferred stock"), _("legs"), meaning, open_legs_of_lines))

        from apps.lines.rtgs_shenzhen.selectors import undecided_of_lines

        meaning = _("How many failed gross trades of the day nobody has decided about.")
        title = _("Undecided failed gross trades")
        register_metric(Metric("rtgs_shenzhen.undecided", title, _("trades"), meaning, undecided_of_lines))
        from apps.lines.preclearing.selectors import comparable_tables as preclearing_tables
        from apps.lines.preclearing.selectors import outside_of_lines, short_of_lines

        for table in preclearing_tables():
            register_table(table)
        meaning = _("How many reserve accounts are short at the fund check of pre-clearing.")
        register_metric(Metric("preclearing.short", _("Short accounts of pre-clearing"), _("accounts"), meaning, short_of_lines))
        meaning = _("How many reserve accounts ended outside the tolerance of pre-clearing.")
        register_metric(Metric("preclearing.outside", _("Pre-clearing variances"), _("accounts"), meaning, outside_of_lines))
        from apps.lines.fund_shenzhen.selectors import comparable_tables as fund_tables
        from apps.lines.fund_shenzhen.selectors import unsettled_of_lines

        for table in fund_tables():
            register_table(table)
        meaning = _("How many amounts of fund money did not settle, and nobody has decided about them.")
        title = _("Undecided fund money")
        register_metric(Metric("fund_shenzhen.unsettled", title, _("amounts"), meaning, unsettled_of_lines))
        from apps.engine.dispatch import register_chore
        from apps.lines.funds_monitoring.dispatch import ASK_EVERY_SECONDS, watch_funds
        from apps.lines.funds_monitoring.selectors.comparing import funds_tables
        from apps.lines.funds_monitoring.selectors.figures import short_of_lines as short_of_funds
        from apps.lines.funds_monitoring.selectors.figures import tight_of_lines, urgent_of_lines

        for key, name, meaning, measure in (
            ("funds.urgent", _("Urgently short accounts"), _("Accounts short shortly before the last top-up."), urgent_of_lines),
            ("funds.short", _("Short accounts"), _("Accounts that cannot pay what is due on the day."), short_of_funds),
            ("funds.tight", _("Barely covered accounts"), _("Accounts whose cover is below the limit."), tight_of_lines),
        ):
            register_metric(Metric(key, name, _("accounts"), meaning, measure))
        for table in funds_tables():
            register_table(table)
        from apps.lines.agency.selectors.comparing import comparable_tables as agency_tables
        from apps.lines.bond_lending.selectors import comparable_tables as lending_tables
        from apps.lines.preferred_stock.selectors.comparing import comparable_tables as preferred_tables

        for table in (*agency_tables(), *lending_tables(), *product_tables(), *preferred_tables()):
            register_table(table)
        register_chore("lines.funds", ASK_EVERY_SECONDS, watch_funds)
        from apps.lines.parameters.selectors import unchecked_of_lines, unsigned_of_lines

        meaning = _("How many differences of parameters nobody has signed on the day.")
        register_metric(Metric("parameters.unsigned", _("Unsigned parameters"), _("differences"), meaning, unsigned_of_lines))
        meaning = _("1 as long as the parameter check of the day has not ended.")
        register_metric(Metric("parameters.unchecked", _("Parameter check owed"), _("checks"), meaning, unchecked_of_lines))

        from apps.approvals.conf import register_kind
        from apps.lines.agency.selectors import corrected_tables as of_agency
        from apps.lines.corrections.actions import CORRECTION_KIND, send_corrections
        from apps.lines.corrections.conf import register_corrected
        from apps.lines.fund_shenzhen.selectors import corrected_tables as of_fund_shenzhen
        from apps.lines.preclearing.selectors import corrected_tables as of_preclearing
        from apps.lines.rtgs.selectors import corrected_tables as of_rtgs
        from apps.lines.rtgs_shenzhen.selectors import corrected_tables as of_rtgs_shenzhen

        for declared in (*of_rtgs(), *of_agency(), *of_rtgs_shenzhen(), *of_fund_shenzhen(), *of_preclearing()):
            register_corrected(declared)
        register_kind(CORRECTION_KIND)
        register_chore("lines.corrections", SEND_EVERY_SECONDS, send_corrections)

        if plays_market():
            from apps.lines.dispatch import ATTEND_EVERY_SECONDS, attend_markets

            register_chore("lines.market", ATTEND_EVERY_SECONDS, attend_markets)
