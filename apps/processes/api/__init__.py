"""Processes for programs: versions and working copies, and the tests that versions must pass."""

from apps.processes.api.testing import Test, TestResults, Tests
from apps.processes.api.versions import (
    Check,
    Compared,
    Processes,
    Version,
    VersionMove,
    Versions,
    WorkingCopy,
    WorkingCopyFinish,
)

__all__ = [
    "Check",
    "Compared",
    "Processes",
    "Test",
    "TestResults",
    "Tests",
    "Version",
    "VersionMove",
    "Versions",
    "WorkingCopy",
    "WorkingCopyFinish",
]
