"""Facts about processes, in the stream `process.<key>`, seen by the members of the process's line."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class ProcessFact:
    kind: ClassVar[str] = "process"
    process: str
    line: str

    @property
    def stream(self) -> str:
        return f"process.{self.process}"


@dataclass(frozen=True, kw_only=True)
class ProcessCreated(ProcessFact):
    kind: ClassVar[str] = "process.created"


@dataclass(frozen=True, kw_only=True)
class VersionFact(ProcessFact):
    number: int
    plan_digest: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class VersionDrafted(VersionFact):
    kind: ClassVar[str] = "version.drafted"


@dataclass(frozen=True, kw_only=True)
class VersionSubmitted(VersionFact):
    kind: ClassVar[str] = "version.submitted"


@dataclass(frozen=True, kw_only=True)
class VersionSentBack(VersionFact):
    kind: ClassVar[str] = "version.sent_back"


@dataclass(frozen=True, kw_only=True)
class VersionWithdrawn(VersionFact):
    kind: ClassVar[str] = "version.withdrawn"


@dataclass(frozen=True, kw_only=True)
class VersionApproved(VersionFact):
    kind: ClassVar[str] = "version.approved"


@dataclass(frozen=True, kw_only=True)
class VersionPublished(VersionFact):
    kind: ClassVar[str] = "version.published"


@dataclass(frozen=True, kw_only=True)
class VersionRetired(VersionFact):
    kind: ClassVar[str] = "version.retired"


@dataclass(frozen=True, kw_only=True)
class WorkingCopyFact(ProcessFact):
    """`model_digest` is SHA-256 over the bytes of the model as it was saved."""

    revision: int
    model_digest: str


@dataclass(frozen=True, kw_only=True)
class WorkingCopyOpened(WorkingCopyFact):
    kind: ClassVar[str] = "working_copy.opened"


@dataclass(frozen=True, kw_only=True)
class WorkingCopySaved(WorkingCopyFact):
    kind: ClassVar[str] = "working_copy.saved"
    merged_with: int = 0  # the revision that was there already; 0 when nobody else had saved


@dataclass(frozen=True, kw_only=True)
class WorkingCopyFinished(WorkingCopyFact):
    kind: ClassVar[str] = "working_copy.finished"
    number: int


@dataclass(frozen=True, kw_only=True)
class WorkingCopyDiscarded(WorkingCopyFact):
    kind: ClassVar[str] = "working_copy.discarded"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TestFact(ProcessFact):
    """`test_digest` is of the test's canonical JSON, its name among it."""

    test: int
    name: str
    test_digest: str


@dataclass(frozen=True, kw_only=True)
class TestSaved(TestFact):
    kind: ClassVar[str] = "process_test.saved"


@dataclass(frozen=True, kw_only=True)
class TestRemoved(TestFact):
    kind: ClassVar[str] = "process_test.removed"
    reason: str
