"""Declarations and withdrawals of one claim in any order: no share appears and none vanishes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.lines.preferred_stock import store
from apps.lines.preferred_stock.core.claims import Choice, Result, answered, chosen, withdrawn
from apps.lines.preferred_stock.core.simulated import PUT_BACK, Fault
from apps.lines.preferred_stock.models import PreferredClaim
from apps.lines.preferred_stock.selectors.claims import (
    answerable,
    declarable,
    packaged_terms,
    waiting_withdrawals,
    withdrawable,
    withdrawn_to_release,
)
from tests.lines.preferred import DAY, NEXT, a_day, a_world, finished, installed, kept

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = packaged_terms()
NOBODY = 0
"""No run: what a run has sent itself may be read again, and every step here is of another one."""
FRESH = {
    "state": "declaring",
    "declared": 0,
    "declared_on": None,
    "declared_by": None,
    "withdrawn": 0,
    "withdrawing": 0,
    "returned": 0,
    "withdrawn_on": None,
    "withdrawn_by": None,
    "released_by": None,
    "accepted": 0,
    "answered_on": None,
}


class Day:
    """One claim through the steps of the line, beside what clients said and the counter was told."""

    def __init__(self, claim):
        self.pk, self.line_id, self.run_id = claim.pk, claim.event.line_id, claim.event.announced_by_id
        self.key = {"event": PUT_BACK, "account": claim.account, "unit": claim.unit}
        PreferredClaim.objects.filter(pk=self.pk).update(**FRESH)
        self.ever_declared = self.freed = 0

    @property
    def row(self):
        return PreferredClaim.objects.get(pk=self.pk)

    def declare(self, quantity):
        found, _findings = chosen([Choice(row=1, quantity=quantity, **self.key)], declarable(self.line_id, DAY))
        store.declare(found, self.run_id, DAY)
        self.ever_declared += found.get(self.pk, 0)

    def withdraw(self, quantity, confirmed):
        choice = Choice(row=1, quantity=quantity, instruction="withdraw", **self.key)
        found, _findings = withdrawn([choice], withdrawable(self.line_id, NOBODY, NEXT))
        store.withdraw(found, self.run_id)
        answers, _stopped = answered([self.result(quantity, confirmed)], self.waiting(), settled=TERMS.settled_code)
        for _time in range(2):
            store.keep_withdrawals(answers, {}, NEXT)

    def waiting(self):
        return [one for one in waiting_withdrawals(self.line_id, NEXT, TERMS) if self.row.state == "withdrawal"]

    def release(self):
        for one in withdrawn_to_release(self.line_id, NOBODY):
            self.freed += one.returned
            store.mark_posted([], [], [one.pk], self.run_id, NEXT)

    def settle(self, accepted):
        result = self.result(self.row.declared, min(accepted, self.row.declared))
        found, _stopped = answered([result], answerable(self.line_id, NEXT, TERMS), settled=TERMS.settled_code)
        store.keep_answers(found, {}, NEXT)

    def result(self, declared, accepted):
        verdict = TERMS.settled_code if accepted else "0101"
        return Result(row=1, code="820002", verdict=verdict, declared=declared, accepted=accepted, **self.key)


def test_what_was_declared_is_withdrawn_or_settled_or_rejected_and_the_counter_frees_each_share_once(claim):
    quantities = st.integers(0, claim.entitled + 1)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(quantities, quantities, st.booleans()), max_size=6), quantities)
    def holds(steps, accepted):
        day = Day(claim)
        for quantity, confirmed, posted in steps:
            day.declare(quantity) if day.row.state == "declaring" else day.withdraw(quantity, confirmed)
            row = day.row
            assert row.declared + row.withdrawn == day.ever_declared
            assert 0 <= row.declared <= row.entitled
            if posted:
                day.release()
        day.settle(accepted)
        day.release()

        row = day.row
        rejected = row.declared - row.accepted if row.state in ("accepted", "rejected") else 0
        frozen = 0 if row.state in ("accepted", "rejected") else row.declared
        assert row.withdrawn + row.accepted + rejected + frozen == day.ever_declared
        assert day.freed == row.withdrawn

    holds()


@pytest.fixture
def claim(settings, tmp_path):
    """A claim whose window is open on both days."""
    installed(settings, tmp_path)
    world = a_world(Fault.PART_WITHDRAWN)
    finished(a_day(tmp_path, world))
    return kept(world.first)
