"""`manage.py up`: everything in one command. Migrates, loads the demonstration, serves, keeps the worker alive."""

import fcntl
import secrets
import socket
import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import IO, Any

import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from clearway.memory import give_back
from clearway.supervisor import KeptProcess, in_child


class Command(BaseCommand):
    help = "Starts web, worker, dispatcher and sweeper; the first start also makes the database and the demonstration."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="worker slots: steps that may run at the same time")
        parser.add_argument("--no-demo", action="store_true", help="first start without demonstration data")

    def handle(self, *args: Any, bind: str, port: int, workers: int, no_demo: bool, **options: Any) -> None:
        translation.activate("en")  # the console speaks English, whatever the pages speak
        held = self._hold_data_folder()
        self._require_free_port(bind, port)
        in_child(partial(self._prepare, no_demo))  # migrating takes tens of MiB, which the web server would keep for ever
        worker = KeptProcess(
            [sys.executable, str(settings.ROOT / "manage.py"), "worker", "--with-dispatcher", "--concurrency", str(workers)]
        )
        worker.start()
        try:
            self._serve(bind, port, worker)
        finally:
            self.stdout.write("Stopping: running steps finish or keep their lease ...")
            worker.stop()
            held.close()
            self.stdout.write("Clearway has stopped. All data is kept.")

    def _hold_data_folder(self) -> IO[str]:
        folder: Path = settings.DATA_DIR
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "up.lock").open("w")
        except OSError as refusal:
            raise CommandError(f"The data folder {folder} cannot be written: {refusal.strerror}.") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"Clearway already runs on the data folder {folder}.") from None
        return lock

    def _require_free_port(self, bind: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((bind, port))
            except OSError:
                hint = f"`make up PORT={port + 1}`"
                raise CommandError(f"Port {port} on {bind} is in use. Choose another: {hint}.") from None

    def _prepare(self, no_demo: bool) -> None:
        try:
            self._require_known_database()
            if self._migrate():
                self._first_data(no_demo)
        except CommandError as refusal:  # told here as Django's command line would tell it
            self.stderr.write(f"CommandError: {refusal}")
            sys.exit(refusal.returncode)

    def _require_known_database(self) -> None:
        try:
            applied = MigrationRecorder(connection).applied_migrations()
        except DatabaseError as refusal:
            raise CommandError(f"The database does not answer: {str(refusal).splitlines()[0]}") from None
        known = MigrationLoader(None).disk_migrations or {}
        unknown = sorted(f"{app}.{name}" for app, name in applied if (app, name) not in known)
        if unknown:
            raise CommandError(
                f"The database was made by a newer version of Clearway (it knows {unknown[0]}). Update Clearway first."
            )

    def _migrate(self) -> bool:
        call_command("migrate", interactive=False, verbosity=0)
        return not get_user_model().objects.exists()

    def _first_data(self, no_demo: bool) -> None:
        call_command("standards", "load", stdout=self.stdout)
        if no_demo:
            password = secrets.token_urlsafe(12)
            get_user_model().objects.create_superuser("admin", password=password)
            self.stdout.write(f"First sign-in: admin / {password} (shown once; change it after signing in)")
            return
        self.stdout.write("First start: loading the demonstration ...")
        call_command("demo", verbosity=1, stdout=self.stdout)

    def _serve(self, bind: str, port: int, worker: KeptProcess) -> None:
        config = uvicorn.Config(
            "clearway.asgi:application",
            host=bind,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=5,
            ws="websockets-sansio",
        )
        server = _Server(config, self._announce, worker)
        try:
            server.run()
        except KeyboardInterrupt:
            return

    def _announce(self, config: uvicorn.Config) -> None:
        from apps.people.models import User

        shown = User.objects.filter(is_active=True, username__in=settings.DEMO_SIGN_INS).order_by("id")
        if shown:
            self.stdout.write(f"\nDemonstration sign-ins, password {settings.DEMO_PASSWORD}:")
            for person in shown:
                self.stdout.write(f"  {person.username:<12} {person.display_name}")
        self.stdout.write(f"\nClearway is up: http://{config.host}:{config.port}  (Ctrl-C stops it)")  # the last word
        self.stdout.flush()


class _Server(uvicorn.Server):
    """Says that it is up once it listens; the second Ctrl-C kills the worker instead of waiting for it."""

    def __init__(self, config: uvicorn.Config, announce: Any, worker: KeptProcess) -> None:
        super().__init__(config)
        self._say, self._worker = announce, worker

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            give_back()
            from asgiref.sync import sync_to_async

            await sync_to_async(self._say)(self.config)

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self.should_exit:
            self._worker.kill_now()
        super().handle_exit(sig, frame)
