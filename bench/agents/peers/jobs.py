"""procrastinate: two workers with four slots each, jobs that defer what follows, a counter row for every join."""

import asyncio
import os
import subprocess
import sys
import time

import procrastinate
import psycopg

from bench import works
from bench.agents.serving import Answer, note_start, serve, timed

LONGEST_SECONDS = 120
URL = os.environ["CLEARWAY_DATABASE_URL"]
WORKERS, SLOTS = 2, 4

connector = procrastinate.PsycopgConnector(conninfo=URL, min_size=SLOTS + 1, max_size=SLOTS + 2)
app = procrastinate.App(connector=connector)


@app.task(name="step")
async def step(run: int, work: str, size: int, wave: int) -> None:
    """One step; the last of its wave defers the next wave."""
    note_start()
    left = await connector.execute_query_one_async(
        "UPDATE bench_wave SET left_over = left_over - 1 WHERE run = %(run)s AND wave = %(wave)s RETURNING left_over",
        run=run,
        wave=wave,
    )
    if left["left_over"]:
        return
    if wave + 1 < len(waves := works.waves(work, size)):
        following = {"run": run, "work": work, "size": size, "wave": wave + 1}
        await step.batch_defer_async(*[following] * waves[wave + 1])
    else:
        await connector.execute_query_async("UPDATE bench_run SET ended = true WHERE run = %(run)s", run=run)


def prepare() -> None:
    with procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=URL)).open() as opened:
        opened.schema_manager.apply_schema()
    database.execute("CREATE TABLE bench_run (run bigint PRIMARY KEY, ended boolean DEFAULT false)")
    database.execute("CREATE TABLE bench_wave (run bigint, wave int, left_over int, PRIMARY KEY (run, wave))")


def measure(work: str, size: int) -> Answer:
    """Completion is looked for every few milliseconds; afterwards the jobs are counted."""
    (last,) = database.execute("SELECT coalesce(max(run), 0) FROM bench_run").fetchone() or (0,)
    runs = range(last + 1, last + 1 + works.runs(work, size))
    waves, steps = works.waves(work, size), works.steps(work, size)
    (before,) = database.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'").fetchone() or (0,)

    def go() -> None:
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_run (run) VALUES (%s)", [(run,) for run in runs])
            counters = [(run, wave, width) for run in runs for wave, width in enumerate(waves)]
            cursor.executemany("INSERT INTO bench_wave VALUES (%s, %s, %s)", counters)
        first = [{"run": run, "work": work, "size": size, "wave": 0} for run in runs for _ in range(waves[0])]
        defer.configure_task("step").batch_defer(*first)
        _until("SELECT count(*) FROM bench_run WHERE NOT ended", 0)

    figure = timed(steps, go, [worker.pid for worker in workers])
    _until("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'", before + steps)
    return figure


def _until(query: str, wanted: int) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while (found := (database.execute(query).fetchone() or (None,))[0]) != wanted:
        if time.monotonic() > until:
            raise TimeoutError(f"{query}: {found}, not {wanted}")
        time.sleep(0.005)


async def work_on() -> None:
    async with app.open_async():
        await app.run_worker_async(concurrency=SLOTS)


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        asyncio.run(work_on())
        sys.exit()
    database = psycopg.connect(URL, autocommit=True)
    prepare()
    defer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=URL))
    workers = [
        subprocess.Popen([sys.executable, "-m", "bench.agents.peers.jobs", "worker"], stdout=subprocess.DEVNULL)
        for _ in range(WORKERS)
    ]
    try:
        with defer.open():
            measure(works.CHAIN, 3)
            serve(measure)
    finally:
        for worker in workers:
            worker.kill()  # asked to end, an idle worker takes its time
            worker.wait()
