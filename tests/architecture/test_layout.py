"""The house stands as the architecture says."""

import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_pythons_own_platform_module_is_not_shadowed():
    assert platform.system()
    assert not (ROOT / "platform" / "__init__.py").exists()
