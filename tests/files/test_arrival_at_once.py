"""Several sweepers look at the same moment: one file, one fact, one message."""

import threading

import pytest
from django.db import connection

from apps.files.actions import accepting, scan_source
from apps.files.models import ArrivedFile
from apps.journal.models import Entry
from tests.factories.files import DAY, drop, source, table_bytes

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 60


def at_once(count, act) -> list[BaseException]:
    """Runs `act` in threads that start together; gives what they raised."""
    gate, raised = threading.Barrier(count), []

    def one() -> None:
        gate.wait(PATIENCE_SECONDS)
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return raised


@pytest.mark.parametrize("data", [table_bytes("zqbd", []), table_bytes("zqbd", [])[:-1] + b"\0"], ids=["good", "bad"])
def test_scanners_at_the_same_moment_take_a_file_in_once(tmp_path, messages, data):
    one = source(tmp_path, required_codes=["zqbd"])
    drop(tmp_path, "zqbd.713", data)
    scan_source(source_id=one.pk, business_date=DAY)

    raised = at_once(4, lambda: scan_source(source_id=one.pk, business_date=DAY))

    assert raised == []
    assert ArrivedFile.objects.count() == Entry.objects.count() == 1
    assert len(messages) == (1 if ArrivedFile.objects.get().state == "accepted" else 0)


def test_a_message_that_cannot_be_delivered_takes_the_file_back(tmp_path, monkeypatch):
    one = source(tmp_path, required_codes=["zqbd"])
    drop(tmp_path, "zqbd.713", table_bytes("zqbd", []))
    scan_source(source_id=one.pk, business_date=DAY)

    def broken(**_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(accepting, "deliver_message", broken)
        with pytest.raises(RuntimeError):
            scan_source(source_id=one.pk, business_date=DAY)
    assert not ArrivedFile.objects.exists()
    assert not Entry.objects.exists()

    monkeypatch.setattr(accepting, "deliver_message", lambda **_: None)
    scan_source(source_id=one.pk, business_date=DAY)

    assert ArrivedFile.objects.get().state == "accepted"
