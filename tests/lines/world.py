"""A simulated day that has arrived, and handlers called as the engine calls them, without the engine."""

from datetime import date
from pathlib import Path

from apps.engine.handlers import Finished, StepContext, handler_named
from apps.engine.models import Run
from apps.files.actions import define_source, scan_source
from apps.lines.core.market.files import files_of
from apps.lines.core.market.world import Fault, World, build_world
from apps.lines.rtgs import conf
from tests.factories.recon import DAY, a_line, a_run, a_step


def a_day(folder: Path, *, instructions: int = 60, seed: int = 1, faults: tuple[Fault, ...] = (), day: date = DAY) -> World:
    """The world, and the sources that watch the folder."""
    a_line()
    for code, facts in (("morning", conf.MORNING), ("results", conf.RESULTS), ("evening", conf.EVENING)):
        define_source(
            line_code="rtgs-sh",
            code=code,
            name_zh=code,
            name_en=code,
            directory=str(folder),
            poll_seconds=0,
            **facts,
        )
    return build_world(day=day, seed=seed, instructions=instructions, faults=faults)


def arrive(world: World, folder: Path, *stages: str):
    """Writes the files of these stages and looks often enough for them to be taken in. Gives what each look found."""
    for stage in stages:
        for name, data in files_of(world, stage).items():
            (folder / name).write_bytes(data)
    return look(world)


def look(world: World):
    from apps.files.models import Source

    scans = []
    for _ in range(2):
        scans += [scan_source(source_id=source.pk, business_date=world.day) for source in Source.objects.order_by("pk")]
    return scans


class Day:
    """A run of L01 whose steps are done one by one."""

    def __init__(self, run: Run | None = None) -> None:
        self.run = run or a_run()
        self.number = 0

    def attempt(self, name: str, *, step=None, **parameters):
        """What the handler answers; another call with the same step is another attempt of it."""
        handler = handler_named(name)
        assert handler is not None
        step = step or self.step(name)
        context = StepContext(
            run_id=self.run.pk,
            step_id=step.pk,
            attempt=1,
            business_date=self.run.business_date,
            line="rtgs-sh",
            node_id=step.node_id,
            key=f"step-{step.pk}",
            inputs={},
        )
        return handler.work(context, handler.parameters(**parameters))

    def step(self, name: str):
        self.number += 1
        return a_step(self.run, token=self.number, node_id=name)

    def do(self, name: str, **parameters):
        """The outputs of a handler that must finish."""
        answer = self.attempt(name, **parameters)
        assert isinstance(answer, Finished), answer
        return answer.outputs

    def morning(self):
        self.do("rtgs.read_instructions")
        self.do("rtgs.match_own_trades")
        return self.do("rtgs.simulate_queue")

    def ingest(self):
        owned = {"owner": self.run.pk, "line": "rtgs-sh"}
        files = {"line": "rtgs-sh", "files": ["jsmx", "zqbd", "zjbd", "zjhz"]}
        self.do("ingest.validate", **files)
        self.do("ingest.parse", **files)
        self.do("ingest.check", **owned)
        self.do("ingest.normalise", **owned)
        summary = self.do("ingest.detail_vs_summary", **owned)
        self.do("ingest.publish", **owned)
        return summary
