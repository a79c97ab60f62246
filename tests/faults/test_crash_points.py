"""kill -9 at every crash point, with 30 runs live: nothing is lost, nothing is doubled."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.installation import MIGRATED, prepared_installation

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(700)]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """With the bell in memory: the crash points of dispatcher and worker are in one process then."""
    with prepared_installation(tmp_path, MIGRATED) as environment:
        yield {**environment, "CLEARWAY_BROKER_URL": "memory://"}


@pytest.mark.parametrize("hit", [1, 3])
def test_a_worker_killed_at_every_point_loses_nothing_and_doubles_nothing(installation, hit):
    command = [sys.executable, "-m", "tests.faults.scenario", str(hit)]

    result = subprocess.run(command, cwd=ROOT, env=installation, capture_output=True, text=True, timeout=600)

    assert result.returncode == 0, result.stderr[-3000:]
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["violations"] == []
    assert report["missed"] == []
    assert report["lost_attempts"] > 0
    assert report["exit_code"] == 0
