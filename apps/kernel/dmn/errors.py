"""What a decision model is refused for."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError
from apps.kernel.problems import Problem


class DmnError(DomainError):
    """A decision has no value: facts name the element, the rule that is broken, and why in a sentence."""

    code: ClassVar[str] = "dmn"
    sentence: ClassVar[Any] = _("Decision model, {element}: {message}")

    def __init__(self, problem: Problem) -> None:
        super().__init__(element=problem.element, rule=problem.rule, message=problem.message)
        self.problem = problem
