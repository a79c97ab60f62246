"""Least margin of many accounts, from a file of cases to a file of results, as the command does it.

    python -m bench.options_margin [--accounts 100000] [--legs 20]

Prints the seconds, the largest memory of all processes together, and how much the cheapest sets save against single margins and
against taking the largest saving first. The market is made up; the same seed makes the same file.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMPARED = 500
UNDERLYINGS = {"510050": "2.985", "510300": "3.841", "510500": "5.713", "588000": "0.982"}
EXPIRIES = (("2026-03-25", 8), ("2026-04-22", 27), ("2026-06-24", 71), ("2026-09-23", 134))
PARAMS = {
    "call_a": "0.12",
    "call_b": "0.07",
    "put_a": "0.12",
    "put_b": "0.07",
    "uplift": "0.20",
    "auto_dissolve": {"spread": 2, "straddle": 0},
    "allow_nonstandard": True,
    "allow_cover_conversion": True,
}


def contracts_of_the_day(dice: random.Random) -> dict[str, dict[str, Any]]:
    """Nine strikes around each price, calls and puts, four expiries."""
    found: dict[str, dict[str, Any]] = {}
    for code, price in UNDERLYINGS.items():
        for expiry, days in EXPIRIES:
            for step in range(-4, 5):
                strike = (Decimal(price) * (100 + 2 * step) / 100).quantize(Decimal("0.001"))
                for kind in "CP":
                    settle = Decimal(dice.randint(20, 2000)).scaleb(-4)
                    found[str(10_010_000 + len(found))] = {
                        "exchange": "SSE",
                        "underlying": code,
                        "type": kind,
                        "strike": str(strike),
                        "unit": 10_000 if step != 3 else 10_159,
                        "adjusted": step == 3,
                        "expiry": expiry,
                        "dte": days,
                        "settle": str(settle),
                        "pre_settle": str(settle),
                    }
    return found


def account(dice: random.Random, contracts: dict[str, dict[str, Any]], legs: int) -> dict[str, Any]:
    """Positions in two underlyings, as people hold them: some long, more short, a few shares."""
    codes = dice.sample(sorted(UNDERLYINGS), 2)
    numbers = dice.sample([number for number, row in contracts.items() if row["underlying"] in codes], legs)
    return {
        "task": "optimal",
        "basis": "maintain",
        "params": PARAMS,
        "underlyings": {
            code: {"close": UNDERLYINGS[code], "pre_close": UNDERLYINGS[code], "free_shares": dice.choice([0, 0, 45_000])}
            for code in codes
        },
        "contracts": {number: contracts[number] for number in numbers},
        "positions": [
            {"contract": number, "side": dice.choice(["long", "short", "short"]), "covered": False, "qty": dice.randint(1, 30)}
            for number in numbers
        ],
    }


def write_cases(path: Path, accounts: int, legs: int) -> None:
    dice = random.Random(1)
    contracts = contracts_of_the_day(dice)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"format": "options-margin-case/1", "cases": [\n')
        for number in range(accounts):
            separator = "" if number == accounts - 1 else ","
            file.write(json.dumps({"id": f"A{number:06}", "input": account(dice, contracts, legs)}) + separator + "\n")
        file.write("]}\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--legs", type=int, default=20)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLEARWAY_DATA"] = folder
        cases, results = Path(folder) / "cases.json", Path(folder) / "results.json"
        write_cases(cases, options.accounts, options.legs)
        measure(cases, results)
        beside_today(min(options.accounts, COMPARED), options.legs)


def measure(cases: Path, results: Path) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    began = time.monotonic()
    call_command("options-margin", cases=cases, out=results)
    seconds = time.monotonic() - began
    own, theirs = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{cases.stat().st_size / 2**20:,.0f} MiB of cases in {seconds:.1f} s; {own} MiB, the largest worker {theirs} MiB")


def beside_today(accounts: int, legs: int) -> None:
    """How far the ways of today stay above the cheapest set, in the share of the single margin; without conversions."""
    from apps.lines.options_margin.core.cases import result_of

    dice = random.Random(1)
    contracts = contracts_of_the_day(dice)
    excess: dict[str, list[Decimal]] = {}
    cuts = []
    for _number in range(accounts):
        case = account(dice, contracts, legs)
        case["params"] = {**PARAMS, "allow_cover_conversion": False}
        found = result_of(case, greedy=True)
        single, best = Decimal(found["total_single"]), Decimal(found["total"])
        if not single:
            continue
        cuts.append((single - best) / single)
        for name, total in found["greedy"].items():
            excess.setdefault(name, []).append((Decimal(total) - best) / single)
    print(f"{len(cuts)} accounts of {legs} legs: the cheapest set cuts {sorted(cuts)[len(cuts) // 2]:.1%} of the single margin")
    for name, shares in excess.items():
        above = [share for share in shares if share]
        mean = sum(shares, Decimal(0)) / len(shares)
        print(
            f"  {name}: above it in {len(above) / len(shares):.0%} of accounts, {mean:.2%} on average, {max(shares):.1%} at most"
        )


if __name__ == "__main__":
    main()
