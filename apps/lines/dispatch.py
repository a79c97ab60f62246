"""The simulated market: writes days of files, answers tick lists, and in a demonstration attends by itself."""

import json
import logging
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from apps.files.conf import from_data_folder
from apps.kernel.errors import DomainError
from apps.lines.agency.core import simulated as agency
from apps.lines.agency.core.simulated_files import files_of as agency_files_of
from apps.lines.agency.selectors import days_from
from apps.lines.bond_lending.core import simulated as lending
from apps.lines.bond_lending.core.simulated_files import files_of as lending_files_of
from apps.lines.bond_lending.selectors import trading_day_from
from apps.lines.core.market.files import answer_to, files_of
from apps.lines.core.market.texts import read_tick_text
from apps.lines.core.market.world import Fault, World, build_world
from apps.lines.errors import NoSimulatedDay
from apps.lines.fund_distribution.core import simulated as advances
from apps.lines.fund_distribution.core.quota import Quotas
from apps.lines.fund_distribution.core.settling import Sent
from apps.lines.fund_distribution.core.simulated_files import (
    Desk,
    Payment,
    confirmation_files,
    money_files,
    morning_files,
    receipt_files,
)
from apps.lines.fund_distribution.selectors import answer_day, packaged_terms
from apps.lines.fund_distribution.store import layout_facts
from apps.lines.fund_shenzhen.core import simulated as fund_settlement
from apps.lines.fund_shenzhen.core.simulated_files import files_of as fund_settlement_files_of
from apps.lines.fund_shenzhen.store import ta_dictionary
from apps.lines.funds_monitoring import conf as funds_conf
from apps.lines.funds_monitoring.core import simulated as funds
from apps.lines.funds_monitoring.core.simulated_files import files_of as funds_files_of
from apps.lines.funds_monitoring.core.simulated_files import transfers_in
from apps.lines.options_margin.core import simulated as options
from apps.lines.options_margin.core.simulated_files import files_of as options_files_of
from apps.lines.options_margin.selectors.files import TradingDays
from apps.lines.precious_metals.core import simulated as metals
from apps.lines.precious_metals.core.simulated_files import files_of as metal_files_of
from apps.lines.precious_metals.selectors import next_trade_date, previous_trade_date
from apps.lines.precious_metals.selectors import packaged_terms as metal_terms
from apps.lines.preclearing.core import simulated as preclearing
from apps.lines.preclearing.core.simulated_files import files_of as preclearing_files_of
from apps.lines.preferred_stock.core import simulated as preferred
from apps.lines.preferred_stock.core.simulated_files import files_of as preferred_files_of
from apps.lines.rtgs import conf as rtgs
from apps.lines.rtgs_shenzhen.core import simulated as shenzhen
from apps.lines.rtgs_shenzhen.core.simulated_files import files_of as shenzhen_files_of

logger = logging.getLogger(__name__)

PLAN = ".market.json"
ANSWERED = ".answered.json"
ATTEND_EVERY_SECONDS = 2.0
FLAGS = ("fsbz", "JS.OK")


