"""Makes the virtual environment, or says in one line why it cannot. Runs on any Python 3, before anything is installed."""

import subprocess
import sys

NEEDED = (3, 11)


def main() -> None:
    if sys.version_info < NEEDED:
        have = "%d.%d" % sys.version_info[:2]
        sys.exit("Clearway needs Python 3.11 or newer, this is %s: run `make PYTHON=python3.11 ...` with a newer one." % have)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit("Python's venv module is missing: `apt-get install python3-venv` (Debian, Ubuntu), then try again.")
    sys.exit(subprocess.call([sys.executable, "-m", "venv", sys.argv[1]]))


if __name__ == "__main__":
    main()
