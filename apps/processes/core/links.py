"""Links in models: only what a browser may follow without running anything."""

import re

LONGEST_LINK = 300
_LINK = re.compile(r"https?://\S+")


def is_link(text: str) -> bool:
    return len(text) <= LONGEST_LINK and _LINK.fullmatch(text) is not None
