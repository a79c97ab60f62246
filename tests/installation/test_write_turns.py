"""SQLite has one writer at a time: who has waited longest asks most often, and nobody waits for ever."""

import sqlite3
import threading
import time

import pytest
from django.db import OperationalError, connections, transaction

from clearway.settings.database import sqlite
from clearway.sqlite3.base import DatabaseWrapper, pause_after


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """A database of its own under the alias `own`, whose writers give up after 0.3 s."""
    settings = connections.settings["default"] | sqlite(tmp_path)
    settings["OPTIONS"] = settings["OPTIONS"] | {"timeout": 0.3}
    connections["own"] = own = DatabaseWrapper(settings, "own")
    with django_db_blocker.unblock():
        with own.cursor() as cursor:
            cursor.execute("CREATE TABLE words (word text)")
        yield tmp_path / "clearway.sqlite3"
        own.close()
    del connections["own"]


def taken(path):
    """Somebody else writes."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def write(word):
    with transaction.atomic("own"), connections["own"].cursor() as cursor:
        cursor.execute("INSERT INTO words VALUES (%s)", [word])


def words(path):
    with sqlite3.connect(path) as reader:
        return [word for (word,) in reader.execute("SELECT word FROM words")]


def test_who_has_waited_longer_asks_more_often():
    pauses = [pause_after(waited / 1000) for waited in range(0, 200, 5)]

    assert pauses == sorted(pauses, reverse=True)
    assert pauses[0] > 10 * pauses[-1] > 0


def test_a_writer_has_its_turn_when_the_other_has_ended(database):
    other = taken(database)
    threading.Timer(0.1, other.execute, ["COMMIT"]).start()

    write("late")

    assert words(database) == ["late"]


def test_a_writer_gives_up_after_its_time_and_has_written_nothing(database):
    other = taken(database)
    began = time.monotonic()

    with pytest.raises(OperationalError, match="locked"):
        write("never")

    assert time.monotonic() - began >= 0.3
    other.execute("ROLLBACK")
    assert words(database) == []
    write("again")
    assert words(database) == ["again"]


def test_what_is_written_outside_a_transaction_waits_as_well(database):
    write("first")
    other = taken(database)
    threading.Timer(0.1, other.execute, ["COMMIT"]).start()

    with connections["own"].cursor() as cursor:
        cursor.execute("INSERT INTO words VALUES ('second')")

    assert words(database) == ["first", "second"]
