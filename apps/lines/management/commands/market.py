"""`manage.py market simulate` writes a day of market files; `manage.py market respond` answers the ticks that were sent."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.lines.agency.conf import LINE as AGENCY_LINE
from apps.lines.agency.core.simulated import FEWEST as FEWEST_ITEMS
from apps.lines.agency.core.simulated import Fault as AgencyFault
from apps.lines.agency.core.simulated_files import STAGES as AGENCY_STAGES
from apps.lines.bond_lending.conf import LINE as LENDING_LINE
from apps.lines.bond_lending.core.simulated import Fault as LendingFault
from apps.lines.bond_lending.core.simulated_files import STAGES as LENDING_STAGES
from apps.lines.core.market.files import STAGES
from apps.lines.core.market.world import Fault
from apps.lines.dispatch import (
    answer_ticks,
    simulate_advances_day,
    simulate_agency_day,
    simulate_day,
    simulate_fund_settlement_day,
    simulate_funds_day,
    simulate_lending_day,
    simulate_metals_day,
    simulate_options_day,
    simulate_preclearing_day,
    simulate_preferred_day,
    simulate_shenzhen_day,
)
from apps.lines.errors import NoSimulatedDay
from apps.lines.fund_distribution.conf import LINE as ADVANCES_LINE
from apps.lines.fund_distribution.core.simulated import Fault as AdvancesFault
from apps.lines.fund_distribution.core.simulated_files import STAGES as ADVANCES_STAGES
from apps.lines.fund_shenzhen.conf import LINE as FUND_SETTLEMENT_LINE
from apps.lines.fund_shenzhen.core.simulated import FEWEST as FEWEST_AMOUNTS
from apps.lines.fund_shenzhen.core.simulated import Fault as FundSettlementFault
from apps.lines.fund_shenzhen.core.simulated_files import STAGES as FUND_SETTLEMENT_STAGES
from apps.lines.funds_monitoring.conf import LINE as FUNDS_LINE
from apps.lines.funds_monitoring.core.simulated import Fault as FundsFault
from apps.lines.funds_monitoring.core.simulated_files import STAGES as FUNDS_STAGES
from apps.lines.options_margin.conf import LINE as OPTIONS_LINE
from apps.lines.options_margin.core.simulated import Fault as OptionsFault
from apps.lines.options_margin.core.simulated_files import STAGES as OPTIONS_STAGES
from apps.lines.precious_metals.conf import LINE as METALS_LINE
from apps.lines.precious_metals.core.simulated import Fault as MetalsFault
from apps.lines.precious_metals.core.simulated_files import STAGES as METALS_STAGES
from apps.lines.preclearing.conf import LINE as PRECLEARING_LINE
from apps.lines.preclearing.core.simulated import FEWEST as FEWEST_TRADES
from apps.lines.preclearing.core.simulated import Fault as PreclearingFault
from apps.lines.preclearing.core.simulated_files import STAGES as PRECLEARING_STAGES
from apps.lines.preferred_stock.conf import MARKETS as PREFERRED_MARKETS
from apps.lines.preferred_stock.core.simulated import FEWEST as FEWEST_HOLDERS
from apps.lines.preferred_stock.core.simulated import Fault as PreferredFault
from apps.lines.preferred_stock.core.simulated_files import STAGES as PREFERRED_STAGES
from apps.lines.rtgs_shenzhen.conf import LINE as SHENZHEN_LINE
from apps.lines.rtgs_shenzhen.core.simulated import FEWEST as FEWEST_GROSS
from apps.lines.rtgs_shenzhen.core.simulated import Fault as ShenzhenFault
from apps.lines.rtgs_shenzhen.core.simulated_files import STAGES as SHENZHEN_STAGES
from apps.lines.settlement_funds.conf import LINE as MONEY_LINE
from apps.lines.settlement_funds.core.simulated import FEWEST as FEWEST_CLIENTS
from apps.lines.settlement_funds.core.simulated import MOST as MOST_CLIENTS
from apps.lines.settlement_funds.core.simulated import Fault as MoneyFault
from apps.lines.settlement_funds.dispatch import simulate_money_day

MOST_INSTRUCTIONS = 1_000_000
MOST_ACCOUNTS = 200_000
FEWEST_CONTRACTS, MOST_CONTRACTS = 6, 100_000
MOST_REQUESTS = 100_000
MOST_ITEMS = 100_000
MOST_TRADES = 100_000
MOST_HOLDERS = 9_000
MOST_GROSS = 100_000
FAULTS = {
    "rtgs-sh": Fault,
    OPTIONS_LINE: OptionsFault,
    LENDING_LINE: LendingFault,
    ADVANCES_LINE: AdvancesFault,
    AGENCY_LINE: AgencyFault,
    METALS_LINE: MetalsFault,
    **dict.fromkeys(PREFERRED_MARKETS, PreferredFault),
    SHENZHEN_LINE: ShenzhenFault,
    PRECLEARING_LINE: PreclearingFault,
    FUNDS_LINE: FundsFault,
    MONEY_LINE: MoneyFault,
    FUND_SETTLEMENT_LINE: FundSettlementFault,
}
STAGES_OF = [
    STAGES,
    ADVANCES_STAGES,
    AGENCY_STAGES,
    METALS_STAGES,
    PREFERRED_STAGES,
    SHENZHEN_STAGES,
    PRECLEARING_STAGES,
    FUNDS_STAGES,
    FUND_SETTLEMENT_STAGES,
]
ALL_STAGES = list(dict.fromkeys(stage for stages in STAGES_OF for stage in stages))


class Command(BaseCommand):
    help = "Plays the market: writes a consistent day of files in the official layouts, with faults on request."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        simulate = verbs.add_parser("simulate", help="write the files of a day")
        _shared(simulate)
        simulate.add_argument("--seed", type=int, default=1)
        simulate.add_argument("--instructions", type=int, default=200)
        simulate.add_argument("--accounts", type=int, default=200, help="accounts of options margin")
        simulate.add_argument("--contracts", type=int, default=60, help="contracts of bond lending")
        simulate.add_argument("--requests", type=int, default=60, help="requests of fund distribution")
        simulate.add_argument("--items", type=int, default=60, help="items of agency payments, amounts of fund settlement")
        simulate.add_argument("--trades", type=int, default=60, help="trades in precious metals or of pre-clearing")
        simulate.add_argument("--clients", type=int, default=24, help="clients of settlement funds")
        simulate.add_argument("--holders", type=int, default=20, help="holders of each event of preferred stock")
        simulate.add_argument("--continued", action="store_true", help="fund settlement: the day before was simulated too")
        faults = sorted({fault.value for known in FAULTS.values() for fault in known})
        simulate.add_argument("--fault", action="append", default=[], choices=faults)
        simulate.add_argument(
            "--stages", nargs="+", default=["morning", "results", "evening"], choices=ALL_STAGES, help="which part of the day"
        )
        respond = verbs.add_parser("respond", help="answer the tick lists that were sent")
        _shared(respond)
        respond.add_argument("--ticks", type=Path, required=True, help="folder of the tick lists that Clearway sent")

    def handle(self, **options: Any) -> None:
        day, out = options["date"], options["out"]
        try:
            out.mkdir(parents=True, exist_ok=True)
            if options["verb"] == "simulate":
                written = self._simulate(day, out, options)
            else:
                written = answer_ticks(day=day, out=out, ticks=options["ticks"])
        except OSError as fault:
            raise CommandError(f"{fault.strerror}: {fault.filename}") from fault
        except NoSimulatedDay as refusal:
            raise CommandError(str(refusal)) from refusal
        for name, size in written.items():
            self.stdout.write(f"{size:>12,}  {out / name}")

    def _simulate(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        known = {fault.value for fault in FAULTS[options["line"]]}
        strange = sorted(set(options["fault"]) - known)
        if strange:
            raise CommandError(f"--fault {strange[0]} is none of {options['line']}: {', '.join(sorted(known))}")
        plays = {
            OPTIONS_LINE: self._simulate_options,
            LENDING_LINE: self._simulate_lending,
            ADVANCES_LINE: self._simulate_advances,
            AGENCY_LINE: self._simulate_agency,
            METALS_LINE: self._simulate_metals,
            SHENZHEN_LINE: self._simulate_shenzhen,
            PRECLEARING_LINE: self._simulate_preclearing,
            FUND_SETTLEMENT_LINE: self._simulate_fund_settlement,
            FUNDS_LINE: self._simulate_funds,
            MONEY_LINE: self._simulate_money,
            **dict.fromkeys(PREFERRED_MARKETS, self._simulate_preferred),
        }
        if options["line"] in plays:
            return plays[options["line"]](day, out, options)
        if not 1 <= options["instructions"] <= MOST_INSTRUCTIONS:
            raise CommandError(f"--instructions is a number from 1 to {MOST_INSTRUCTIONS}")
        facts = {name: options[name] for name in ("seed", "instructions")}
        return simulate_day(day=day, out=out, faults=options["fault"], stages=_of(STAGES, options), **facts)

    def _simulate_funds(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        stages = _of(FUNDS_STAGES, options)
        return simulate_funds_day(day=day, out=out, seed=options["seed"], faults=options["fault"], stages=stages)

    def _simulate_money(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_CLIENTS <= options["clients"] <= MOST_CLIENTS:
            raise CommandError(f"--clients is a number from {FEWEST_CLIENTS} to {MOST_CLIENTS}")
        facts = {name: options[name] for name in ("seed", "clients")}
        return simulate_money_day(day=day, out=out, faults=options["fault"], **facts)

    def _simulate_options(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not 1 <= options["accounts"] <= MOST_ACCOUNTS:
            raise CommandError(f"--accounts is a number from 1 to {MOST_ACCOUNTS}")
        stages = [stage for stage in options["stages"] if stage in OPTIONS_STAGES]
        facts = {name: options[name] for name in ("seed", "accounts")}
        return simulate_options_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_lending(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_CONTRACTS <= options["contracts"] <= MOST_CONTRACTS:
            raise CommandError(f"--contracts is a number from {FEWEST_CONTRACTS} to {MOST_CONTRACTS}")
        stages = [stage for stage in options["stages"] if stage in LENDING_STAGES]
        facts = {name: options[name] for name in ("seed", "contracts")}
        return simulate_lending_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_advances(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not 1 <= options["requests"] <= MOST_REQUESTS:
            raise CommandError(f"--requests is a number from 1 to {MOST_REQUESTS}")
        facts = {name: options[name] for name in ("seed", "requests")}
        stages = _of(ADVANCES_STAGES, options)
        return simulate_advances_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_agency(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_ITEMS <= options["items"] <= MOST_ITEMS:
            raise CommandError(f"--items is a number from {FEWEST_ITEMS} to {MOST_ITEMS}")
        facts = {name: options[name] for name in ("seed", "items")}
        stages = _of(AGENCY_STAGES, options)
        return simulate_agency_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_metals(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not 1 <= options["trades"] <= MOST_TRADES:
            raise CommandError(f"--trades is a number from 1 to {MOST_TRADES}")
        facts = {name: options[name] for name in ("seed", "trades")}
        stages = _of(METALS_STAGES, options)
        return simulate_metals_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_preferred(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_HOLDERS <= options["holders"] <= MOST_HOLDERS:
            raise CommandError(f"--holders is a number from {FEWEST_HOLDERS} to {MOST_HOLDERS}")
        facts = {name: options[name] for name in ("line", "seed", "holders")}
        stages = _of(PREFERRED_STAGES, options)
        return simulate_preferred_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_shenzhen(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_GROSS <= options["instructions"] <= MOST_GROSS:
            raise CommandError(f"--instructions is a number from {FEWEST_GROSS} to {MOST_GROSS}")
        facts = {name: options[name] for name in ("seed", "instructions")}
        stages = _of(SHENZHEN_STAGES, options)
        return simulate_shenzhen_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_preclearing(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_TRADES <= options["trades"] <= MOST_TRADES:
            raise CommandError(f"--trades is a number from {FEWEST_TRADES} to {MOST_TRADES}")
        facts = {name: options[name] for name in ("seed", "trades")}
        stages = _of(PRECLEARING_STAGES, options)
        return simulate_preclearing_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)

    def _simulate_fund_settlement(self, day: date, out: Path, options: dict[str, Any]) -> dict[str, int]:
        if not FEWEST_AMOUNTS <= options["items"] <= MOST_ITEMS:
            raise CommandError(f"--items is a number from {FEWEST_AMOUNTS} to {MOST_ITEMS}")
        facts = {name: options[name] for name in ("seed", "items", "continued")}
        stages = _of(FUND_SETTLEMENT_STAGES, options)
        return simulate_fund_settlement_day(day=day, out=out, faults=options["fault"], stages=stages, **facts)


def _of(known: Sequence[str], options: dict[str, Any]) -> list[str]:
    """The stages asked for that the line has; days have different ones."""
    return [stage for stage in options["stages"] if stage in known]


def _shared(parser: ArgumentParser) -> None:
    parser.add_argument("--line", default="rtgs-sh", choices=sorted(FAULTS))
    parser.add_argument("--date", type=date.fromisoformat, required=True, help="business date, YYYY-MM-DD")
    parser.add_argument("--out", type=Path, required=True, help="folder that the files are written to")
