"""DBOS: workflows with one recorded step after the other, and side by side where the work is wide."""

import asyncio
import os
import uuid

from dbos import DBOS, SetWorkflowID

from bench import works
from bench.agents.serving import Answer, note_start, serve, timed


@DBOS.step()
async def noop() -> None:
    note_start()


@DBOS.workflow()
async def run_of(work: str, size: int) -> None:
    for width in works.waves(work, size):
        if width == 1:
            await noop()
        else:
            await asyncio.gather(*[noop() for _ in range(width)])


def measure(work: str, size: int) -> Answer:
    """All runs are started at once; afterwards the recorded steps are counted."""
    names = [f"{work}-{uuid.uuid4().hex}" for _ in range(works.runs(work, size))]

    async def all_runs() -> None:
        handles = []
        for name in names:
            with SetWorkflowID(name):
                handles.append(await DBOS.start_workflow_async(run_of, work, size))
        for handle in handles:
            await handle.get_result()

    figure = timed(works.steps(work, size), lambda: asyncio.run(all_runs()), [os.getpid()])
    recorded = sum(len(DBOS.list_workflow_steps(name)) for name in names)
    if recorded != works.steps(work, size):
        raise AssertionError(f"{recorded} steps are recorded")
    return figure


if __name__ == "__main__":
    url = os.environ["CLEARWAY_DATABASE_URL"].replace("postgres://", "postgresql+psycopg://", 1)
    DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})
    DBOS.launch()
    try:
        measure(works.CHAIN, 3)
        serve(measure)
    finally:
        DBOS.destroy()
