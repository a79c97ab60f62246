"""`manage.py replay RUN`: rebuilds a run from its journal and says whether it stands where the database says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.engine.models import Run
from apps.engine.selectors import replayed


class Command(BaseCommand):
    help = "Rebuilds a run from its journal alone. Exit code 1: it does not stand where the database says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        run = Run.objects.select_related("line").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        marking, variables = replayed(run)
        if marking.to_json() != run.marking:
            raise CommandError(f"The marking differs: the journal says {marking.to_json()}, the database {run.marking}.")
        if variables != run.variables:
            raise CommandError(f"The variables differ: the journal says {variables}, the database {run.variables}.")
        self.stdout.write(f"Run {run.pk} stands where its journal says: {len(marking.tokens)} tokens.")
