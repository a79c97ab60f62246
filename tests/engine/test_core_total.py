"""Whatever is drawn and whatever happens, the core answers: random nonsense models, random happenings."""

import json
from random import Random
from typing import Any

import pytest

from apps.engine import core
from apps.engine.core import Marking
from apps.engine.core.rehearsal import rehearse
from apps.processes.core.plan import SCOPES, AdHoc, Event, EventKind, Loop, NodeKind, Timer
from tests.factories.engine import DAY, PlanText

MODELS = 400
EVENTS = [
    Event(EventKind.TIMER, timer=Timer(duration='duration("PT1M")')),
    Event(EventKind.TIMER, timer=Timer(cycle='"R2/PT1M"')),
    Event(EventKind.TIMER),
    Event(EventKind.MESSAGE, name="m", correlation='"k"'),
    Event(EventKind.MESSAGE, name="m", correlation="1 +"),
    Event(EventKind.SIGNAL, name="s"),
    Event(EventKind.ERROR, code="E"),
    Event(EventKind.ERROR),
    Event(EventKind.ESCALATION, code="U"),
    Event(EventKind.CONDITIONAL, condition="x > 2"),
    Event(EventKind.CONDITIONAL, condition="true"),
    Event(EventKind.LINK, name="l"),
    Event(EventKind.COMPENSATION),
    Event(EventKind.CANCEL),
    Event(EventKind.TERMINATE),
]
LOOPS = [
    Loop(cardinality="2"),
    Loop(cardinality="3", sequential=True, completion="loopCounter = 2"),
    Loop(collection="items", element="one", output_collection="all", output_element="one"),
    Loop(multi=False, condition="x < 3", maximum=2),
    Loop(multi=False, condition="true"),
    Loop(collection="nothing"),
]
PLAIN = [kind for kind in NodeKind if kind not in SCOPES and kind is not NodeKind.BOUNDARY]


def drawn(random: Random) -> PlanText:
    """Nodes of every kind, in nested scopes, joined at random: mostly not a sensible model."""
    text, scopes = PlanText(), [""]
    for number in range(random.randint(1, 3)):
        kind = random.choice(sorted(SCOPES))
        parts: dict[str, Any] = (
            {"ad_hoc": AdHoc(random.random() < 0.5, "x > 1", random.random() < 0.5)} if kind is NodeKind.AD_HOC else {}
        )
        text.node(f"scope{number}", NodeKind(kind), random.choice(scopes), loop=a_loop(random), **parts)
        scopes.append(f"scope{number}")
    for number in range(random.randint(4, 14)):
        add_node(text, random, f"n{number}", random.choice(scopes))
    names = [name for name in text.nodes if text.nodes[name]["kind"] is not NodeKind.EVENT_SUB_PROCESS]
    for _ in range(random.randint(4, 24)):
        source, target = random.choice(names), random.choice(names)
        if text.nodes[source]["scope"] == text.nodes[target]["scope"] and text.nodes[target]["kind"] is not NodeKind.BOUNDARY:
            text.flow(source, target, when=random.choice([None, None, "x > 1", "1 +"]), default=random.random() < 0.2)
    return text


def a_loop(random: Random) -> Loop | None:
    return random.choice(LOOPS) if random.random() < 0.25 else None


def add_node(text: PlanText, random: Random, name: str, scope: str) -> None:
    kind = random.choice(PLAIN)
    parts: dict[str, Any] = {}
    if kind in (NodeKind.START, NodeKind.END, NodeKind.CATCH, NodeKind.THROW):
        parts = {"events": tuple(random.sample(EVENTS, random.choice([0, 1, 1, 2])))}
        parts |= {"all_events": random.random() < 0.3, "interrupting": random.random() < 0.5}
    elif kind is NodeKind.SCRIPT_TASK:
        parts = {"script": random.choice(["x + 1", "1 +", "5"]), "script_result": "x"}
    elif kind is NodeKind.COMPLEX:
        parts = {"activation": random.choice([None, "activationCount > 1", "1 +"])}
    if kind not in (NodeKind.START, NodeKind.END, NodeKind.CATCH, NodeKind.THROW) and not kind.endswith("gateway"):
        parts["loop"] = a_loop(random)
        if random.random() < 0.2:
            text.service(f"{name}_undo", scope=scope, is_compensation=True)
            parts["compensated_by"] = f"{name}_undo"
    text.node(name, kind, scope, **parts)
    if "loop" in parts and random.random() < 0.5:
        text.on(f"{name}_edge", name, random.choice(EVENTS), interrupting=random.random() < 0.5)


def check(marking: Marking) -> None:
    """The marking survives JSON, its counters are true, and nothing stands in a scope or beside an owner that is gone."""
    again = Marking.from_json(json.loads(json.dumps(marking.to_json())))
    assert again == marking
    assert again.live == marking.live
    for token, (_, scope) in marking.tokens.items():
        assert scope == 0 or scope in marking.scopes, token
    assert all(owner == 0 or owner in marking.tokens for owner in marking.owners.values())
    assert marking.scopes.keys() <= marking.tokens.keys()
    assert {scope for scope, _ in marking.joins} <= {0, *marking.scopes}


@pytest.mark.parametrize("part", range(4))
def test_no_model_and_no_history_makes_the_core_fail(part):
    for seed in range(part * MODELS // 4, (part + 1) * MODELS // 4):
        random = Random(seed)
        plan = drawn(random).plan()
        marking, variables = Marking(), dict[str, Any](x=0, items=[1, 2])
        happening: core.Happening = core.Started()
        for _ in range(25):
            outcome = core.advance(plan, marking, [happening], variables=variables, business_date=DAY, passes_limit=20)
            marking, variables = outcome.marking, outcome.variables
            check(marking)
            opened = [command.token for command in outcome.commands if isinstance(command, core.Waiting)]
            assert len(opened) == len(set(opened)), seed
            if not marking.tokens:
                break
            token = random.choice(sorted(marking.tokens))
            kinds: list[core.Happening] = [
                core.Finished(token, {"x": 2}),
                core.Skipped(token),
                core.Retried(token),
                core.Erred(token, "E"),
                core.AdHocEnded(token),
            ]
            happening = random.choice([*kinds, core.Escalated(token, "U")])


def test_no_model_makes_a_rehearsal_fail():
    for seed in range(60):
        plan = drawn(Random(seed)).plan()
        result = rehearse(plan, variables={"x": 0, "items": [1]}, moves_limit=300)

        assert result.end_state in ("completed", "failed", "stopped"), seed
