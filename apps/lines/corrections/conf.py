"""Which tables of which lines are corrected by reversal. A line registers its own when the app starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from apps.engine.models import Run
from apps.files.models import ArrivedFile

OWN_COLUMNS = frozenset({"file", "row_no", "run", "line", "business_date", "id"})


def always(row: Any) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """How rows of files of a line are posted. Names are those of columns of `table`, which names run, file and row.

    `key`: what a row is known by in every version of the file. `measures`: amounts and quantities, which a reversal turns
    round; `words`: further columns that the file says. `cash` and `quantity` are the measures that move when `settles` says so.
    `read` gives the rows of a file, unsaved, as the line's own step makes them; it raises what that step answers with.
    `outgoing`: where the counter finds files of the line.
    """

    line: str
    files: tuple[str, ...]
    table: type[Model]
    key: tuple[str, ...]
    measures: tuple[str, ...]
    words: tuple[str, ...]
    cash: str
    quantity: str | None
    cash_account: str
    account: str | None
    security: str | None
    read: Callable[[Run, ArrivedFile], Iterable[Model]]
    outgoing: str
    settles: Callable[[Any], bool] = always

    @property
    def name(self) -> str:
        """What postings call the table."""
        return str(self.table._meta.model_name)

    def measure(self, row: Any, name: str) -> Decimal:
        value = getattr(row, name)
        return Decimal(0) if value is None else Decimal(value)


_declared: dict[tuple[str, str], Corrected] = {}


def register_corrected(declared: Corrected) -> None:
    """Once for each line and code of a file; the same again changes nothing."""
    for code in declared.files:
        _declared[declared.line, code] = declared


def corrected_of(line: str, file_code: str) -> Corrected | None:
    return _declared.get((line, file_code))


def declarations() -> list[Corrected]:
    """Every declaration once, by line."""
    return sorted({id(one): one for one in _declared.values()}.values(), key=lambda one: (one.line, one.files))


def codes_of(line: str) -> list[str]:
    return sorted(code for owner, code in _declared if owner == line)
