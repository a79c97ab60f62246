"""A live run goes on in another version of its process, and back again while nothing was done under the new one.

Publishing and retiring versions never touch a run: only this does, by hand. The verdict is the core's (`core.migrate`); here
the run and all its open steps are locked, so that no worker begins one of them meanwhile, and the steps follow their tokens.
"""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.engine import core, events, store
from apps.engine.actions.advancing import carry_out
from apps.engine.actions.gates import gates_at, gates_in, sends
from apps.engine.actions.permission import Gate, Intervention, about_run
from apps.engine.actions.runs import pins_of
from apps.engine.errors import MigrationRefused, NothingToUndo, SameVersion, StepInHand
from apps.engine.models import Attempt, Run, Step
from apps.engine.selectors import last_migration, plan_of, plan_of_version
from apps.engine.states import StepState, Verb
from apps.kernel import clock
from apps.people.models import User
from apps.processes.models import ProcessVersion
from apps.processes.states import VersionState


@transaction.atomic
def migrate_run(
    *, run_id: int, actor: User, reason: str, version: int, mapping: dict[str, str], signed: int | None = None
) -> Run:
    """Lets a run go on in the published version of its process that has this number.

    `mapping` gives elements of the run's version their counterpart where it has another id. Refused, element by element, where
    a token would be lost, and while a worker has a step in hand. Decisions of people that the run would do without take the
    signature of somebody who might have made them.
    """
    asked = about_run(Verb.MIGRATE, run_id, actor, reason, {"version": version, "mapping": mapping})
    target = ProcessVersion.objects.filter(process=asked.run.process_id, number=version, state=VersionState.PUBLISHED)
    found = target.select_related("process").defer("model_xml").first()
    if found is None:
        raise MigrationRefused.because(version, [core.Reason("", "not_published")], {})
    if found.pk == asked.run.version_id:
        raise SameVersion(version=version)
    return _Move(asked, found, {str(old): str(new) for old, new in mapping.items()}).make(signed)


@transaction.atomic
def migrate_back(*, run_id: int, actor: User, reason: str, signed: int | None = None) -> Run:
    """Lets a run go on in the version that it came from; refused once anything was done or decided under the new one."""
    asked = about_run(Verb.MIGRATE_BACK, run_id, actor, reason)
    run = asked.run
    last = last_migration(run) if run.came_from_id is not None else None
    if last is None:
        raise NothingToUndo()
    if last["stands"] != _stands(run.marking, run.variables) or last["last_attempt"] != _last_attempt(run):
        raise NothingToUndo()
    target = ProcessVersion.objects.select_related("process").defer("model_xml").get(pk=last["before_id"])
    before = core.Counterparts(plan_of_version(target), plan_of(run), last["mapping"])
    mapping = {new: old for old, new in before.pairs.items() if new != old and before.back[new] == old}
    return _Move(asked, target, mapping, back=True).make(signed)


class _Move:
    """One run, locked, on its way to another version."""

    def __init__(self, asked: Intervention, target: ProcessVersion, mapping: dict[str, str], *, back: bool = False) -> None:
        self.asked, self.change, self.run = asked, asked.change, asked.run
        self.target, self.mapping, self.back = target, mapping, back
        self.now = clock.now()

    def make(self, signed: int | None) -> Run:
        steps = store.lock_open_steps(self.run)
        at_work = next((step for step in steps if step.state == StepState.RUNNING), None)
        if at_work is not None:
            raise StepInHand(step=at_work.name)
        old, new = plan_of(self.run), plan_of_version(self.target)
        before = self.change.marking
        tried = frozenset(step.token for step in steps if step.attempt and sends(step))
        found = core.migrate(
            old,
            new,
            before,
            self.mapping,
            variables=self.run.variables,
            business_date=self.run.business_date,
            run=self.run.known_as,
            now=self.now,
            tried=tried,
            forms=not self.back,
        )
        if found.outcome is None:
            raise MigrationRefused.because(self.target.number, found.reasons, _names(new) | _names(old))
        pinned = pins_of(self.target, self.run.business_date, self.run.pinned)
        self.asked.gates = self._gates(found.pairs, before, pinned)
        self.asked.permit(signed)
        self._write(found.pairs, found.outcome, steps, pinned, tried)
        return self.run

    def _gates(self, pairs: core.Counterparts, before: core.Marking, pinned: dict[str, int]) -> list[Gate]:
        passed = core.passed_by_migration(pairs, before)
        gates = [gate for name in passed.lost for gate in gates_at(self.run, pairs.old.nodes[name])]
        for name in passed.missed:
            gates += gates_in(self.run, pairs.new, pairs.new.nodes[name], pinned, pairs.back)
        return gates

    def _write(
        self,
        pairs: core.Counterparts,
        outcome: core.Outcome,
        steps: list[Step],
        pinned: dict[str, int],
        tried: frozenset[int],
    ) -> None:
        run, change = self.run, self.change
        before, marking = run.version, run.marking
        self.asked.say()
        change.told.append(
            core.told_migration(
                before=run.version_id,
                after=self.target.pk,
                mapping=self.mapping,
                tried=tried,
                forms=not self.back,
                now=self.now,
            )
        )
        change.set_run(
            version=self.target,
            plan_digest=self.target.plan_digest,
            pinned=pinned,
            came_from=None if self.back else before,
            held_nodes=[pairs.of(node) or node for node in run.held_nodes],
            overrides={pairs.of(node) or node: given for node, given in run.overrides.items()},
        )
        store.take_along(steps, pairs.pairs, pairs.new, {c.token for c in outcome.commands if isinstance(c, core.Withdraw)})
        change.marking, run.variables = outcome.marking, outcome.variables
        migrated = len(change.facts)
        carry_out(change, outcome, outcome.commands)
        change.clear_incident()
        fact = events.RunMigrated(
            run=run.pk,
            line=run.line.code,
            before=before.number,
            after=self.target.number,
            before_id=before.pk,
            after_id=self.target.pk,
            mapping=dict(self.mapping),
            back=self.back,
            marking=marking,
            stands=_stands(change.marking.to_json(), run.variables),
            last_attempt=_last_attempt(run),
        )
        change.facts.insert(migrated, fact)
        change.save()


def _stands(marking: dict[str, Any], variables: dict[str, Any]) -> str:
    """A digest of where a run stands: the same as long as nothing has happened in it."""
    return hashlib.sha256(json.dumps([marking, variables], sort_keys=True).encode()).hexdigest()


def _last_attempt(run: Run) -> int:
    return Attempt.objects.filter(step__run=run).aggregate(last=Max("pk"))["last"] or 0


def _names(plan: Any) -> dict[str, str]:
    return {node.id: node.name or node.id for node in plan.nodes.values()}
