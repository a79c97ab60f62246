"""SQLite with four processes that write at once: the longest that one of them waits for its turn."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from bench import works
from bench.contenders import ROOT
from bench.figures import Figure, bounded, missing
from bench.session import EMBEDDED, Session

PROCESSES = 2  # beside the two of the worker, which does the steps of the runs that these begin
SECONDS = 8.0
LONGEST_MILLISECONDS = 100.0


def measure(session: Session) -> Iterator[Figure]:
    """Two processes begin runs while the worker's two do their steps. Every run is complete afterwards."""
    name = "longest wait of 4 writers"
    contender = session.contender(EMBEDDED)
    if contender.problem:
        yield missing("writers", name, contender.problem)
        return
    contender.measure(works.DIAMONDS, 1)  # publishes the process
    waits, runs = list[float](), 0
    command = [sys.executable, "-m", "bench.agents.sqlite_writer", "W3-noop", str(SECONDS / (4 if session.quick else 1))]
    environment = {**os.environ, **contender.environment}
    writers = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    for writer in writers:
        said, _ = writer.communicate()
        if writer.returncode:
            yield missing("writers", name, "a writer ended with an error")
            return
        waits += json.loads(said)["waits_ms"]
        runs += json.loads(said)["runs"]
    settled = contender.ask(do="settled", since=2001)
    if "problem" in settled:
        yield missing("writers", name, settled["problem"])
        return
    note = f"{runs} runs, {runs * sum(works.DIAMOND_WAVES)} steps, all checked"
    yield bounded("writers", name, "ms", max(waits), LONGEST_MILLISECONDS, note=note)
    session.end(EMBEDDED)
