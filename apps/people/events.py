"""What happened to people and their access."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class _RoleFact:
    stream: ClassVar[str] = "people"
    line: str
    team: int
    user: int
    username: str
    role: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleGranted(_RoleFact):
    """From one instant on, up to but without another one; empty: at once, for ever. Both are ISO texts in UTC."""

    kind: ClassVar[str] = "people.role_granted"
    valid_from: str = ""
    valid_until: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(_RoleFact):
    kind: ClassVar[str] = "people.role_revoked"


@dataclass(frozen=True, kw_only=True)
class RoleEnded(_RoleFact):
    """It was given until `valid_until` and is over; nobody took it."""

    kind: ClassVar[str] = "people.role_ended"
    valid_until: str


@dataclass(frozen=True, kw_only=True)
class _GrantFact:
    """Rights on one process, to a person (`user`, `username`) or to everybody in a `role` of the line `role_line`."""

    stream: ClassVar[str] = "people"
    line: str
    process: str
    rights: list[str]
    user: int = 0
    username: str = ""
    role: str = ""
    role_line: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class GrantGiven(_GrantFact):
    """From one instant on, up to but without another one, as for roles."""

    kind: ClassVar[str] = "people.grant_given"
    valid_from: str = ""
    valid_until: str = ""


@dataclass(frozen=True, kw_only=True)
class GrantTaken(_GrantFact):
    kind: ClassVar[str] = "people.grant_taken"


@dataclass(frozen=True, kw_only=True)
class GrantEnded(_GrantFact):
    """It was given until `valid_until` and is over; nobody took it."""

    kind: ClassVar[str] = "people.grant_ended"
    valid_until: str


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
class RosterChanged:
    """A duty period or an absence (`what`: duty or absence), as it was and as it is; empty where there is none.

    An absence belongs to no line.
    """

    kind: ClassVar[str] = "people.roster_changed"
    stream: ClassVar[str] = "people"
    line: str
    what: str
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


@dataclass(frozen=True, kw_only=True)
class _TokenFact(_AboutPerson):
    """A token with which programs speak for the person."""

    token: int
    name: str
    lines: list[str]


@dataclass(frozen=True, kw_only=True)
class TokenCreated(_TokenFact):
    """`scope`: read or act; until an instant, an ISO text in UTC."""

    kind: ClassVar[str] = "people.token_created"
    scope: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class TokenEnded(_TokenFact):
    kind: ClassVar[str] = "people.token_ended"
