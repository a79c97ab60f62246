"""The bell's other end: one call each."""

from celery import shared_task
from django.db import DatabaseError, connections

from apps.engine import actions


@shared_task(name="engine.do_steps", ignore_result=True)
def do_steps(queue: str) -> None:
    try:
        actions.do_steps(queue=queue)
    except DatabaseError:
        connections.close_all()  # the next task asks for a fresh one; the lease of a step in hand runs out
        raise


@shared_task(name="engine.do_pure_steps", ignore_result=True)
def do_pure_steps() -> None:
    try:
        actions.do_pure_steps()
    except DatabaseError:
        connections.close_all()
        raise
