"""Facts about rates, in the stream `fees`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class FeeRateSet:
    """What holds from the date on, by the change; without any value there is no rate any more."""

    kind: ClassVar[str] = "fee.rate_set"
    stream: ClassVar[str] = "fees"
    line: str
    rate: int
    name: str
    change: int
    valid_from: str
    before: dict[str, str]
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class FeeRatesLoaded:
    """Rates that ship with the product were added."""

    kind: ClassVar[str] = "fee.rates_loaded"
    stream: ClassVar[str] = "fees"
    line: ClassVar[str] = ""
    rates: int
