"""Random people at the real doors: a thing and its approval, a run with a step and its check, interventions on a path, stand-ins.

The long form: CLEARWAY_EYES=500 pytest tests/approvals/test_four_eyes_on_tables.py
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from apps.approvals.actions import decide, name_stand_in
from apps.approvals.models import Approval, Maker, Seat, StandIn
from apps.approvals.states import ENDED, Where
from apps.engine import actions as engine
from apps.engine.models import InterventionRequest, Run, Step
from apps.engine.states import INTERVENTION, RequestState, StepState, Verb
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.states import Role
from tests.factories import engine as made
from tests.factories.approvals import begin_approval, make_flow, register_things
from tests.factories.engine import PlanText
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("CLEARWAY_EYES", "6"))
ACTS = 25
EVERYTHING = (Role.OPERATOR, Role.MAKER, Role.CHECKER, Role.PROCESS_AUTHOR, Role.PROCESS_APPROVER)


class World:
    """One line, five people who may do everything but decide on what they made."""

    def __init__(self) -> None:
        register_things()
        self.line = make_line()
        self.people = [make_member(f"p{number}", *EVERYTHING) for number in range(5)]
        make_flow(self.line, {"people": self.people[:3], "rule": "count", "number": 2}, {"role": "checker"}, least=2)
        make_flow(self.line, {"people": self.people[1:], "rule": "any"}, kind=INTERVENTION)
        self.text = PlanText().user("make", "maker").user("check", "checker", checks="make")
        self.text.flow("start", "make", "check", "end")
        self.seen: Counter[str] = Counter()
        self.subject = 0
        self.run: Run | None = None

    def play(self, seed: int) -> None:
        chance = random.Random(seed)
        first = self.run is None
        self.run = made.begin(self.text if first else self.text.key, day=made.DAY + timedelta(days=seed))
        for _ in range(ACTS):
            name = chance.choice(list(ACTIONS))
            try:
                ACTIONS[name](self, chance, chance.choice(self.people))
            except DomainError:
                self.seen["refused"] += 1
            else:
                self.seen[name] += 1

    def violations(self) -> dict[str, int]:
        lent = StandIn.objects.values_list("owner", "stand_in")
        signed = InterventionRequest.objects.filter(state=RequestState.SIGNED)
        checked = Step.objects.filter(is_check=True, state=StepState.DONE)
        others = Seat.objects.exclude(decided_by=None).exclude(decided_by=F("holder"))
        return {
            "makers who decided": Maker.objects.filter(person=F("approval__seats__decided_by")).count(),
            "makers with a voice": Maker.objects.filter(person=F("approval__seats__holder")).count(),
            "askers who signed": signed.filter(decided_by=F("asked_by")).count(),
            "makers who signed": sum(request.decided_by_id in request.barred for request in signed),
            "makers who checked": checked.filter(decided_by=F("maker")).count(),
            "voices never lent": sum((seat.holder_id, seat.decided_by_id) not in set(lent) for seat in others),
        }


def _submit(world: World, chance: random.Random, person: User) -> None:
    open_ones = [each for each in Approval.objects.exclude(state__in=ENDED) if each.kind != INTERVENTION]
    again = open_ones and chance.random() < 0.5
    world.subject += 0 if again else 1
    editor = chance.choice(world.people)
    subject = chance.choice(open_ones).subject if again else world.subject
    begin_approval(world.line, person, subject=subject, digest=str(chance.random()), others=[editor])


def _decide(world: World, chance: random.Random, person: User) -> None:
    approval = chance.choice(list(Approval.objects.exclude(state__in=ENDED)) or list(Approval.objects.all()) or [Approval(pk=0)])
    verb = chance.choice(["approve"] * 6 + ["reject", "send-back", "hand-over", "add-signer", "withdraw"])
    words: dict[str, Any] = {"people": (chance.choice(world.people).pk,), "where": chance.choice(list(Where))}
    decide(approval_id=approval.pk, verb=verb, actor=person, reason="played", **words)


def _do_step(world: World, chance: random.Random, person: User) -> None:
    step = Step.objects.filter(run=world.run).order_by("-pk")[0]
    engine.complete_step(step_id=step.pk, actor=person, answer={})


def _ask(world: World, chance: random.Random, person: User) -> None:
    step = Step.objects.filter(run=world.run).order_by("-pk")[0]
    verb = chance.choice([Verb.SKIP, Verb.FORCE])
    arguments: dict[str, Any] = {"outputs": {}} if verb is Verb.FORCE else {}
    engine.intervene(verb=verb, subject_id=step.pk, actor=person, reason="played", arguments=arguments)


def _sign(world: World, chance: random.Random, person: User) -> None:
    request = InterventionRequest.objects.order_by("-pk").first()
    if request is not None:
        engine.sign_request(request_id=request.pk, actor=person)


def _lend(world: World, chance: random.Random, person: User) -> None:
    today, other = clock.market_date(), chance.choice(world.people)
    name_stand_in(
        owner=person,
        stand_in=other,
        lines=[world.line],
        valid_from_date=today,
        valid_until_date=today,
        reason="away",
        actor=person,
    )


ACTIONS: dict[str, Callable[[World, random.Random, User], None]] = {
    "submit": _submit, "decide": _decide, "decide again": _decide, "decide once more": _decide,
    "step": _do_step, "ask": _ask, "sign": _sign, "lend": _lend,
}  # fmt: skip


def test_whoever_comes_to_whichever_door_nobody_decides_on_what_they_made():
    world = World()

    for seed in range(HISTORIES):
        world.play(seed)

    assert not {name: count for name, count in world.violations().items() if count}
    assert all(world.seen[name] for name in ("decide", "ask", "step"))
