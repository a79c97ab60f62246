"""What the journal says about files. All facts of a line's files are one stream, `files.<line>`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class _AboutFile:
    line: str
    business_date: str
    file: int
    file_code: str
    name: str
    sha256: str

    @property
    def stream(self) -> str:
        return f"files.{self.line}"


@dataclass(frozen=True, kw_only=True)
class FileAccepted(_AboutFile):
    kind: ClassVar[str] = "file.accepted"
    rows: int | None
    version: int


@dataclass(frozen=True, kw_only=True)
class FileReplaced(_AboutFile):
    """A later file of the same code and date was accepted in the place of this one."""

    kind: ClassVar[str] = "file.replaced"
    by: int


@dataclass(frozen=True, kw_only=True)
class FileDuplicated(_AboutFile):
    kind: ClassVar[str] = "file.duplicated"
    of: int


@dataclass(frozen=True, kw_only=True)
class FileQuarantined(_AboutFile):
    """`rules` are the codes of the problems; the sentences stand with the file."""

    kind: ClassVar[str] = "file.quarantined"
    rules: list[str]


@dataclass(frozen=True, kw_only=True)
class ReleaseAsked(_AboutFile):
    """Somebody asks that a file which came after the close count after all."""

    kind: ClassVar[str] = "file.release_asked"
    reason: str


@dataclass(frozen=True, kw_only=True)
class FileReleased(_AboutFile):
    """A second person agreed; that it counts from now on is told apart, as of every file."""

    kind: ClassVar[str] = "file.released"
    reason: str


@dataclass(frozen=True, kw_only=True)
class FileRejected(_AboutFile):
    """A file in quarantine was set aside for good; its bytes are kept."""

    kind: ClassVar[str] = "file.rejected"
    reason: str


@dataclass(frozen=True, kw_only=True)
class FileLate:
    """The time of an arrival rule passed and the file was not here; `due` is that moment."""

    kind: ClassVar[str] = "file.late"
    line: str
    business_date: str
    source: str
    file_code: str
    due: str

    @property
    def stream(self) -> str:
        return f"files.{self.line}"


@dataclass(frozen=True, kw_only=True)
class FileSent:
    kind: ClassVar[str] = "file.sent"
    line: str
    business_date: str
    sent_file: int
    name: str
    sha256: str
    key: str
    step: int | None

    @property
    def stream(self) -> str:
        return f"files.{self.line}"


@dataclass(frozen=True, kw_only=True)
class LayoutImported:
    """An administrator took a layout of a family from a sample; `note` says where that is from."""

    kind: ClassVar[str] = "layout.imported"
    stream: ClassVar[str] = "catalogue"
    line: ClassVar[str] = ""
    layout: int
    family: str
    columns: int
    note: str
