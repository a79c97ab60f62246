"""Plans written in a few words, published processes made of them, and a worker that lives in the test."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from guardian.shortcuts import assign_perm
from pydantic import BaseModel

from apps.engine import actions
from apps.engine.dispatch import dispatch_outbox
from apps.engine.handlers import Effect, Failed, Finished, StepContext, handles
from apps.engine.models import InterventionPolicy, Run
from apps.engine.states import Verb
from apps.people.models import BusinessLine, User
from apps.people.states import ROLE_RIGHTS, Role
from apps.processes.core.codec import plan_digest, plan_to_json
from apps.processes.core.plan import (
    Event,
    EventKind,
    Flow,
    Human,
    Mapping,
    Node,
    NodeKind,
    Plan,
    Timer,
)
from apps.processes.models import Process, ProcessVersion
from apps.processes.store import set_in_force

DAY = date(2026, 3, 2)


class PlanText:
    """Collects nodes and flows: `plan.service("a"); plan.flow("start", "a", "end")`."""

    def __init__(self, key: str = "P") -> None:
        self.key = key
        self.nodes: dict[str, dict[str, Any]] = {}
        self.flows: list[Flow] = []
        self.defaults: dict[str, str] = {}

    def node(self, name: str, kind: NodeKind, scope: str = "", **parts: Any) -> "PlanText":
        self.nodes[name] = {"id": name, "kind": kind, "name": name, "scope": scope, **parts}
        return self

    def service(self, name: str, handler: str = "test.note", scope: str = "", **parts: Any) -> "PlanText":
        return self.node(name, NodeKind.SERVICE_TASK, scope, handler=handler, **parts)

    def user(self, name: str, role: str = "maker", scope: str = "", **parts: Any) -> "PlanText":
        human = Human(role=role, checks=parts.pop("checks", None), form=parts.pop("form", {}))
        return self.node(name, NodeKind.USER_TASK, scope, human=human, **parts)

    def script(self, name: str, text: str, result: str, scope: str = "") -> "PlanText":
        return self.node(name, NodeKind.SCRIPT_TASK, scope, script=text, script_result=result)

    def receive(self, name: str, message: str = "files.arrived", correlation: str = '"k"', **parts: Any) -> "PlanText":
        return self.node(name, NodeKind.RECEIVE_TASK, message=message, correlation=correlation, **parts)

    def timer(self, name: str, **when: str) -> "PlanText":
        return self.node(name, NodeKind.CATCH, events=(Event(EventKind.TIMER, timer=Timer(**when)),))

    def on(self, name: str, activity: str, event: Event, *, interrupting: bool = True, **parts: Any) -> "PlanText":
        """A boundary event of an activity."""
        scope = self.nodes[activity]["scope"]
        return self.node(
            name, NodeKind.BOUNDARY, scope, attached_to=activity, events=(event,), interrupting=interrupting, **parts
        )

    def event(self, name: str, kind: NodeKind, event: Event | None, scope: str = "", **parts: Any) -> "PlanText":
        return self.node(name, kind, scope, events=(event,) if event else (), **parts)

    def fork(self, name: str, scope: str = "") -> "PlanText":
        return self.node(name, NodeKind.PARALLEL, scope)

    def choice(self, name: str, scope: str = "") -> "PlanText":
        return self.node(name, NodeKind.EXCLUSIVE, scope)

    def call(self, name: str, process: str, **parts: Any) -> "PlanText":
        return self.node(name, NodeKind.CALL_ACTIVITY, called_process=process, **parts)

    def sub(self, name: str, **parts: Any) -> "PlanText":
        return self.node(name, NodeKind.SUB_PROCESS, **parts)

    def flow(self, *names: str, when: str | None = None, default: bool = False) -> "PlanText":
        """A chain of flows; nodes called start... and end... come by themselves, in the scope of their neighbour."""
        for name in names:
            if name not in self.nodes:
                kind = NodeKind.START if name.startswith("start") else NodeKind.END
                known = [other for other in names if other in self.nodes]
                self.node(name, kind, self.nodes[known[0]]["scope"] if known else "")
        for source, target in pairwise(names):
            flow = Flow(f"f{len(self.flows)}", source, target, when)
            self.flows.append(flow)
            if default:
                self.defaults[source] = flow.id
        return self

    def plan(self) -> Plan:
        nodes = {
            name: Node(
                **parts,
                incoming=tuple(flow.id for flow in self.flows if flow.target == name),
                outgoing=tuple(flow.id for flow in self.flows if flow.source == name),
                default_flow=self.defaults.get(name),
            )
            for name, parts in self.nodes.items()
        }
        return Plan(self.key, self.key, nodes, {flow.id: flow for flow in self.flows})


def mapping(**expressions: str) -> tuple[Mapping, ...]:
    return tuple(Mapping(target, text) for target, text in expressions.items())


def chain(length: int, key: str = "CHAIN", handler: str = "test.note") -> PlanText:
    text = PlanText(key)
    names = [f"s{number}" for number in range(length)]
    for name in names:
        text.service(name, handler)
    return text.flow("start", *names, "end")


def line(code: str = "rtgs-sh") -> BusinessLine:
    return BusinessLine.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})[0]


def person(username: str, *roles: Role, on: BusinessLine | None = None) -> User:
    """Somebody with the rights of these roles on the line, granted directly."""
    user = User.objects.get_or_create(username=username)[0]
    for role in roles:
        for right in ROLE_RIGHTS[role]:
            assign_perm(f"people.{right.value}_businessline", user, on or line())
    return user


def operator() -> User:
    return person("op", Role.OPERATOR, Role.MAKER)


def alone(*verbs: Verb, on: BusinessLine | None = None) -> None:
    """The line's policy lets one person carry these interventions out alone."""
    for verb in verbs:
        InterventionPolicy.objects.update_or_create(line=on or line(), verb=verb, defaults={"second_person": False})


