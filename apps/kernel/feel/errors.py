"""What FEEL refuses: a text that is no expression, or an evaluation that asks for too much."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class FeelError(DomainError):
    """The text is not a FEEL expression; facts say what was wrong and where (offset from 0, line and column from 1)."""

    code: ClassVar[str] = "feel_syntax"
    sentence: ClassVar[Any] = _("Line {line}, column {column}: {message}")

    def __init__(self, message: Any = "", *, text: str = "", offset: int = 0, **facts: Any) -> None:
        line = text.count("\n", 0, offset) + 1
        column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        super().__init__(message=message, offset=offset, line=line, column=column, **facts)

    @property
    def message(self) -> str:
        """The sentence without the place."""
        return str(self.facts["message"])

    @property
    def offset(self) -> int:
        """Characters before the place of the problem."""
        return int(self.facts["offset"])

    @property
    def line(self) -> int:
        """From 1."""
        return int(self.facts["line"])

    @property
    def column(self) -> int:
        """From 1, in characters."""
        return int(self.facts["column"])


class FeelLimit(FeelError):
    """The expression or its evaluation went over a budget; `limit` names which one."""

    code = "feel_limit"
    sentence = _("The expression asks for too much: {message}")
