"""One command, no services: SQLite and a bell in memory. Tests run on it; the environment may name PostgreSQL and a broker."""

import os
import secrets
from pathlib import Path

from clearway.settings.base import *  # noqa: F403
from clearway.settings.base import CLEARWAY_INSTALLATION, DATA_DIR
from clearway.settings.caching import caches, counted_in
from clearway.settings.database import postgresql, sqlite


def _secret_key(folder: Path) -> str:
    """A key of this installation's own, made once and kept beside its database."""
    kept = folder / "secret-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return kept.read_text()
    except OSError:
        return secrets.token_urlsafe(50)  # a read-only folder: commands that need no data still run
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(50))
    return key


SECRET_KEY = os.environ.get("CLEARWAY_SECRET_KEY") or _secret_key(DATA_DIR)

_url = os.environ.get("CLEARWAY_DATABASE_URL", "")
DATABASES = {"default": postgresql(_url) if _url.startswith("postgres") else sqlite(DATA_DIR)}

CELERY_BROKER_URL = os.environ.get("CLEARWAY_BROKER_URL", "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.01} if CELERY_BROKER_URL == "memory://" else {}

CACHES = caches(CELERY_BROKER_URL, CLEARWAY_INSTALLATION)
CLEARWAY_COUNT_REQUESTS_IN = counted_in(CACHES, DATABASES)

# The pages read static/ directly: no collecting, no second server.
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# The demonstration's people; `manage.py up` prints them. Production has no such accounts.
DEMO_PASSWORD = "clearway-demo"  # noqa: S105
DEMO_SIGN_INS = ["wang.min", "li.lei", "zhang.wei", "chen.jing", "zhao.gang", "sun.li", "admin"]

# The simulated market answers the ticks of the days that it wrote itself; other days it leaves alone.
DEMO_MARKET = True
