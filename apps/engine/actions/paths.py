"""Check steps on the path of their line: the approval opens with the step and ends with it, and every other door leads to it."""

from collections.abc import Sequence

from django.utils.translation import override

from apps.approvals.actions import lapse_approval, open_approval
from apps.engine.core.answers import further_of, outcomes_of
from apps.engine.errors import WalksAPath
from apps.engine.models import Run, Step
from apps.engine.states import CHECK, StepState
from apps.engine.store.paths import approval_of
from apps.kernel.canonical import digest_of
from apps.processes.selectors import names_for_reader


def walks_a_path(step: Step) -> bool:
    """Whether an approval decides a new step of a line with a flow for check steps: its form has to know yes and no."""
    return step.is_check and step.state == StepState.OFFERED and outcomes_of(step.form) is not None


def send_on_its_path(step: Step, run: Run) -> None:
    """Opens the approval of a check step that has just been offered; submitted by who made what it checks, who never decides."""
    if step.maker is None:
        return
    process, day = run.process, run.business_date.isoformat()
    with override("en"):
        name_en = names_for_reader(run.version_id, run.plan_digest).get(step.node_id) or step.name
    open_approval(
        kind=CHECK,
        subject=step.pk,
        title_zh=f"{step.name} · {process.name_zh} {day}",
        title_en=f"{name_en} · {process.name_en} {day}",
        line=run.line,
        process=run.process_id,
        digest=digest_of([step.node_id, step.inputs]),
        makers=[step.maker],
        actor=step.maker,
        form=further_of(step.form),
    )


def require_no_path(*steps: Step) -> None:
    """Refuses with WalksAPath while an approval decides one of these steps, which were read `with_paths`."""
    for step in steps:
        if (approval := approval_of(step)) is not None:
            raise WalksAPath(step=step.name, approval=approval)


def end_paths(steps: Sequence[Step]) -> None:
    """Steps of a locked run that are wanted no more, read `with_paths`: neither are the approvals that decide them."""
    for step in steps:
        if (approval := approval_of(step)) is not None:
            lapse_approval(approval_id=approval)
