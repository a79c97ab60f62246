"""What a check has to say about a model: where, which rule, in words, how bad."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # the model is refused
    WARNING = "warning"  # it runs, and somebody should look
    NOTE = "note"  # it is kept, and not executed


@dataclass(frozen=True)
class Problem:
    """`element` is the id of the element, or "line N" where it has none, or "" for the model as a whole."""

    element: str
    rule: str
    message: str
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


def is_refused(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
