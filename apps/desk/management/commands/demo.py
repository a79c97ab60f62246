"""`manage.py demo`: people, calendars, catalogue, the business line and a day of market files to try everything with."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from apps.calendars.actions import load_calendar_facts
from apps.desk.selectors import last_completed_business_day
from apps.files.actions import load_catalogue
from apps.files.conf import from_data_folder
from apps.lines.agency import actions as agency_actions
from apps.lines.agency import conf as agency
from apps.lines.bond_lending import actions as bond_lending
from apps.lines.bond_lending import conf as lending
from apps.lines.fees.actions import load_fee_rates
from apps.lines.fund_distribution import actions as fund_distribution
from apps.lines.fund_distribution import conf as advances
from apps.lines.fund_distribution.selectors import answer_day
from apps.lines.fund_shenzhen import actions as fund_shenzhen_actions
from apps.lines.fund_shenzhen import conf as fund_shenzhen
from apps.lines.funds_monitoring import actions as funds_monitoring
from apps.lines.funds_monitoring import conf as funds
from apps.lines.options_margin import actions as options_margin
from apps.lines.options_margin import conf as options
from apps.lines.parameters import actions as parameter_check
from apps.lines.precious_metals import actions as precious_metals
from apps.lines.precious_metals import conf as metals
from apps.lines.preclearing import actions as preclearing_actions
from apps.lines.preclearing import conf as preclearing
from apps.lines.preferred_stock import actions as preferred_actions
from apps.lines.preferred_stock import conf as preferred
from apps.lines.products.actions import load_demo_products, load_product_rules
from apps.lines.products.conf import FIRST_DAY
from apps.lines.products.conf import LINE as TRUST_PRODUCTS
from apps.lines.rtgs import actions as rtgs_actions
from apps.lines.rtgs import conf as rtgs
from apps.lines.rtgs_shenzhen import actions as shenzhen_actions
from apps.lines.rtgs_shenzhen import conf as shenzhen
from apps.people.actions import load_demo_people
from apps.people.models import BusinessLine
from apps.recon.actions import load_definitions
from apps.shifts.actions import load_demo_roster

AUTHOR, APPROVER, ADMIN = "chen.jing", "zhao.gang", "admin"
INSTRUCTIONS, ACCOUNTS, CONTRACTS, REQUESTS, ITEMS, TRADES, HOLDERS = 200, 60, 60, 60, 60, 60, 20
PRODUCTS = 400
SEED = 1
LINES: dict[str, Any] = {
    "RTGS settlement Shanghai": rtgs_actions,
    "RTGS settlement Shenzhen": shenzhen_actions,
    "Fund settlement Shenzhen": fund_shenzhen_actions,
    "Options margin": options_margin,
    "Exchange bond lending": bond_lending,
    "Fund distribution T+0": fund_distribution,
    "Agency payments": agency_actions,
    "Gold and precious metals": precious_metals,
    "Preferred stock": preferred_actions,
    "Pre-clearing Shanghai": preclearing_actions,
    "Funds settlement monitoring": funds_monitoring,
    "Parameter check": parameter_check,
}
"""The actions of each line by what the command calls it."""


class Command(BaseCommand):
    help = "Loads the demonstration; run again it changes nothing that is there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-files", action="store_true", help="leave the incoming folder as it is")

    def handle(self, *args: Any, no_files: bool, **options: Any) -> None:
        translation.activate("en")
        people = load_demo_people()
        if not people:
            raise CommandError("The settings name no password for demonstration people: this installation has none.")
        self.stdout.write(f"  {len(people)} people in two teams")
        load_calendar_facts()
        self.stdout.write("  calendars of the exchanges and the banks, time nodes")
        families = load_catalogue()
        self.stdout.write(f"  {families} families of market files")
        for name, line in LINES.items():
            versions = line.install(author=people[AUTHOR], approver=people[APPROVER])
            published = ", ".join(f"{version.process.key} v{version.number}" for version in versions)
            self.stdout.write(f"  {name}{': published ' + published if published else ', unchanged'}")
        self.stdout.write(f"  {load_definitions()} new reconciliation definitions")
        self.stdout.write(f"  {load_fee_rates()} new rates of fees")
        self.stdout.write(f"  {load_product_rules()} new product classes, tables and rules")
        owner = BusinessLine.objects.get(code=TRUST_PRODUCTS)
        self.stdout.write(f"  {load_demo_products(owner, PRODUCTS, SEED, FIRST_DAY)} new simulated products")
        templates = sum(line.install_templates(actor=people[ADMIN]) for line in LINES.values())
        self.stdout.write(f"  {templates} new templates")
        duties = load_demo_roster(keeper=people[ADMIN])
        self.stdout.write(f"  two sites, two shifts, {duties} new duties in the roster")
        if not no_files:
            self._write_market_files()

    def _write_market_files(self) -> None:
        day = last_completed_business_day()
        facts = {"date": day, "seed": SEED, "stages": ["morning", "evening"]}
        self._simulate(rtgs.LINE, rtgs.SOURCES, instructions=INSTRUCTIONS, **facts)
        stages = ["morning", "results", "evening"]
        self._simulate(shenzhen.LINE, shenzhen.SOURCES, instructions=INSTRUCTIONS, date=day, seed=SEED, stages=stages)
        stages = ["morning", "evening", "counter"]
        self._simulate(fund_shenzhen.LINE, fund_shenzhen.SOURCES, items=ITEMS, date=day, seed=SEED, stages=stages)
        self._simulate(options.LINE, options.SOURCES, accounts=ACCOUNTS, **facts)
        self._simulate(lending.LINE, lending.SOURCES, contracts=CONTRACTS, **facts)
        self._simulate(agency.LINE, agency.SOURCES, items=ITEMS, date=day, seed=SEED, stages=["morning", "second", "evening"])
        self._simulate(metals.LINE, metals.SOURCES, trades=TRADES, **facts)
        stages = ["morning", "evening"]
        for line in preferred.MARKETS:
            self._simulate(line, preferred.sources_of(line), holders=HOLDERS, date=day, seed=SEED, stages=stages)
        stages = ["close", "first", "query", "evening"]
        self._simulate(preclearing.LINE, preclearing.SOURCES, trades=TRADES, date=day, seed=SEED, stages=stages)
        self._simulate(funds.LINE, funds.SOURCES, date=day, seed=SEED, stages=["evening"])
        settles = funds.SOURCES.format(date=answer_day(day).strftime("%Y%m%d"))
        self._simulate(funds.LINE, settles, date=day, seed=SEED, stages=["unlock"])
        asked = {"date": day, "seed": SEED, "requests": REQUESTS}
        self._simulate(advances.LINE, advances.SOURCES, stages=["morning", "receipts"], **asked)
        answers = advances.SOURCES.format(date=answer_day(day).strftime("%Y%m%d"))
        self._simulate(advances.LINE, answers, stages=["confirmations", "money"], **asked)

    def _simulate(self, line: str, sources: str, **facts: Any) -> None:
        day = facts["date"]
        folder: Path = from_data_folder(sources.format(date=day.strftime("%Y%m%d")))
        if folder.exists() and any(folder.iterdir()):
            self.stdout.write(f"  market files of {line} for {day.isoformat()} are there")
            return
        call_command("market", "simulate", line=line, out=folder, verbosity=0, stdout=_Quiet(), **facts)
        self.stdout.write(f"  a day of market files of {line} for {day.isoformat()} in {folder}")


class _Quiet:
    def write(self, text: str) -> None:
        return None
