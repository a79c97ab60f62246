"""What is sent is sent once per key, whole, and never over something else."""

import pytest

from apps.files.actions import send_file
from apps.files.actions import sending as sending_module
from apps.files.errors import KeyReused, NameTaken
from apps.files.models import SentFile
from apps.journal.models import Entry
from tests.factories.files import DAY, line

pytestmark = pytest.mark.django_db


def send(folder, **facts):
    line()
    given = {
        "key": "step-7",
        "line_code": "rtgs-sh",
        "business_date": DAY,
        "directory": str(folder / "{date}"),
        "name": "ticks.713",
        "data": b"ticks",
        "actor": None,
    }
    return send_file(**{**given, **facts})


def test_a_file_is_sent_once_however_often_it_is_tried(tmp_path):
    first = send(tmp_path)
    second = send(tmp_path)

    assert first.pk == second.pk
    assert (first.state, first.path) == ("sent", str(tmp_path / "20260713" / "ticks.713"))
    assert (tmp_path / "20260713" / "ticks.713").read_bytes() == b"ticks"
    assert [path.name for path in (tmp_path / "20260713").iterdir()] == ["ticks.713"]
    assert [entry.kind for entry in Entry.objects.all()] == ["file.sent"]


def test_a_file_taken_away_by_the_receiver_is_not_sent_again(tmp_path):
    send(tmp_path)
    (tmp_path / "20260713" / "ticks.713").unlink()

    send(tmp_path)

    assert not (tmp_path / "20260713" / "ticks.713").exists()


def test_other_bytes_under_a_used_key_are_refused(tmp_path):
    send(tmp_path)

    with pytest.raises(KeyReused):
        send(tmp_path, data=b"other")

    assert (tmp_path / "20260713" / "ticks.713").read_bytes() == b"ticks"
    assert SentFile.objects.count() == Entry.objects.count() == 1


def test_a_different_file_in_the_way_is_never_overwritten(tmp_path):
    (tmp_path / "20260713").mkdir()
    (tmp_path / "20260713" / "ticks.713").write_bytes(b"mine")

    with pytest.raises(NameTaken):
        send(tmp_path)

    assert (tmp_path / "20260713" / "ticks.713").read_bytes() == b"mine"
    assert [sent.state for sent in SentFile.objects.all()] == ["sending"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("crash_at", ["_put", "_settle"])
def test_a_crash_at_any_point_is_made_good_by_the_next_try(tmp_path, monkeypatch, crash_at):
    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending_module, crash_at, crash)
        with pytest.raises(KeyboardInterrupt):
            send(tmp_path)

    sent = send(tmp_path)

    assert sent.state == "sent"
    assert (tmp_path / "20260713" / "ticks.713").read_bytes() == b"ticks"
    assert SentFile.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize("name", ["../ticks", "a/b", "", "..", "/etc/passwd"])
def test_a_name_is_only_a_name(tmp_path, name):
    with pytest.raises(ValueError, match="not a file name"):
        send(tmp_path, name=name)

    assert not SentFile.objects.exists()
