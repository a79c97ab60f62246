"""What `manage.py up` says when it cannot start: one clear line, no traceback, nothing done."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def up(data: Path, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLEARWAY_")}
    environment |= {"CLEARWAY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "clearway.settings.embedded"}
    command = [sys.executable, str(ROOT / "manage.py"), "up", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)


def refused_in_one_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr.strip()


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_in_use_is_named_with_a_way_out(tmp_path, taken_port):
    result = up(tmp_path, "--port", str(taken_port))

    said = refused_in_one_line(result)
    assert f"Port {taken_port}" in said
    assert f"PORT={taken_port + 1}" in said
    assert not (tmp_path / "clearway.sqlite3").exists()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    database = sqlite3.connect(tmp_path / "clearway.sqlite3")
    database.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text)")
    database.execute("INSERT INTO django_migrations VALUES (1, 'engine', '9999_from_the_future', '2030-01-01')")
    database.commit()

    result = up(tmp_path, "--port", "0")

    said = refused_in_one_line(result)
    assert "newer version" in said
    assert "engine.9999_from_the_future" in said
    assert database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone() == (1,)


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "clearway.sqlite3").write_bytes(b"this is not a database, not even nearly" * 100)

    result = up(tmp_path, "--port", "0")

    assert "database" in refused_in_one_line(result)


def test_a_data_folder_that_is_held_is_named(tmp_path):
    import fcntl

    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        result = up(tmp_path, "--port", "0")

    assert "already runs" in refused_in_one_line(result)


def test_a_python_that_is_too_old_is_told_so_before_anything_is_made(tmp_path):
    pretend = tmp_path / "pretend.py"
    script, venv = str(ROOT / "tools/make_venv.py"), str(tmp_path / "venv")
    pretend.write_text(
        "import runpy, sys\nsys.version_info = (3, 9, 2, 'final', 0)\n"
        f"sys.argv = ['make_venv.py', {venv!r}]\nrunpy.run_path({script!r}, run_name='__main__')"
    )

    result = subprocess.run([sys.executable, str(pretend)], capture_output=True, text=True)

    said = refused_in_one_line(result)
    assert "3.11" in said
    assert "3.9" in said
    assert not (tmp_path / "venv").exists()
