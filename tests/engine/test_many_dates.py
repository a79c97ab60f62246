"""Many runs begun at once, and settlements that have to be tried again."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from apps.engine import actions, store
from apps.engine.actions.working import _claimed, settle, work
from apps.engine.errors import AlreadyBegun
from apps.engine.models import Run
from tests.factories import engine as made

pytestmark = pytest.mark.django_db


def test_several_dates_begin_together_in_as_many_statements_as_one():
    made.published(made.chain(2))
    person, days = made.operator(), [made.DAY + timedelta(days=number) for number in range(41)]

    with CaptureQueriesContext(connection) as for_one:
        actions.begin_runs(process_key="CHAIN", business_dates=days[:1], actor=person)
    with CaptureQueriesContext(connection) as for_many:
        runs = actions.begin_runs(process_key="CHAIN", business_dates=days[1:], actor=person)

    assert len(for_many) <= len(for_one) <= 25
    assert [run.business_date for run in runs] == days[1:]
    assert [made.states(run) for run in runs] == [{"s0": "ready"}] * 40
    made.run_until_quiet()
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}


def test_when_one_of_several_dates_is_running_none_of_them_begins():
    run = made.begin(made.chain(2))
    days = [made.DAY - timedelta(days=1), made.DAY]

    with pytest.raises(AlreadyBegun, match=made.DAY.isoformat()):
        actions.begin_runs(process_key="CHAIN", business_dates=days, actor=made.operator())

    assert list(Run.objects.all()) == [run]


def test_a_settlement_that_the_database_refused_for_a_moment_is_kept_at_the_next_try():
    run = made.begin(made.chain(2))
    mine = _claimed(run.steps.get().pk)
    assert mine is not None
    outcome = work(mine)

    with mock.patch.object(store.Change, "save", side_effect=OperationalError("busy")), pytest.raises(OperationalError):
        settle(mine, outcome)

    assert run.steps.get().state == "running"
    assert settle(mine, outcome) is not None
    assert made.states(run) == {"s0": "done", "s1": "running"}
