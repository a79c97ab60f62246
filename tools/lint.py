"""Everything that can be said of the code without running it. Stops at the first tool that objects."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["lint-imports"],
    ["mypy", "platform/clearway", "apps", "tests", "tools", "bench"],
]


def main() -> int:
    for tool, *arguments in TOOLS:
        began = time.monotonic()
        result = subprocess.run([str(Path(sys.executable).parent / tool), *arguments], cwd=ROOT)
        print(f"{tool}: {'clean' if result.returncode == 0 else 'objects'} ({time.monotonic() - began:.1f} s)", flush=True)
        if result.returncode:
            return result.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
