"""Two tables of 1,000,000 rows compared by key, beside DuckDB in the same run. Goals: 10 seconds, 1 GB, half of DuckDB's speed.

    python -m bench.recon [--rows 1000000] [--repeat 5]

Both read the same two CSV files, join them on account and trade number, and list what differs: one row in a hundred in its
amount, one in a thousand on one side alone. The same seed makes the same files. DuckDB is installed into an environment of its
own; where it cannot be, the row says so.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from bench.figures import Figure, bounded, missing, slower, table
from bench.peers import NotThere, Peer, python_of

ROOT = Path(__file__).resolve().parents[1]
DUCKDB = Peer("DuckDB", "peers.duckdb", ("duckdb==2.0.0",))
OWN = """
import sys, time
from pathlib import Path
from apps.files.core.arrays import np
from apps.recon.core.cells import texts, units
from apps.recon.core.join import Compared, Joined, Side
from apps.recon.core.keys import at_once
from apps.recon.core.matcher import Kind
from apps.recon.core.sheets import read_sheet

def side(path):
    sheet = read_sheet(Path(path).read_bytes())
    amounts, faults = units(sheet.columns["amount"], 2)
    lots, bad = units(sheet.columns["quantity"], 0)
    keys = [texts(sheet.columns[name]) for name in ("account", "ref")]
    return Side(keys=keys, values=[amounts, lots], faults=faults | bad, numbers=sheet.numbers)

np.array  # the library is there before the clock starts, as it is in a worker
began = time.perf_counter()
columns = (Compared(name="amount", kind=Kind.AMOUNT, places=2), Compared(name="quantity", kind=Kind.QTY))
joined = Joined(*at_once(side, sys.argv[1:]), columns)
found = joined.differences()
seconds = time.perf_counter() - began
"""
THEIRS = """
import sys, time
import duckdb

base = duckdb.connect()
base.execute("SET enable_progress_bar = false")
began = time.perf_counter()
for name, path in zip("lr", sys.argv[1:]):
    types = "{'account': 'VARCHAR', 'ref': 'VARCHAR', 'amount': 'DECIMAL(18,2)', 'quantity': 'BIGINT'}"
    base.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM read_csv('{path}', header=true, columns={types})")
found = base.execute(
    "SELECT coalesce(l.account, r.account), coalesce(l.ref, r.ref), l.amount, r.amount, l.quantity, r.quantity"
    " FROM l FULL OUTER JOIN r ON l.account = r.account AND l.ref = r.ref"
    " WHERE l.ref IS NULL OR r.ref IS NULL OR l.amount <> r.amount OR l.quantity <> r.quantity ORDER BY 1, 2"
).fetchall()
seconds = time.perf_counter() - began
"""
TELL = """
import json
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
memory = int(status["VmHWM"].split()[0]) // 1024  # of this program alone: ru_maxrss begins with what its parent had
print(json.dumps({"seconds": seconds, "memory": memory, "found": len(found)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = write_sides(Path(folder), options.rows)
        print(table(measure(paths, options.rows, options.repeat)))


def write_sides(folder: Path, rows: int) -> list[str]:
    """Two CSV files of the same trades, each in an order of its own."""
    dice = Random(1)
    left = [(f"A{dice.randrange(10**9):09}", f"{number:012}", dice.randrange(1, 10**11), number % 900) for number in range(rows)]
    right = [
        (account, ref, amount + (dice.random() < 0.01), lots) for account, ref, amount, lots in left if dice.random() >= 0.001
    ]
    dice.shuffle(right)
    paths = []
    for name, side in (("left", left), ("right", right)):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="ascii") as file:
            file.write("account,ref,amount,quantity\n")
            file.writelines(f"{account},{ref},{fen // 100}.{fen % 100:02},{lots}\n" for account, ref, fen, lots in side)
        paths.append(str(path))
    return paths


def measure(paths: list[str], rows: int, repeat: int) -> list[Figure]:
    own, both = [], []
    why = ""
    for _turn in range(repeat):
        own.append(_played(sys.executable, OWN, paths))
        try:
            theirs = _played(python_of(DUCKDB), THEIRS, paths)
        except NotThere as absent:
            why = str(absent)
            continue
        if theirs["found"] != own[-1]["found"]:
            raise SystemExit(f"{own[-1]['found']} differences of ours, {theirs['found']} of DuckDB")
        both.append((own[-1]["seconds"], theirs["seconds"]))
    name = f"two sides of {rows:,} rows"
    figures = [
        bounded("recon", name, "s", max(one["seconds"] for one in own), 10, note=f"{own[0]['found']:,.0f} differences"),
        bounded("recon", f"{name}, memory", "MiB", max(one["memory"] for one in own), 1000),
    ]
    if both:
        figures.append(slower("recon", f"{name}, half as fast", DUCKDB.name, both, 2.0))
    else:
        figures.append(missing("recon", name, why, DUCKDB.name))
    return figures


def _played(python: str, program: str, paths: list[str]) -> dict[str, float]:
    """One comparison in a process of its own."""
    environment = {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PATH": "/usr/bin:/bin"}
    began = time.monotonic()
    done = subprocess.run([python, "-c", program + TELL, *paths], capture_output=True, text=True, env=environment, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"after {time.monotonic() - began:.0f} s: {done.stderr[-2000:]}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


if __name__ == "__main__":
    main()
