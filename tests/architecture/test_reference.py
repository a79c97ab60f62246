"""The reference in docs/ says what the code does: it is written from it, and committed as written."""

import os
import subprocess
import sys
from pathlib import Path

from tools import reference

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "reference"


def test_the_committed_reference_is_what_the_code_says_today(tmp_path):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}

    # In a process of its own: tests register handlers that the product does not have.
    subprocess.run([sys.executable, "-m", "tools.reference", str(tmp_path)], cwd=ROOT, env=environment, check=True)

    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(written) == {*reference.PAGES, "openapi.yaml"}
    for name, text in written.items():
        assert (COMMITTED / name).read_text() == text, f"{name} is old: run `make docs`"
