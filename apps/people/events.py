"""What happened to people and their access."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class RoleGranted:
    kind: ClassVar[str] = "people.role_granted"
    stream: ClassVar[str] = "people"
    line: str
    team: int
    user: int
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked:
    kind: ClassVar[str] = "people.role_revoked"
    stream: ClassVar[str] = "people"
    line: str
    team: int
    user: int
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class LineChanged:
    """A business line or one of its teams (`what`: line or team), as it was and as it is; `before` is empty for a new one."""

    kind: ClassVar[str] = "people.line_changed"
    stream: ClassVar[str] = "people"
    line: str
    what: str
    name: str
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _AboutPerson:
    stream: ClassVar[str] = "people"
    line: ClassVar[str] = ""
    user: int
    username: str


@dataclass(frozen=True, kw_only=True)
class UserAdded(_AboutPerson):
    kind: ClassVar[str] = "people.user_added"


@dataclass(frozen=True, kw_only=True)
class UserChanged(_AboutPerson):
    """`changes` maps a field to its value before and after; passwords are only named."""

    kind: ClassVar[str] = "people.user_changed"
    changes: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(_AboutPerson):
    kind: ClassVar[str] = "people.user_deactivated"


@dataclass(frozen=True, kw_only=True)
class _AtTheDoor:
    stream: ClassVar[str] = "security"
    line: ClassVar[str] = ""
    username: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(_AtTheDoor):
    kind: ClassVar[str] = "security.signed_in"


@dataclass(frozen=True, kw_only=True)
class SignedOut(_AtTheDoor):
    kind: ClassVar[str] = "security.signed_out"


@dataclass(frozen=True, kw_only=True)
class SignInFailed(_AtTheDoor):
    kind: ClassVar[str] = "security.sign_in_failed"
    failures: int


@dataclass(frozen=True, kw_only=True)
class SignInLocked(_AtTheDoor):
    """A try that was turned away unseen because too many failed before it."""

    kind: ClassVar[str] = "security.sign_in_locked"
    seconds: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(_AtTheDoor):
    kind: ClassVar[str] = "security.password_changed"
