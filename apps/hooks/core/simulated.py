"""A receiver as it should be: it believes what is signed now, takes each delivery once, and may be told to fail first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.hooks.core.signing import is_signed

TOLERANCE_SECONDS = 300


@dataclass
class Receiver:
    """`taken` are the deliveries in the order in which they first came, by webhook-id; `failing` the next answers instead."""

    secrets: list[str]
    failing: list[int] = field(default_factory=list)
    taken: dict[str, Any] = field(default_factory=dict)
    repeats: int = 0

    def answer(self, headers: Mapping[str, str], body: bytes, now: float) -> int:
        """The status that this delivery gets at `now`, in seconds since 1970."""
        if self.failing:
            return self.failing.pop(0)
        delivery = headers.get("webhook-id", "")
        timestamp, signatures = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "")
        if not is_signed(self.secrets, delivery, timestamp, signatures, body, now=now, tolerance=TOLERANCE_SECONDS):
            return 401
        if delivery in self.taken:
            self.repeats += 1
        else:
            self.taken[delivery] = json.loads(body)
        return 204
