"""Facts about webhooks. Addresses and secrets stand in none of them, and no fact says that a delivery failed: who follows
everything would be sent that as well."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class _HookFact:
    """`direction` is "out" or "in", `username` that of the owner."""

    line: str
    hook: int
    direction: str
    name: str
    username: str

    @property
    def stream(self) -> str:
        return f"hook.{self.direction}.{self.hook}"


@dataclass(frozen=True, kw_only=True)
class HookMade(_HookFact):
    """`of` is the feed that it follows, or what its sender may do."""

    kind: ClassVar[str] = "hook.made"
    of: list[str]


@dataclass(frozen=True, kw_only=True)
class HookPaused(_HookFact):
    kind: ClassVar[str] = "hook.paused"


@dataclass(frozen=True, kw_only=True)
class HookResumed(_HookFact):
    kind: ClassVar[str] = "hook.resumed"


@dataclass(frozen=True, kw_only=True)
class HookSecretReplaced(_HookFact):
    kind: ClassVar[str] = "hook.secret_replaced"


@dataclass(frozen=True, kw_only=True)
class HookEnded(_HookFact):
    kind: ClassVar[str] = "hook.ended"


@dataclass(frozen=True, kw_only=True)
class HookReplayed(_HookFact):
    """Sends again what comes behind this place of its feed."""

    kind: ClassVar[str] = "hook.replayed"
    after: str


@dataclass(frozen=True, kw_only=True)
class LetterResent(_HookFact):
    """Somebody has a dead letter sent again: the entry of the journal with this key."""

    kind: ClassVar[str] = "hook.letter_resent"
    entry: int