def policy_of_the_house() -> None:
    """No line says anything of its own about second persons."""
    InterventionPolicy.objects.all().delete()


def published(text: PlanText, *, on: BusinessLine | None = None, startable: bool = True, model_xml: str = "") -> ProcessVersion:
    """A published version of a process that is called by the plan's key; an earlier one is retired."""
    plan = text.plan()
    process = Process.objects.get_or_create(
        key=text.key, defaults={"name_zh": text.key, "name_en": text.key, "line": on or line(), "startable": startable}
    )[0]
    author, approver = person("author"), person("approver")
    ProcessVersion.objects.filter(process=process, state="published").update(state="retired")
    number = ProcessVersion.objects.filter(process=process).count() + 1
    version = ProcessVersion.objects.create(
        process=process,
        number=number,
        model_xml=model_xml,
        plan=plan_to_json(plan),
        plan_digest=plan_digest(plan),
        author=author,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for step in ({"state": "in_review"}, {"state": "approved", "approver": approver}, {"state": "published"}):
        ProcessVersion.objects.filter(pk=version.pk).update(**step)
    set_in_force(process, version, from_date=None, actor=approver)
    actions.arm_starts(process_id=process.pk)
    return ProcessVersion.objects.get(pk=version.pk)


def begin(text: PlanText | str, *, variables: dict[str, Any] | None = None, day: date = DAY, actor: User | None = None) -> Run:
    key = text if isinstance(text, str) else text.key
    if isinstance(text, PlanText):
        published(text)
    return actions.begin_run(process_key=key, business_date=day, actor=actor or operator(), variables=variables)


def hear(step: int | None) -> None:
    """What a worker does when the bell is rung for a step, or for pure ones."""
    if step is None:
        actions.do_pure_steps()
    else:
        actions.execute_step(step_id=step)


def run_until_quiet(limit: int = 1000) -> None:
    """Dispatches, works and sweeps in this process until nothing is left to do."""
    for _ in range(limit):
        steps: list[int | None] = []
        rung = dispatch_outbox(lambda bells, steps=steps: steps.extend(step for step, _ in bells))  # type: ignore[misc]
        for step in steps:
            hear(step)
        if not rung and not actions.sweep():
            return
    raise AssertionError("the runs never come to rest")


def states(run: Run, nodes: Iterable[str] = ()) -> dict[str, str]:
    """The newest state of each node's step."""
    found = dict(run.steps.order_by("id").values_list("node_id", "state"))
    return {node: found[node] for node in nodes} if nodes else found


class Say(BaseModel):
    """Parameters of the test handlers."""

    outputs: dict[str, Any] = {}
    fail: str = ""
    again_in: int | None = None


NOTES: list[tuple[str, str, int]] = []
"""(node, key, attempt) of every call of `test.note`."""


@handles("test.note", title="Takes a note", parameters=Say)
def note(context: StepContext, say: Say) -> Finished | Failed:
    NOTES.append((context.node_id, context.key, context.attempt))
    if say.fail:
        return Failed(problem=say.fail, retry_in_seconds=say.again_in)
    return Finished(outputs=say.outputs)


@handles("test.pure", title="Takes a note that nobody reads", parameters=Say, effect=Effect.NONE)
def pure_note(context: StepContext, say: Say) -> Finished | Failed:
    return note(context, say)
