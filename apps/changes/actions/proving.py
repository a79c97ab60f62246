"""Released tickets become done: the versions that name them have had their first clean run. Looked for, never said by hand."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from apps.changes.models import Proof
from apps.changes.selectors.tickets import first_clean_run, in_force, proofs_of, tickets_that_wait, versions_for
from apps.kernel import clock
from apps.tickets.actions import finish_ticket
from apps.tickets.core.finishing import InForce

LOOK_BACK = timedelta(minutes=5)
"""Clocks differ, and a run is seen only when its transaction is committed: so much is looked at again."""


def prove_tickets() -> int:
    """One look of a sweeper; how many tickets are done by it. One query while nothing waits."""
    waiting = tickets_that_wait()
    if not waiting:
        return 0
    named = versions_for(waiting)
    known = in_force({version for versions in named.values() for version in versions})
    proofs = _looked_for(known)
    return sum(_finished(ticket, named[ticket], known, proofs) for ticket in waiting)


def _finished(ticket: int, named: set[int], known: dict[int, int], proofs: dict[int, Proof]) -> bool:
    versions = [version for version in sorted(named) if version in known]
    facts = [InForce(known[version], proofs[version].run is not None) for version in versions]
    runs = [proofs[version].run for version in versions]
    return finish_ticket(ticket_id=ticket, versions=facts, proof=", ".join(f"#{run.pk} {run}" for run in runs if run is not None))


def _looked_for(known: dict[int, int]) -> dict[int, Proof]:
    proofs = proofs_of(known)
    for version in known:
        if version not in proofs or proofs[version].run is None:
            proofs[version] = _look(proofs.get(version) or Proof(version_id=version))
    return proofs


def _look(proof: Proof) -> Proof:
    """Looks at the runs that have ended since the last look. Two sweepers may: each version has one row."""
    now = clock.now()
    since = proof.looked_at - LOOK_BACK if proof.looked_at is not None else None
    run = first_clean_run(proof.version_id, since)
    if run is None and proof.looked_at is not None and now - proof.looked_at < LOOK_BACK / 2:
        return proof
    proof.run, proof.looked_at = run, now
    try:
        with transaction.atomic():
            proof.save()
    except IntegrityError:
        return Proof.objects.select_related("run__process").get(version=proof.version_id)
    return proof
