"""Begins runs whose steps are timers that wait for weeks.

python -m bench.agents.timers COUNT
"""

import os
import sys
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "platform"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from apps.engine import actions  # noqa: E402
from apps.engine.models import Timer  # noqa: E402
from apps.people.states import Role  # noqa: E402
from bench import plans  # noqa: E402
from tests.factories import engine as made  # noqa: E402

WIDTH = 500


def main(count: int) -> None:
    """So many timers, a few hundred in each run; begun as people begin runs."""
    text = plans.waiting(WIDTH)
    made.published(text, on=made.line("bench"))
    person = made.person("bench", Role.OPERATOR, on=made.line("bench"))
    for number in range(count // WIDTH):
        actions.begin_run(process_key=text.key, business_date=date(2000, 1, 1) + timedelta(days=number), actor=person)
    waiting = Timer.objects.filter(fired=False).count()
    if waiting != count // WIDTH * WIDTH:
        raise SystemExit(f"{waiting} timers wait")


if __name__ == "__main__":
    main(int(sys.argv[1]))
