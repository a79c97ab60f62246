"""Tampering by somebody who got past the guards: each class is found, and the first bad entry is named."""

import json
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.journal import selectors
from apps.journal.actions import append_all
from apps.journal.core.chain import chain_hash
from apps.journal.models import Entry, Stream
from tests.journal.test_append import Noted

pytestmark = pytest.mark.django_db


@contextmanager
def guards_lifted():
    """What an administrator of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'journal_%'")
            found = cursor.fetchall()
            for name, _ in found:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, sql in found:
                cursor.execute(sql)
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for change in ("DISABLE", "ENABLE"):
                for table in ("journal_entry", "journal_stream"):
                    cursor.execute(f"ALTER TABLE {table} {change} TRIGGER USER")
                if change == "DISABLE":
                    yield


@pytest.fixture
def streams():
    append_all([Noted(stream=name, what=number) for number in range(5) for name in ("a", "b")], actor=None)


def at(stream, number):
    return Entry.objects.filter(stream=stream, number=number)


def edit():
    at("a", 3).update(data={"what": 99})


def edit_the_time():
    at("a", 3).update(at="2020-01-01T00:00:00Z")


def edit_and_rehash():
    entry = at("a", 3).get()
    entry.data = {"what": 99}
    at("a", 3).update(data=entry.data, hash=_hash(entry))


def _hash(entry):
    return chain_hash(entry.previous_hash, entry.content())


def delete_middle():
    at("a", 3).delete()


def delete_middle_and_renumber():
    at("a", 3).delete()
    at("a", 4).update(number=3)
    at("a", 5).update(number=4)


def delete_tail():
    at("a", 5).delete()


def insert_at_the_end():
    entry = at("a", 5).get()
    entry.pk, entry.number, entry.previous_hash = None, 6, entry.hash
    entry.hash = _hash(entry)
    entry.save(force_insert=True)


def reorder():
    at("a", 2).update(number=99)
    at("a", 3).update(number=2)
    at("a", 99).update(number=3)


def move_between_streams():
    at("a", 5).update(stream="b", number=6)


def forge_the_head():
    at("a", 5).delete()
    Stream.objects.filter(name="a").update(last_number=4)


def delete_stream():
    Entry.objects.filter(stream="a").delete()


@pytest.mark.parametrize(
    ("tamper", "stream", "number", "why"),
    [
        (edit, "a", 3, "content"),
        (edit_the_time, "a", 3, "content"),
        (edit_and_rehash, "a", 4, "continue"),
        (delete_middle, "a", 4, "number 3 missing"),
        (delete_middle_and_renumber, "a", 3, "continue"),
        (delete_tail, "a", 5, "missing at the end"),
        (insert_at_the_end, "a", 6, "the stream goes on"),
        (reorder, "a", 2, "continue"),
        (move_between_streams, "a", 5, "missing at the end"),
        (forge_the_head, "a", 4, "another hash"),
        (delete_stream, "a", 1, "1 to 5 missing"),
    ],
)
def test_every_kind_of_tampering_is_found_and_its_first_entry_named(streams, capsys, tamper, stream, number, why):
    with guards_lifted():
        tamper()

    found = selectors.verify().findings
    assert (found[0].stream, found[0].number) == (stream, number)
    assert why in found[0].why
    assert {finding.stream for finding in found} <= {"a", "b"}
    with pytest.raises(SystemExit) as end:
        call_command("journal", "verify")
    assert end.value.code == 1
    assert f"BAD stream {stream} number {number}" in capsys.readouterr().out


def test_a_moved_entry_is_found_where_it_went_as_well(streams):
    with guards_lifted():
        move_between_streams()

    assert [finding.stream for finding in selectors.verify().findings] == ["a", "b"]


def test_one_stream_can_be_checked_alone(streams, capsys):
    with guards_lifted():
        edit()

    assert selectors.verify("b").findings == []
    assert len(selectors.verify("a").findings) == 1


def test_a_good_journal_says_so_in_words_and_in_json(streams, capsys):
    call_command("journal", "verify")
    assert capsys.readouterr().out == "2 streams, 10 entries, 0 broken streams\n"

    call_command("journal", "verify", "--json")
    assert json.loads(capsys.readouterr().out) == {"streams": 2, "entries": 10, "findings": []}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(victim=st.integers(1, 5), field=st.sampled_from(["kind", "line", "data", "hash", "previous_hash", "at"]))
def test_any_changed_field_of_any_entry_is_found(victim, field):
    stream = f"s{Entry.objects.count()}"
    append_all([Noted(stream=stream, what=number) for number in range(5)], actor=None)
    value = {"data": {"what": "forged"}, "at": "2001-01-01T00:00:00Z"}.get(field, "f" * 40)
    with guards_lifted():
        at(stream, victim).update(**{field: value})

    found = selectors.verify(stream).findings
    assert [finding.stream for finding in found] == [stream]
    assert found[0].number in (victim, victim + 1)
