"""Fixtures of the file tests: a data folder of their own, and an engine that only takes notes."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture
def messages(monkeypatch) -> list[dict[str, Any]]:
    """The messages that runs would have got."""
    delivered: list[dict[str, Any]] = []
    monkeypatch.setattr("apps.files.actions.accepting.deliver_message", lambda **message: delivered.append(message))
    return delivered
