"""`manage.py package export KEY... -o FILE | verify FILE | import FILE`: packages of processes on the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.kernel.errors import DomainError
from apps.people.models import User
from apps.people.selectors import lines_where
from apps.people.states import Right
from apps.processes.actions import import_package, receive_package
from apps.processes.actions.packages import opened_package
from apps.processes.core.packages.signing import fingerprint
from apps.processes.selectors.packages import packaged


class Command(BaseCommand):
    """What a person may do on the pages, in that person's name. Status 1 and the reason where it is refused."""

    help = "Export, verify or import packages of processes"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="write a package of processes")
        export.add_argument("keys", nargs="+", metavar="KEY")
        export.add_argument("-o", "--output", type=Path, required=True)
        verify = verbs.add_parser("verify", help="say what is in a package that is whole and signed by a trusted key")
        importing = verbs.add_parser("import", help="import a package as drafts: all of it, or nothing")
        importing.add_argument("--line", help="code of the line for new processes; otherwise the one that the package names")
        for verb in (verify, importing):
            verb.add_argument("file", type=Path)
        for verb in (export, importing):
            verb.add_argument("--as", dest="username", required=True, help="user name of who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as fault:
            raise CommandError(f"{fault.filename}: {fault.strerror}") from fault

    def _export(self, options: dict[str, Any]) -> None:
        content = packaged(self._person(options), options["keys"])
        options["output"].write_bytes(content)
        self.stdout.write(f"{options['output']}: {len(content)} bytes")

    def _verify(self, options: dict[str, Any]) -> None:
        package = opened_package(options["file"].read_bytes())
        self.stdout.write(f"{package.digest}\nsigned by {fingerprint(package.signature.public_key)}")
        for one in package.processes:
            self.stdout.write(f"  {one.key} v{one.version}, {len(one.tests)} tests")

    def _import(self, options: dict[str, Any]) -> None:
        person, line = self._person(options), None
        if options["line"]:
            line = lines_where(person, Right.EDIT).filter(code=options["line"]).first()
            if line is None:
                raise CommandError(f"{person.username} writes no processes on a line {options['line']}.")
        received = receive_package(content=options["file"].read_bytes(), actor=person)
        changed = import_package(package_id=received.pk, actor=person, line_id=line.pk if line else None)
        self.stdout.write("imported as drafts: " + ", ".join(process.key for process in changed))

    def _person(self, options: dict[str, Any]) -> User:
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        return person
