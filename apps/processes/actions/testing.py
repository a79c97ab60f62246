"""Tests of a process are written by its authors. What is expected of a process is as much its history as its models are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import require
from apps.people.models import User
from apps.people.states import Right
from apps.processes import events
from apps.processes.actions.versions import locked_process
from apps.processes.core.merging import merge_values
from apps.processes.core.testing import Unusable, read_test
from apps.processes.errors import TestChangedMeanwhile, TestExists, TestUnusable, TooManyTests
from apps.processes.models import Process, ProcessTest

MOST_TESTS = 50
"""Of one process: all of them are played before a version is submitted."""


@transaction.atomic
def save_test(*, process_key: str, test: Any, actor: User, test_id: int | None = None, seen: str | None = None) -> ProcessTest:
    """A new test, or the one of `test_id` as it shall be from now on; the same again is no change.

    `test` is its JSON (see `core.testing`); `seen` is the digest of the test that the author changed. Raises TestUnusable,
    TestExists, TooManyTests, TestChangedMeanwhile when somebody else saved it since.
    """
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    try:
        case = read_test(test)
    except Unusable as refusal:
        raise TestUnusable.because_of(refusal) from refusal
    found = ProcessTest(process=process) if test_id is None else _locked_test(process, test_id, seen)
    if found.pk is None and process.tests.count() >= MOST_TESTS:
        raise TooManyTests(most=MOST_TESTS)
    if found.pk is not None and found.digest == case.digest:
        return found
    found.name, found.variables, found.script, found.expected = case.name, case.variables, case.script, case.expected.as_dict()
    found.saved_by, found.saved_at = actor, clock.now()
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as twice:
        raise TestExists(name=case.name) from twice
    append(events.TestSaved(**_facts(process, found)), actor=actor)
    return found


@transaction.atomic
def remove_test(*, process_key: str, test_id: int, reason: str, actor: User, seen: str | None = None) -> None:
    """Versions are no longer asked to pass it; the journal says what it was and why it went."""
    process = locked_process(process_key)
    require(actor, Right.EDIT, process.line, process.pk)
    found = _locked_test(process, test_id, seen)
    facts = _facts(process, found)
    found.delete()
    append(events.TestRemoved(**facts, reason=reason), actor=actor)


def take_over_tests(
    *, process: Process, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], reason: str, actor: User
) -> None:
    """Brings along what a base has changed in its tests, except where the process has changed the same: its own stay.

    The process is locked, and the actor may edit it.
    """
    own = {test.name: test for test in process.tests.all()}
    before, after = ({test["name"]: test for test in tests} for tests in (was, now))
    joined = merge_values(before, after, {name: test.case.as_dict() for name, test in own.items()}).values
    for name, test in own.items():
        if name not in joined:
            remove_test(process_key=process.key, test_id=test.pk, reason=reason, actor=actor)
    for name, said in joined.items():
        save_test(process_key=process.key, test=said, test_id=own[name].pk if name in own else None, actor=actor)


def _locked_test(process: Process, test_id: int, seen: str | None) -> ProcessTest:
    found = process.tests.select_for_update(of=("self",)).select_related("saved_by").filter(pk=test_id).first()
    if found is None:
        raise NotFound(what="test")
    if seen is not None and seen != found.digest:
        raise TestChangedMeanwhile(name=found.name, by=str(found.saved_by))
    return found


def _facts(process: Process, test: ProcessTest) -> dict[str, Any]:
    return {
        "process": process.key,
        "line": process.line.code,
        "test": test.pk,
        "name": test.name,
        "test_digest": test.digest,
    }
