"""Facts about processes, in the stream `process.<key>`, seen by the members of the process's line."""

from dataclasses import dataclass, field
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
class VariantCreated(ProcessFact):
    """`number` is the version of the base, or the revision of the template, that it began as."""

    kind: ClassVar[str] = "variant.created"
    base: str
    base_kind: str = "process"  # or template
    number: int


@dataclass(frozen=True, kw_only=True)
class WorkingCopyRebased(WorkingCopyFact):
    """What version `number` of the base changed is in it; `decided` says which side won where both had changed an element."""

    kind: ClassVar[str] = "working_copy.rebased"
    base: str
    base_kind: str = "process"  # or template
    number: int
    decided: dict[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, kw_only=True)
class ProcessDescribed(ProcessFact):
    """Owner, backup, runbook and description as they were and as they are; people by their keys."""

    kind: ClassVar[str] = "process.described"
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class TemplateFact:
    """Templates belong to no line. `model_digest` is SHA-256 over the bytes of the model as it was saved."""

    stream: ClassVar[str] = "templates"
    line: ClassVar[str] = ""
    template: str
    revision: int
    model_digest: str


@dataclass(frozen=True, kw_only=True)
class TemplateSaved(TemplateFact):
    """`changed` names the fields that are not as they were; `made_from` is the key of the template that it was copied from.

    `tests` are the digests of its tests, `merged_with` the revision of others that it was joined with, 0 for none.
    """

    kind: ClassVar[str] = "template.saved"
    changed: list[str]
    made_from: str = ""
    tests: list[str] = field(default_factory=list)
    merged_with: int = 0


@dataclass(frozen=True, kw_only=True)
class TemplateRemoved(TemplateFact):
    kind: ClassVar[str] = "template.removed"


@dataclass(frozen=True, kw_only=True)
class StandardChanged:
    """A site standard as it was and as it is; `before` is empty for a new one, `after` for a removed one."""

    kind: ClassVar[str] = "standard.changed"
    stream: ClassVar[str] = "standards"
    line: str
    standard: int
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class PackageImported(ProcessFact):
    """In the stream of each process that the package changed; `number` is the draft, 0 where only tests came."""

    kind: ClassVar[str] = "package.imported"
    package_digest: str
    public_key: str
    number: int


@dataclass(frozen=True, kw_only=True)
class TrustedKeyFact:
    kind: ClassVar[str] = "package_key"
    line: str = ""
    name: str
    public_key: str

    @property
    def stream(self) -> str:
        return "package.keys"


@dataclass(frozen=True, kw_only=True)
class KeyTrusted(TrustedKeyFact):
    kind: ClassVar[str] = "package_key.trusted"


@dataclass(frozen=True, kw_only=True)
class KeyWithdrawn(TrustedKeyFact):
    kind: ClassVar[str] = "package_key.withdrawn"
