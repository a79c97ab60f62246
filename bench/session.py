"""What the parts of one bench run share: what was asked, the temporary folder, and the contenders that are running."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

from bench.contenders import ROOT, Contender
from bench.peers import NotThere, Peer, python_of
from tests.factories.installation import own_installation

RAW = "Celery"
ROWS = "Celery + row"
OURS = "Clearway"
EMBEDDED = "Clearway, SQLite"
GROWN = "Clearway with a past"


@dataclass
class Session:
    """Starts each contender once, when a part first asks for it; all are stopped with the stack."""

    stack: ExitStack
    folder: Path
    turns: int = 5
    quick: bool = False
    peers: Sequence[Peer] = ()
    redis: str = ""
    _template: str = ""
    _running: dict[str, Contender] = field(default_factory=dict)

    @property
    def has_postgresql(self) -> bool:
        return os.environ.get("CLEARWAY_DATABASE_URL", "").startswith("postgres")

    @property
    def budget_seconds(self) -> float:
        """How long one contender may take for its turns in one work before it sits out the others."""
        return 5.0 if self.quick else 15.0

    def contender(self, name: str) -> Contender:
        """The contender, running; if it cannot take part, its `problem` says why."""
        if name not in self._running:
            print(f"starting {name}", file=sys.stderr, flush=True)
            self._running[name] = contender = self._made(name)
            if not contender.problem:
                self.stack.callback(contender.stop)
                contender.start(self.folder / f"{len(self._running)}.log")
        return self._running[name]

    def end(self, *names: str) -> None:
        """Stops contenders that nobody needs any more, so that they are not in the way of others."""
        for name in names:
            if name in self._running:
                self._running.pop(name).stop()

    def environment(self, name: str, *, embedded: bool = False, migrated: bool = False) -> dict[str, str]:
        """An installation of its own: data folder, database (empty, or with the product's tables), queues."""
        data = self.folder / name.replace(" ", "-").replace(",", "")
        data.mkdir(exist_ok=True)
        if embedded:
            return {"CLEARWAY_DATA": str(data), "CLEARWAY_DATABASE_URL": "", "CLEARWAY_BROKER_URL": "memory://"}
        own = self.stack.enter_context(own_installation(data, self._migrated() if migrated else ""))
        kept = ("CLEARWAY_DATA", "CLEARWAY_DATABASE_URL", "CLEARWAY_INSTALLATION")
        return {key: own[key] for key in kept} | {"CLEARWAY_BROKER_URL": self.redis, "CLEARWAY_BENCH_REDIS_URL": self.redis}

    def _migrated(self) -> str:
        """A database with the product's tables, which others are copied from: migrating takes its time, and once is enough."""
        if not self._template:
            (data := self.folder / "template").mkdir()
            own = self.stack.enter_context(own_installation(data))
            command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=own, check=True)
            self._template = urlparse(own["CLEARWAY_DATABASE_URL"]).path.lstrip("/")
        return self._template

    def _made(self, name: str) -> Contender:
        if name == RAW:
            return Contender(name, "celery_canvas", {"CLEARWAY_BENCH_REDIS_URL": self.redis})
        if name == EMBEDDED:
            return Contender(name, "product", self.environment(name, embedded=True))
        if not self.has_postgresql:
            return Contender(name, "", problem="CLEARWAY_DATABASE_URL names no PostgreSQL")
        if name == ROWS:
            return Contender(name, "celery_canvas", self.environment(name) | {"ROWS": "1", "CLEARWAY_BENCH_QUEUE": "rows"})
        if name in (OURS, GROWN):
            return Contender(name, "product", self.environment(name, migrated=True))
        peer = next(peer for peer in self.peers if peer.name == name)
        try:
            return Contender(name, peer.program, self.environment(name), python=python_of(peer))
        except NotThere as reason:
            return Contender(name, "", problem=str(reason))
