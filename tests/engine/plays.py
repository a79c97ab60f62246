"""Runs of random models in memory, for the properties of migration."""

from collections import Counter
from dataclasses import replace
from random import Random

from apps.engine import core
from apps.engine.core.migrating import Migration, migrate
from apps.processes.core.plan import Flow, Plan
from tests.factories.engine import DAY
from tests.simulation.histories import random_plan
from tests.simulation.models import FULL, Builder

OPENS = core.Do | core.AskPerson | core.AwaitInstant | core.AwaitMessage


def _is_far(command: core.Command) -> bool:
    """A time that never comes while a run goes on."""
    return isinstance(command, core.AwaitInstant) and (command.seconds or 0) > 86400


class Play:
    """A run of a plan in memory that does whatever is asked for next, chosen by a seed."""

    def __init__(self, plan: Plan, random: Random | None = None, **variables: object) -> None:
        self.plan, self.random, self.variables = plan, random or Random(0), dict(variables)
        self.marking, self.done, self.ended = core.Marking(), Counter[str](), False
        self.open: dict[int, str] = {}
        self.tell(core.Started())

    def tell(self, happening: core.Happening) -> None:
        self.apply(core.advance(self.plan, self.marking, [happening], variables=self.variables, business_date=DAY))

    def apply(self, outcome: core.Outcome) -> None:
        self.marking, self.variables, self.ended = outcome.marking, outcome.variables, outcome.ended
        for command in outcome.commands:
            if isinstance(command, core.Withdraw | core.Woke):
                self.open.pop(command.token, None)
            elif isinstance(command, OPENS) and not _is_far(command):
                self.open[command.token] = command.node
        assert not any(isinstance(command, core.Block) for command in outcome.commands), outcome.commands

    def step(self) -> None:
        """Ends one of the steps that are open and will end at all; a wait beside an activity may be first."""
        able = [token for token, node in sorted(self.open.items()) if not node.startswith("never")]
        token = self.random.choice(able)
        node = self.open.pop(token)
        if node.startswith("bad"):
            self.done[node] += 1
            self.tell(core.Erred(token, "E"))
            return
        self.done[node] += 1
        self.tell(core.Finished(token))

    def go(self, steps: int) -> "Play":
        for _ in range(steps):
            if not self.ended:
                self.step()
        return self

    def migrated(self, new: Plan, mapping: dict[str, str] | None = None, **more: object) -> Migration:
        told = {"variables": self.variables, "business_date": DAY, **more}
        return migrate(self.plan, new, self.marking, mapping or {}, **told)  # type: ignore[arg-type]

    def moves_to(self, new: Plan, mapping: dict[str, str] | None = None) -> core.Outcome:
        found = self.migrated(new, mapping)
        assert found.outcome is not None, found.reasons
        self.plan = new
        self.open = {token: found.pairs.pairs.get(node, node) for token, node in self.open.items()}
        self.apply(found.outcome)
        return found.outcome

    def refused(self, new: Plan, mapping: dict[str, str] | None = None, **more: object) -> set[tuple[str, str]]:
        before = self.marking.to_json()
        found = self.migrated(new, mapping, **more)
        assert found.outcome is None
        assert self.marking.to_json() == before
        return {(reason.element, reason.rule) for reason in found.reasons}


def another_name(name: str) -> str:
    """Keeps how a random model's parts are told apart: by how their names begin."""
    return f"{name}x"


def with_other_ids(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """The same model with other ids, and the mapping that says so."""
    names = {name: another_name(name) for name in plan.nodes}

    def other(name: str | None) -> str | None:
        return names[name] if name else name

    nodes = {
        names[node.id]: replace(
            node,
            id=names[node.id],
            scope=other(node.scope) or "",
            attached_to=other(node.attached_to),
            incoming=tuple(f"{flow}x" for flow in node.incoming),
            outgoing=tuple(f"{flow}x" for flow in node.outgoing),
            default_flow=f"{node.default_flow}x" if node.default_flow else None,
        )
        for node in plan.nodes.values()
    }
    flows = {
        f"{flow.id}x": Flow(f"{flow.id}x", names[flow.source], names[flow.target], flow.condition) for flow in plan.flows.values()
    }
    return Plan(plan.process_id, plan.name, nodes, flows), names


def halfway(seed: int, steps: int) -> tuple[Play, Builder]:
    plan, builder = random_plan(seed, FULL)
    return Play(plan, Random(seed)).go(steps), builder
