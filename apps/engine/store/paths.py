"""Check steps that walk the path of their line: whoever reads them learns of it in the same statement."""

from django.db.models import QuerySet

from apps.approvals.selectors import approval_on
from apps.engine.models import Step
from apps.engine.states import CHECK


def with_paths(steps: QuerySet[Step]) -> QuerySet[Step]:
    """The same steps, of which `approval_of` then knows the approval. It costs no statement of its own.

    An approval opens with its step and not later, so that a step that was read without one never has one.
    """
    return steps.annotate(walks=approval_on(CHECK))


def approval_of(step: Step) -> int | None:
    """The key of the approval that decides on the step now; None for a step that a person decides, or that was read without."""
    found: int | None = getattr(step, "walks", None)
    return found


def run_of_step(step_id: int) -> int:
    """The key of its run. One query."""
    found: int = Step.objects.values_list("run", flat=True).get(pk=step_id)
    return found
