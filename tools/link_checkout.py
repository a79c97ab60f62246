"""Puts this checkout on the path of its virtual environment, as an editable install would, without a build step."""

import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    link = Path(sysconfig.get_path("purelib")) / "clearway-checkout.pth"
    link.write_text(f"{ROOT / 'platform'}\n{ROOT}\n")


if __name__ == "__main__":
    main()
