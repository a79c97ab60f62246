"""Facts about the broker's uplifts, in the stream `uplifts`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class UpliftSet:
    """What holds from the date on, by the change; without any value there is no rule of this key any more."""

    kind: ClassVar[str] = "uplift.set"
    stream: ClassVar[str] = "uplifts"
    line: str
    rule: int
    name: str
    change: int
    valid_from: str
    before: dict[str, str]
    values: dict[str, str]
