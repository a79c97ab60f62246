"""Runs and steps as something to talk about."""

from django.urls import reverse

from apps.comments.conf import Topic
from apps.engine.models import Run
from apps.engine.selectors import run_for, step_for
from apps.people.models import User


def topic_of_run(person: User, run_id: int) -> Topic:
    """One query."""
    run = run_for(person, run_id)
    return Topic(run.line, *_titles(run), reverse("run", args=[run.pk]), run.process_id)


def topic_of_step(person: User, step_id: int) -> Topic:
    """Two queries."""
    step = step_for(person, step_id)
    run = run_for(person, step.run_id)
    chinese, english = (f"{step.name} · {title}" for title in _titles(run))
    return Topic(run.line, chinese, english, f"{reverse('run', args=[run.pk])}?step={step.pk}", run.process_id)


def _titles(run: Run) -> tuple[str, str]:
    day = f"{run.business_date.isoformat()} #{run.pk}"
    return f"{run.process.name_zh} {day}", f"{run.process.name_en} {day}"
