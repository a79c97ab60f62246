"""bamboo-pipeline: Django rows on PostgreSQL, a Celery message on Redis for every branch, prefork 2."""

import os
import subprocess
import sys
import time
from typing import Any

os.environ["CLEARWAY_BENCH_PREPARE"] = "1"

from bench.agents.peers import bamboo_worker

del os.environ["CLEARWAY_BENCH_PREPARE"]

from bamboo_engine import api, builder
from pipeline.eri.models import State
from pipeline.eri.runtime import BambooDjangoRuntime

from bench import works
from bench.agents.serving import Answer, cut_at, serve, starts_since, timed


def pipeline_of(work: str, size: int) -> tuple[Any, list[str]]:
    """One run as a tree of the builder, and the ids of its steps."""
    start = last = builder.EmptyStartEvent()
    steps = []
    for width in works.waves(work, size):
        wave = [builder.ServiceActivity(component_code="bench_noop") for _ in range(width)]
        steps += [step.id for step in wave]
        if width == 1:
            last = last.extend(wave[0])
            continue
        split, join = builder.ParallelGateway(), builder.ConvergeGateway()
        last.extend(split).connect(*wave)
        last = split.converge(join)
    last.extend(builder.EmptyEndEvent())
    return builder.build_tree(start), steps


def measure(work: str, size: int) -> Answer:
    """All runs are started at once; their ends are looked for every few milliseconds, and afterwards the steps' states.

    Cut when it takes too long: what is left over is thrown away together with the worker.
    """
    made = [pipeline_of(work, size) for _ in range(works.runs(work, size))]
    roots = [tree["id"] for tree, _ in made]

    cut, began = cut_at(), time.monotonic()

    def go() -> int | None:
        runtime = BambooDjangoRuntime()
        for tree, _ in made:
            started = api.run_pipeline(runtime=runtime, pipeline=tree)
            if not started.result:
                raise RuntimeError(started.message)
        while State.objects.filter(node_id__in=roots, name="FINISHED").count() < len(roots):
            if time.monotonic() > cut:
                worker.stop()
                return len(starts_since(began))
            time.sleep(0.005)
        return None

    figure = timed(works.steps(work, size), go, worker.pids())
    if figure["cut"]:
        worker.start()
        return figure
    ids = [step for _, steps in made for step in steps]
    done = State.objects.filter(node_id__in=ids, name="FINISHED").count()
    if done != len(ids):
        raise AssertionError(f"{done} steps are finished")
    return figure


class Worker:
    """A Celery worker of bamboo-pipeline's two queues; what it does not do before it is stopped is never done."""

    def start(self) -> None:
        bamboo_worker.app.control.purge()
        command = [sys.executable, "-m", "celery", "-A", "bench.agents.peers.bamboo_worker", "worker", "-c", "2", "-l", "ERROR"]
        queues = ["-Q", ",".join(queue.name for queue in bamboo_worker.app.conf.task_queues)]
        self.process = subprocess.Popen([*command, *queues, "--without-gossip", "--without-mingle"], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def pids(self) -> list[int]:
        return [self.process.pid]


if __name__ == "__main__":
    worker = Worker()
    worker.start()
    try:
        measure(works.CHAIN, 3)
        serve(measure)
    finally:
        worker.stop()
