"""Where web processes count together: the Redis that carries the bell, if it is one; otherwise each keeps its own memory."""

import os
from typing import Any


def caches(broker_url: str, installation: str) -> dict[str, Any]:
    """CLEARWAY_CACHE_URL names another Redis. Installations that share one are told apart by their names."""
    url = os.environ.get("CLEARWAY_CACHE_URL") or broker_url
    if not url.startswith(("redis://", "rediss://")):
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": f"clearway-{installation}",
            # A page never waits for what only counts.
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }


def counted_in(cache: dict[str, Any], database: dict[str, Any]) -> str:
    """Memory is one process's own: without Redis the web processes count in PostgreSQL, and the one beside SQLite in memory."""
    is_shared = cache["default"]["BACKEND"].endswith("RedisCache")
    return "cache" if is_shared or "postgresql" not in database["default"]["ENGINE"] else "database"
