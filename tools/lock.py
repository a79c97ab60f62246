"""Renews requirements/runtime.txt and requirements/dev.txt: every version pinned and every file by hash, from Python 3.11 on."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPILE = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
HEADER = ["--custom-compile-command", "make lock"]


def main() -> None:
    bin_folder = Path(sys.executable).parent
    for name, extra in (("runtime", []), ("dev", ["--group", "dev"])):
        command = [str(bin_folder / COMPILE[0]), *COMPILE[1:], *HEADER, *extra, "-o", f"requirements/{name}.txt"]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
