"""SpiffWorkflow: the whole workflow is serialised and kept in one row of PostgreSQL after each step.

It is the driver that decides when to save; loading it again before each step, as several processes must, would be slower.
"""

import io
import os
import time
from typing import Any

import psycopg
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench import works
from bench.agents.serving import Answer, cut_at, note_start, serve, timed

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">'
    '<process id="{key}" isExecutable="true">'
)


def model(work: str, size: int) -> str:
    """The work as BPMN with script tasks; waves of several steps stand between parallel gateways."""
    parts, flows = ['<startEvent id="start"/>'], list[tuple[str, str]]()
    last = "start"
    for number, width in enumerate(works.waves(work, size)):
        names = [f"s{number}_{place}" for place in range(width)]
        parts += [f'<scriptTask id="{name}" name="{name}"><script>noop()</script></scriptTask>' for name in names]
        if width == 1:
            flows.append((last, names[0]))
            last = names[0]
            continue
        parts += [f'<parallelGateway id="split{number}"/>', f'<parallelGateway id="join{number}"/>']
        flows.append((last, f"split{number}"))
        flows += [pair for name in names for pair in ((f"split{number}", name), (name, f"join{number}"))]
        last = f"join{number}"
    flows.append((last, "end"))
    parts.append('<endEvent id="end"/>')
    parts += [f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(flows)]
    return HEAD.format(key=f"{work}-{size}") + "".join(parts) + "</process></definitions>"


def spec_of(work: str, size: int) -> Any:
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(model(work, size).encode()))
    return parser.get_spec(f"{work}-{size}")


def is_done(workflow: Any) -> bool:
    return bool(workflow.is_completed())


def measure(work: str, size: int) -> Answer:
    """Runs take turns, a step each. Cut when it takes too long: the time of a step grows with the width of the run."""
    spec, steps, cut = spec_of(work, size), works.steps(work, size), cut_at()
    engine = PythonScriptEngine(environment=TaskDataEnvironment({"noop": note_start}))
    (first,) = database.execute("SELECT coalesce(max(id), 0) + 1 FROM bench_workflow").fetchone() or (0,)
    done = 0

    def go() -> int | None:
        nonlocal done
        open_runs = {}
        for number in range(works.runs(work, size)):
            open_runs[first + number] = BpmnWorkflow(spec, script_engine=engine)
            database.execute("INSERT INTO bench_workflow VALUES (%s, '')", [first + number])
        while open_runs:
            for key, workflow in list(open_runs.items()):
                done += one_step(workflow)
                state = serializer.serialize_json(workflow)
                database.execute("UPDATE bench_workflow SET state = %s WHERE id = %s", [state, key])
                if is_done(workflow):
                    del open_runs[key]
                if time.monotonic() > cut:
                    return done
        return None

    return timed(steps, go, [os.getpid()])


def one_step(workflow: Any) -> int:
    """Runs what is ready up to and including one script task; how many script tasks that were, 0 at the end."""
    while task := next(iter(workflow.get_tasks(state=TaskState.READY)), None):
        task.run()
        if type(task.task_spec).__name__ == "ScriptTask":
            return 1
    return 0


if __name__ == "__main__":
    serializer = BpmnWorkflowSerializer()
    database = psycopg.connect(os.environ["CLEARWAY_DATABASE_URL"], autocommit=True)
    database.execute("CREATE TABLE bench_workflow (id bigint PRIMARY KEY, state text)")
    measure(works.CHAIN, 3)
    serve(measure)
