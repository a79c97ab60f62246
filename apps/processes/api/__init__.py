"""Processes for programs: versions and working copies, and the tests that versions must pass."""

from apps.processes.api.packages import Package, PackageExport, Packages
from apps.processes.api.tables import VersionTable
from apps.processes.api.testing import Test, TestResults, Tests
from apps.processes.api.variants import Rebase, Variants
from apps.processes.api.versions import (
    Check,
    Compared,
    Process,
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
    "Package",
    "PackageExport",
    "Packages",
    "Process",
    "Processes",
    "Rebase",
    "Test",
    "TestResults",
    "Tests",
    "Variants",
    "Version",
    "VersionMove",
    "VersionTable",
    "Versions",
    "WorkingCopy",
    "WorkingCopyFinish",
]
