"""How often somebody outside has asked in this minute, for all web processes together."""

import logging

from django.core.cache import cache
from django.db.models import Case, F, When

from apps.kernel import clock
from apps.people.conf import conf
from apps.people.errors import TooManyRequests
from apps.people.models import Counted

MINUTE_SECONDS = 60
logger = logging.getLogger(__name__)


def count_one(row: Counted, *, key: str, most: int, refusal: type[TooManyRequests]) -> None:
    """Counts one more for the row, which `key` names in a shared cache. Raises `refusal` for more than `most` in a minute.

    A cache that cannot be reached makes nothing fail: the row counts meanwhile.
    """
    minute, passed = divmod(int(clock.now().timestamp()), MINUTE_SECONDS)
    count = _counted_in_cache(f"{key}-{minute}") if conf.COUNT_REQUESTS_IN == "cache" else None
    if count is None:
        count = _counted_in_row(row, minute)
    if count > most:
        raise refusal(seconds=MINUTE_SECONDS - passed)


def _counted_in_cache(key: str) -> int | None:
    try:
        cache.add(key, 0, 2 * MINUTE_SECONDS)
        return int(cache.incr(key))
    except Exception:  # whatever its client raises: counting never stops the work
        logger.warning("the cache cannot count requests; the database does", exc_info=True)
        return None


def _counted_in_row(row: Counted, minute: int) -> int:
    """Never called inside a longer transaction: requests of one row would wait for each other until its end."""
    once_more = Case(When(counted_minute=minute, then=F("counted_requests") + 1), default=1)
    mine = type(row)._default_manager.filter(pk=row.pk)
    mine.update(counted_requests=once_more, counted_minute=minute)
    return int(mine.values_list("counted_requests", flat=True)[0])
