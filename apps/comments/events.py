"""Facts about comments, in the stream `comment.<kind>.<key>` of the thing, seen by those who may see it."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class CommentFact:
    """`about` and `key` name the thing, `title` says it in words; `mentions` are people who may see it."""

    kind: ClassVar[str] = "comment"
    about: str
    key: int
    title: str
    line: str
    comment: int
    text: str
    mentions: list[int]

    @property
    def stream(self) -> str:
        return f"comment.{self.about}.{self.key}"


@dataclass(frozen=True, kw_only=True)
class CommentWritten(CommentFact):
    kind: ClassVar[str] = "comment.written"


@dataclass(frozen=True, kw_only=True)
class CommentEdited(CommentFact):
    """`before` is what it said until now; `mentions` are those whom the new words name and the old ones did not."""

    kind: ClassVar[str] = "comment.edited"
    before: str


@dataclass(frozen=True, kw_only=True)
class AttachmentFact:
    """`about` and `key` name the thing, `title` says it in words; `sha256` is that of the file, `size` its bytes."""

    kind: ClassVar[str] = "attachment"
    about: str
    key: int
    title: str
    line: str
    attachment: int
    name: str
    size: int
    sha256: str

    @property
    def stream(self) -> str:
        return f"comment.{self.about}.{self.key}"


@dataclass(frozen=True, kw_only=True)
class AttachmentAdded(AttachmentFact):
    kind: ClassVar[str] = "attachment.added"


@dataclass(frozen=True, kw_only=True)
class AttachmentRemoved(AttachmentFact):
    """The bytes are gone; the name and the digest stay here."""

    kind: ClassVar[str] = "attachment.removed"
