"""Facts about where people want to be told of things. Addresses and secrets stand in none of them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class NoticesChosen:
    """A person (`owner` is the user name) or a team has other kinds, times or another address on a channel."""

    kind: ClassVar[str] = "notices.chosen"
    line: str
    subscription: int
    owner: str
    channel: str
    kinds: list[str]
    is_on: bool

    @property
    def stream(self) -> str:
        return f"notices.{self.subscription}"


@dataclass(frozen=True, kw_only=True)
class DeliveryRetried:
    """Somebody has had a failed delivery tried again."""

    kind: ClassVar[str] = "notices.retried"
    line: str
    subscription: int
    delivery: int
    title: str

    @property
    def stream(self) -> str:
        return f"notices.{self.subscription}"
