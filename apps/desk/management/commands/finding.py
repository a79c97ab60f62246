"""Makes the terms again by which things are found: after an upgrade, or when rows were written past the product."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.desk import store


class Command(BaseCommand):
    help = "Makes the terms of quick find again for everything there is. It may run while people work."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, count in store.rebuild().items():
            self.stdout.write(f"{kind:10} {count}")
