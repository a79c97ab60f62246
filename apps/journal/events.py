"""What a fact is: one frozen dataclass per kind, past tense, declared by the app that records it."""

from typing import Any, ClassVar, Protocol


class Fact(Protocol):
    """A frozen dataclass with a class-level `kind`, a `stream` and the `line` code whose members may see it ("" = nobody's)."""

    kind: ClassVar[str]

    @property
    def stream(self) -> str: ...

    @property
    def line(self) -> str: ...

    __dataclass_fields__: ClassVar[dict[str, Any]]
