"""The engines that the product is compared with: what each needs, and its own environment outside the tree.

An environment is made once per list of requirements under CLEARWAY_BENCH_CACHE, else the user's cache folder.
"""

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Peer:
    """`at_least`: by how much the product has to be ahead in steps per second."""

    name: str
    program: str
    requirements: tuple[str, ...]
    at_least: float = 1.0
    needs_redis: bool = False


PEERS = {
    "bamboo": Peer(
        "bamboo-pipeline",
        "peers.bamboo",
        ("bamboo-pipeline==4.0.6", "celery~=5.5.0", "psycopg[binary]==3.3.9"),
        at_least=10.0,
        needs_redis=True,
    ),
    "spiff": Peer("SpiffWorkflow, saved", "peers.spiff", ("SpiffWorkflow==3.2.0", "psycopg[binary]==3.3.9")),
    "dbos": Peer("DBOS", "peers.durable", ("dbos==3.4.0",)),
    "procrastinate": Peer("procrastinate", "peers.jobs", ("procrastinate==3.10.0", "psycopg[binary,pool]==3.3.9")),
    "viewflow": Peer("Viewflow", "peers.flows", ("django-viewflow==2.4.0", "Django~=5.2.19", "psycopg[binary]==3.3.9")),
}


class NotThere(Exception):
    """A peer cannot take part, for the reason that the message gives."""


def python_of(peer: Peer) -> str:
    """The interpreter of the peer's environment, which is made if it is not there yet."""
    digest = hashlib.sha256("\n".join((sys.version, *peer.requirements)).encode()).hexdigest()[:12]
    folder = _cache() / f"{peer.program.rpartition('.')[2]}-{digest}"
    python, complete = folder / "bin" / "python", folder / "complete"
    if complete.exists():
        return str(python)
    print(f"{peer.name}: installing {', '.join(peer.requirements)} into {folder}", file=sys.stderr, flush=True)
    try:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.requirements]
        subprocess.run(pip, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as refusal:
        said = [line for line in str(refusal.stderr).splitlines() if line.startswith("ERROR")]
        raise NotThere(f"cannot be installed: {said[-1] if said else refusal}") from refusal
    except (OSError, subprocess.TimeoutExpired) as refusal:
        raise NotThere(f"cannot be installed: {refusal}") from refusal
    complete.touch()
    return str(python)


def _cache() -> Path:
    own = os.environ.get("CLEARWAY_BENCH_CACHE")
    general = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(own) if own else general / "clearway-bench"
