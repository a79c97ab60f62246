"""The one door into the journal, and the guards around it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.journal import selectors
from apps.journal.actions import append, append_all
from apps.journal.models import Entry, Stream
from apps.kernel import clock
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Noted:
    kind: ClassVar[str] = "test.noted"
    stream: str = "test"
    line: str = ""
    what: object = ""


def test_numbers_are_dense_per_stream_and_each_entry_continues_the_one_before():
    entries = append_all([Noted(stream=name) for name in ("b", "a", "b", "b")], actor=None)
    entries.append(append(Noted(stream="a"), actor=None))

    assert [(entry.stream, entry.number) for entry in entries] == [("b", 1), ("a", 1), ("b", 2), ("b", 3), ("a", 2)]
    assert entries[2].previous_hash == entries[0].hash
    assert entries[4].previous_hash == entries[1].hash
    assert dict(Stream.objects.values_list("name", "last_number")) == {"a": 2, "b": 3}
    assert selectors.verify().findings == []


def test_nothing_is_recorded_for_no_facts():
    assert append_all([], actor=None) == []


def test_an_entry_says_who_when_and_what():
    person = make_user("wang.min", display_name="王敏")

    with clock.fixed_at(datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)):
        append(Noted(what={"amount": Decimal("1.50"), "day": date(2026, 3, 2), "list": (1, "二")}, line="rtgs-sh"), actor=person)

    said = selectors.as_json(selectors.entries_of("test")[0])
    assert said["actor"] == {"id": person.pk, "username": "wang.min", "name": "王敏"}
    assert (said["number"], said["line"], said["at"]) == (1, "rtgs-sh", "2026-03-02T01:02:03+00:00")
    assert said["data"]["what"] == {"amount": "1.50", "day": "2026-03-02", "list": [1, "二"]}


def test_a_rolled_back_change_leaves_no_entry_and_no_gap():
    append(Noted(), actor=None)
    with transaction.atomic():
        append(Noted(), actor=None)
        transaction.set_rollback(True)
    append(Noted(), actor=None)

    assert list(Entry.objects.order_by("id").values_list("number", flat=True)) == [1, 2]
    assert selectors.verify().findings == []


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), {"deep": [float("nan")]}])
def test_what_has_no_exact_form_is_refused_and_nothing_is_written(value):
    with pytest.raises(TypeError), transaction.atomic():
        append(Noted(what=value), actor=None)

    assert not Entry.objects.exists()


EXACT = st.decimals(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20) | EXACT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), JSON), min_size=1, max_size=6))
def test_whatever_is_recorded_verifies_after_it_was_stored(facts):
    append_all([Noted(stream=stream, what=what) for stream, what in facts], actor=None)

    assert selectors.verify().findings == []


def test_one_stream_costs_three_statements_however_many_facts(django_assert_num_queries):
    append(Noted(), actor=None)

    with django_assert_num_queries(3):
        append_all([Noted(what=number) for number in range(50)], actor=None)


CHANGES = [
    "UPDATE journal_entry SET kind = 'x'",
    "UPDATE journal_entry SET hash = hash",
    "DELETE FROM journal_entry",
    "UPDATE journal_stream SET last_number = last_number - 1",
    "UPDATE journal_stream SET name = 'other'",
    "DELETE FROM journal_stream",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_the_journal_and_names_the_rule(statement):
    append_all([Noted(), Noted()], actor=None)
    before = list(Entry.objects.order_by("id").values())

    with pytest.raises(DatabaseError, match=r"never changed or removed|only moves forward"), transaction.atomic():
        connection.cursor().execute(statement)

    assert list(Entry.objects.order_by("id").values()) == before
    assert selectors.verify().findings == []


def test_the_models_cannot_change_the_journal_either():
    append(Noted(), actor=None)
    entry = Entry.objects.get()

    for change in (
        entry.delete,
        lambda: entry.save(),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.update(kind="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert Entry.objects.get().kind == "test.noted"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", ["journal_entry", "journal_stream"])
def test_the_journal_cannot_be_truncated(table):
    append(Noted(), actor=None)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=r"never changed|only moves forward"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")
def test_the_journal_cannot_be_replaced():
    append(Noted(), actor=None)

    with pytest.raises(DatabaseError, match=r"never changed"), transaction.atomic():
        connection.cursor().execute("INSERT OR REPLACE INTO journal_entry SELECT * FROM journal_entry")
