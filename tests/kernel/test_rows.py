"""Rows that are made without the models' constructors are the rows that the constructors make."""

from datetime import UTC, datetime

import pytest

from apps.engine.models import Run, Step
from apps.journal.models import Entry
from apps.kernel import rows

AT = datetime(2026, 3, 2, tzinfo=UTC)


def values(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name not in ("_state", "transaction_id")}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Step, {"run_id": 1, "token": 2, "node_id": "a", "state": "ready", "created_at": AT, "inputs": {"a": 1}}),
        (Run, {"process_id": 1, "version_id": 2, "line_id": 3, "begun_at": AT}),
        (Entry, {"stream": "run.1", "number": 1, "kind": "run.begun", "at": AT, "data": {}}),
    ],
)
def test_a_new_row_is_what_the_constructor_makes(model, given):
    made = rows.new_row(model, given)

    assert values(made) == values(model(**given))
    assert (made._state.adding, made._state.db) == (True, None)


def test_two_new_rows_share_no_value_that_may_change():
    one, other = rows.new_row(Step, {}), rows.new_row(Step, {})

    one.parameters["a"] = 1

    assert other.parameters == {}


@pytest.mark.django_db
def test_a_row_that_is_read_is_what_the_model_reads():
    entry = Entry.objects.create(stream="run.1", number=1, kind="run.begun", at=AT, data={"a": [1]}, previous_hash="", hash="x")

    read = rows.read_rows(Entry, "WHERE stream = %s", ["run.1"])[0]

    expected = Entry.objects.get()
    assert values(read) == values(expected) | {"data": entry.data}
    assert vars(read._state) == vars(expected._state)
    assert read == entry
