"""What both sides of a comparison of a line are made of."""

from collections import Counter
from collections.abc import Iterable

from apps.recon.core.matcher import Item


def numbered(rows: Iterable[tuple[str, Item]]) -> dict[str, Item]:
    """Rows of the same key are told apart by a number, so that a row that came twice is seen."""
    seen: Counter[str] = Counter()
    items = {}
    for key, item in rows:
        seen[key] += 1
        items[key if seen[key] == 1 else f"{key}#{seen[key]}"] = item
    return items
