"""Whatever happens while a change takes effect: afterwards all of it is there, or nothing of it, and it can be tried again."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection

from apps.changes import actions
from apps.changes.models import Change, ChangeItem
from apps.engine.models import InterventionPolicy, StepWindow
from apps.journal.models import Entry
from apps.people.models import Membership
from apps.processes.models import InForce, ProcessVersion
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.people import make_team, make_user

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def approved() -> Iterator[Change]:
    """A change with a version, a cut-off, a role and a policy, whose date has begun."""
    with made.on(TODAY):
        world = made.world()
        make_user("new")
        role = {"team": make_team(world.line).pk, "person": "new", "role": "operator"}
        policy = {"verb": "skip", "second_person": False}
        items = (made.version_item(world), made.window_item(step="b"), ("role", role), ("intervention.policy", policy))
        change = made.approved(world, *items)
    with made.on(TUESDAY):
        yield change


def picture(change: Change) -> dict[str, Any]:
    """Everything that the change is about, as it stands."""
    return {
        "state": Change.objects.get(pk=change.pk).state,
        "versions": list(ProcessVersion.objects.order_by("number").values_list("state", flat=True)),
        "in force": list(InForce.objects.order_by("pk").values_list("version__number", "from_date")),
        "windows": StepWindow.objects.count(),
        "policies": InterventionPolicy.objects.count(),
        "roles": Membership.objects.filter(user__username="new").count(),
        "before": ChangeItem.objects.exclude(before=None).count(),
        "told": Entry.objects.count(),
    }


def at_write(number: int, act: Callable[[], None]) -> Callable[..., Any]:
    """Has `act` done in place of the write of this number."""
    left = [number]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            left[0] -= 1
            if left[0] == 0:
                act()
        return execute(sql, params, many, context)

    return wrapper


def lost() -> None:
    raise OperationalError("the connection was lost")


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_at_any_write_leaves_all_old_and_the_next_try_makes_all_new(approved):
    before, number = picture(approved), 0

    while True:
        number += 1
        try:
            with connection.execute_wrapper(at_write(number, lost)):
                actions.activate_change(change_id=approved.pk)
        except OperationalError:
            assert picture(approved) == before, number
        else:
            break

    after = picture(approved)
    assert number > 15
    assert after["state"] == "active"
    assert after["versions"] == ["retired", "published"]
    assert (after["windows"], after["policies"], after["roles"], after["before"]) == (1, 1, 1, 4)


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_at_any_write_leaves_all_old_and_the_next_try_makes_all_new(approved):
    if "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory dies with its process: the same is shown there by a lost connection")
    before, number = picture(approved), 0

    while True:
        number += 1
        connection.close()
        child = os.fork()
        if child == 0:
            try:
                with connection.execute_wrapper(at_write(number, lambda: os.kill(os.getpid(), signal.SIGKILL))):
                    actions.activate_change(change_id=approved.pk)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        assert picture(approved) == before, number

    after = picture(approved)
    assert number > 15
    assert (after["state"], after["versions"]) == ("active", ["retired", "published"])
