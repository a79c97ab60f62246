"""Following all streams: nothing is missed, nobody's entries are shown to others."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from apps.journal import selectors
from apps.journal.actions import append, append_all
from apps.journal.models import Entry
from tests.factories.people import make_line, make_member, make_user
from tests.journal.test_append import Noted

needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def others_done(seconds=60):
    """Waits until every entry has its place: tests of another process hold places back for a moment."""
    until = time.monotonic() + seconds
    while selectors.not_placed_after(0).exists():
        assert time.monotonic() < until, "an older transaction stays open on this server"
        time.sleep(0.05)


def followed(position, lines=None, limit=3):
    """Everything behind a position, page by page."""
    found: list[Entry] = []
    while True:
        page, position = selectors.entries_after(position, lines=lines, limit=limit)
        if not page:
            return found, position
        found += page


@pytest.mark.django_db(transaction=True)
def test_a_follower_sees_every_entry_once_in_pages():
    start = selectors.last_position()
    for number in range(10):
        append(Noted(stream=f"s{number % 3}", what=number), actor=None)
    others_done()

    found, position = followed(start)

    assert [entry.data["what"] for entry in found] == list(range(10))
    assert followed(position)[0] == []
    assert followed(selectors.last_position())[0] == []


@pytest.mark.django_db(transaction=True)
def test_a_follower_of_some_lines_sees_only_those():
    for line in ("a", "b", "", "a"):
        append(Noted(line=line), actor=None)
    others_done()

    assert [entry.line for entry in followed((0, 0), {"a"})[0]] == ["a", "a"]
    assert [entry.line for entry in followed((0, 0), {"a", ""})[0]] == ["a", "", "a"]
    assert followed((0, 0), set())[0] == []


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_earlier_and_commits_later_is_not_missed():
    start = selectors.last_position()
    written, go_on = threading.Event(), threading.Event()

    def slow_writer():
        with transaction.atomic():
            append(Noted(stream="slow"), actor=None)
            written.set()
            go_on.wait(10)
        connections.close_all()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert written.wait(10)
    append(Noted(stream="quick"), actor=None)
    early, position = followed(start)
    go_on.set()
    writer.join(10)
    others_done()
    late, _ = followed(position)

    assert early == []
    assert [entry.stream for entry in late] == ["slow", "quick"]


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_writers_may_begin_the_same_stream_at_the_same_moment():
    barrier = threading.Barrier(4)
    problems = []

    def writer(order):
        try:
            barrier.wait(10)
            for _ in range(10):
                append_all([Noted(stream=name) for name in order], actor=None)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=writer, args=(order,)) for order in ("abc", "cba", "bac", "acb")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert problems == []
    assert Entry.objects.count() == 120
    assert selectors.verify().findings == []


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_postgresql_tells_its_listeners_that_the_journal_grew():
    import psycopg

    settings = connection.get_connection_params()
    wanted = {key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)}
    with psycopg.connect(**wanted, autocommit=True) as listener:
        listener.execute("LISTEN journal")

        append(Noted(), actor=None)

        assert [note.channel for note in listener.notifies(timeout=5, stop_after=1)] == ["journal"]


@pytest.mark.django_db
def test_a_page_of_entries_is_one_query_with_its_actors(django_assert_num_queries):
    person = make_user("wang.min")
    append_all([Noted(what=number) for number in range(20)], actor=person)

    with django_assert_num_queries(1):
        assert len([selectors.as_json(entry) for entry in selectors.entries_of("test")]) == 20
    with django_assert_num_queries(1):
        assert [entry.number for entry in selectors.newest_of("test", before_number=10, limit=3)] == [9, 8, 7]


@pytest.mark.django_db
def test_the_api_reads_a_stream_on_from_a_number(client):
    make_line("rtgs-sh")
    client.force_login(make_member("li.lei", "checker"))
    append_all([Noted(stream="run.1", line="rtgs-sh", what=number) for number in range(5)], actor=None)

    page = client.get(reverse("api-journal", args=["run.1"]), {"after": 3}).json()

    assert [entry["number"] for entry in page["entries"]] == [4, 5]
    assert page["after"] == 5
    assert client.get(reverse("api-journal", args=["run.1"]), {"after": 5}).json() == {"entries": [], "after": 5}
    assert client.get(reverse("api-journal", args=["run.1"]), {"after": "x"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("roles", "stream", "status"),
    [
        (["checker"], "run.1", 200),
        (["checker"], "run.2", 404),
        (["checker"], "security", 404),
        (["auditor"], "security", 200),
        ([], "run.1", 404),
        (["checker"], "nothing", 404),
    ],
)
def test_the_api_shows_streams_of_ones_own_lines_and_the_rest_to_auditors(client, roles, stream, status):
    make_line("rtgs-sh")
    client.force_login(make_member("li.lei", *roles))
    append_all([Noted(stream="run.1", line="rtgs-sh"), Noted(stream="run.2", line="other"), Noted(stream="security")], actor=None)

    assert client.get(reverse("api-journal", args=[stream])).status_code == status


@pytest.mark.django_db
def test_the_api_and_the_admin_site_are_closed_to_strangers_and_the_admin_site_only_shows(client):
    append(Noted(), actor=None)
    assert client.get(reverse("api-journal", args=["test"])).status_code in (401, 403)

    client.force_login(make_user("root", superuser=True))
    entry = Entry.objects.get()
    assert client.get(reverse("admin:journal_entry_changelist")).status_code == 200
    assert client.get(reverse("admin:journal_entry_change", args=[entry.pk])).status_code == 200
    assert client.post(reverse("admin:journal_entry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:journal_entry_add")).status_code == 403