def simulate_day(
    *, day: date, out: Path, seed: int, instructions: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """Writes the files of these stages into a folder; name to size in bytes. OSError when the folder cannot be written."""
    plan = {"date": day.isoformat(), "seed": seed, "instructions": instructions, "fault": list(faults)}
    world = _world(plan)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(files_of(world, stage), out)
    (out / PLAN).write_text(json.dumps(plan), encoding="utf-8")
    return written


def simulate_shenzhen_day(
    *, day: date, out: Path, seed: int, instructions: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of RTGS Shenzhen of these stages into a folder; name to size in bytes. Trading days come from the calendar."""
    before = days_from(day)(-1)
    world = shenzhen.build_world(day=day, previous_day=before, seed=seed, instructions=instructions, faults=faults)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(shenzhen_files_of(world, stage), out)
    return written


def simulate_fund_settlement_day(
    *, day: date, out: Path, seed: int, items: int, faults: Sequence[str], stages: Sequence[str], continued: bool = False
) -> dict[str, int]:
    """The files of fund settlement Shenzhen of these stages into a folder; name to size in bytes. `continued`: the trading day
    before was simulated as well, and what it left due is paid."""
    chosen = [fund_settlement.Fault(name) for name in faults]
    world = fund_settlement.build_world(day=day, shift=days_from(day), seed=seed, items=items, faults=chosen, continued=continued)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(fund_settlement_files_of(world, stage, ta_dictionary()), out)
    return written


def simulate_options_day(
    *, day: date, out: Path, seed: int, accounts: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of options margin of these stages into a folder; name to size in bytes. Trading days come from the calendar."""
    world = options.build_world(
        day=day,
        seed=seed,
        accounts=accounts,
        trading_days=TradingDays(day),
        faults=[options.Fault(name) for name in faults],
    )
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(options_files_of(world, stage), out)
    return written


def simulate_lending_day(
    *, day: date, out: Path, seed: int, contracts: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of bond lending of these stages into a folder; name to size in bytes. Everything that is due is returned."""
    world = lending.build_world(
        day=day,
        seed=seed,
        contracts=contracts,
        next_trading_day=trading_day_from,
        faults=[lending.Fault(name) for name in faults],
    )
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(lending_files_of(world, stage), out)
    return written


def simulate_agency_day(
    *, day: date, out: Path, seed: int, items: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of agency payments of these stages into a folder; name to size in bytes. Trading days come from the calendar."""
    chosen = [agency.Fault(name) for name in faults]
    world = agency.build_world(day=day, shift=days_from(day), seed=seed, items=items, faults=chosen)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(agency_files_of(world, stage), out)
    return written


def simulate_preferred_day(
    *, line: str, day: date, out: Path, seed: int, holders: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of preferred stock in the market of a line, of these stages, into a folder; name to size in bytes.

    Trading days come from the calendar.
    """
    chosen = [preferred.Fault(name) for name in faults]
    world = preferred.build_world(day=day, shift=days_from(day), seed=seed, holders=holders, faults=chosen, line=line)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(preferred_files_of(world, stage), out)
    return written


def simulate_preclearing_day(
    *, day: date, out: Path, seed: int, trades: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of pre-clearing of these stages into a folder; name to size in bytes. Trading days come from the calendar."""
    chosen = [preclearing.Fault(name) for name in faults]
    world = preclearing.build_world(day=day, shift=days_from(day), seed=seed, trades=trades, faults=chosen)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(preclearing_files_of(world, stage), out)
    return written


def simulate_funds_day(*, day: date, out: Path, seed: int, faults: Sequence[str], stages: Sequence[str]) -> dict[str, int]:
    """The files of funds monitoring of these stages into a folder; name to size in bytes.

    Receipts answer what was sent for this date; `receipts` and `unlock` carry the date of the next trading day.
    """
    shift = days_from(day)
    chosen = [funds.Fault(name) for name in faults]
    world = funds.build_world(day=day, previous_day=shift(-1), settles=shift(1), seed=seed, faults=chosen)
    sent = sorted(from_data_folder(funds_conf.OUTGOING.format(date=f"{day:%Y%m%d}")).glob("zcdb*"))
    transfers = [one for path in sent for one in transfers_in(path.read_bytes())]
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(funds_files_of(world, stage, transfers), out)
    return written


def simulate_advances_day(
    *, day: date, out: Path, seed: int, requests: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of fund distribution of these stages into a folder; name to size in bytes.

    Everything that the packaged terms grant is paid and ordered. Confirmations and money carry the date of the next trading day.
    """
    chosen = [advances.Fault(name) for name in faults]
    world = advances.build_world(day=day, answer_day=answer_day(day), seed=seed, requests=requests, faults=chosen)
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(advance_files(world, stage), out)
    return written


def simulate_metals_day(
    *, day: date, out: Path, seed: int, trades: int, faults: Sequence[str], stages: Sequence[str]
) -> dict[str, int]:
    """The files of gold and precious metals of these stages into a folder; name to size in bytes. Rates are the packaged ones."""
    world = metals.build_world(
        day=day,
        previous_day=previous_trade_date(day),
        next_day=next_trade_date(day),
        terms=metal_terms().known(day),
        seed=seed,
        trades=trades,
        faults=[metals.Fault(name) for name in faults],
    )
    written: dict[str, int] = {}
    for stage in stages:
        written |= _write(metal_files_of(world, stage), out)
    return written


def advance_files(world: advances.World, stage: str) -> dict[str, bytes]:
    """The files of one stage when everything that the packaged terms grant is paid and ordered."""
    terms = packaged_terms()
    agreements, lines = ({one.fund: one for one in world.agreements}, {one.bank: one for one in world.lines})
    quotas = Quotas(terms=terms, agreements=agreements, lines=lines, used=world.used)
    granted = [one for one in quotas.decided(world.requests) if one.granted]
    unpaid = world.faults & {advances.Fault.FAILED_PAYMENT, advances.Fault.STUCK_PAYMENT, advances.Fault.WRONG_RECEIPT}
    sent = [
        Sent(number=one.request.number, fund=one.request.fund, units=one.units, amount=one.granted)
        for one in (granted[1:] if unpaid else granted)
    ]
    desk = Desk(layout_facts()["ofd"], terms.settlement_account, min(terms.money_types))
    held_back = advances.Fault.LATE_CONFIRMATIONS in world.faults
    if stage == "morning":
        return morning_files(world)
    if stage == "receipts":
        return receipt_files(world, [Payment(one.request.number, one.granted) for one in granted])
    if stage == "money":
        return money_files(world, sent, desk)
    return confirmation_files(world, sent, desk) if held_back is (stage == "late") else {}


def answer_ticks(*, day: date, out: Path, ticks: Path) -> dict[str, int]:
    """Writes the results for the instructions that the tick lists in `ticks` name, for a day simulated in `out`.

    Name to size in bytes, empty without a tick list. Raises NoSimulatedDay.
    """
    try:
        plan = json.loads((out / PLAN).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as fault:
        raise NoSimulatedDay(folder=str(out)) from fault
    if plan["date"] != day.isoformat():
        raise NoSimulatedDay(folder=str(out), simulated=plan["date"])
    lists = _tick_lists(ticks, day)
    if not lists:
        return {}
    ticked = {line.ref_no for path in lists for line in read_tick_text(path.read_bytes())}
    return _write(answer_to(_world(plan), ticked), out)


def attend_markets() -> None:
    """Answers every tick list of a simulated day that has not been answered yet. Days that nobody simulated are left alone."""
    for plan in from_data_folder(rtgs.SOURCES.format(date="")).glob(f"*/{PLAN}"):
        try:
            _attend(plan.parent)
        except (OSError, ValueError, DomainError):
            logger.exception("the simulated market cannot answer in %s", plan.parent)


def _attend(out: Path) -> None:
    day = datetime.strptime(out.name, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    ticks = from_data_folder(rtgs.OUTGOING.format(date=out.name))
    lists = [path.name for path in _tick_lists(ticks, day)]
    answered = out / ANSWERED
    if not lists or (answered.exists() and json.loads(answered.read_text()) == lists):
        return
    answer_ticks(day=day, out=out, ticks=ticks)
    answered.write_text(json.dumps(lists))


def _tick_lists(ticks: Path, day: date) -> list[Path]:
    return sorted(ticks.glob(f"rtgsgd*.{day.month:x}{day.day:02}"))


def _world(plan: dict[str, Any]) -> World:
    return build_world(
        day=date.fromisoformat(plan["date"]),
        seed=plan["seed"],
        instructions=plan["instructions"],
        faults=[Fault(name) for name in plan["fault"]],
    )


def _write(files: dict[str, bytes], out: Path) -> dict[str, int]:
    """Each file appears whole under its name; flags come last, as the market sends them."""
    for name, data in sorted(files.items(), key=lambda item: (item[0].startswith(FLAGS), item[0])):
        half = out / f".{name}.part"
        half.write_bytes(data)
        os.replace(half, out / name)
    return {name: len(data) for name, data in files.items()}
