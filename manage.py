#!/usr/bin/env python
"""Command line of Clearway: puts the source root `platform/` on the path and hands over to Django."""

import os
import sys
from pathlib import Path


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("Clearway needs Python 3.11 or newer, this is %d.%d." % sys.version_info[:2])
    root = Path(__file__).resolve().parent
    sys.path.insert(0, str(root / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
