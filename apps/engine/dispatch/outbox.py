"""From the outbox to the broker: read, publish, delete. Dying in between doubles a bell, which is harmless."""

from collections import Counter
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from apps.engine.conf import conf, queue_called
from apps.engine.models import Outbox
from apps.kernel.crashpoint import crashpoint

Publish = Callable[[Sequence[tuple[int | None, str]]], None]
"""Takes (step id, queue) pairs; None instead of a step: pure steps are ready."""


def dispatch_outbox(publish: Publish) -> int:
    """Publishes one batch in order of writing and deletes it; the number of bells rung."""
    if connection.vendor == "sqlite":
        return _ring(list(Outbox.objects.order_by("id")[: conf.OUTBOX_BATCH]), publish)
    with transaction.atomic():
        rows = Outbox.objects.select_for_update(skip_locked=True).order_by("id")[: conf.OUTBOX_BATCH]
        return _ring(list(rows), publish)


def _ring(rows: list[Outbox], publish: Publish) -> int:
    if not rows:
        return 0
    crashpoint("dispatch.read")
    publish([(row.step_id, row.queue) for row in rows])
    crashpoint("dispatch.publish")
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    crashpoint("dispatch.delete")
    return len(rows)


def publish_by_celery(bells: Sequence[tuple[int | None, str]]) -> None:
    """One connection for the whole batch, and no more messages for a queue than it takes to wake its workers.

    Whoever wakes does all that is ready in its queue, and rings for another worker when it finds more than one step. Of pure
    steps two workers do hundreds before a third could have heard of them.
    """
    from apps.engine.tasks import do_pure_steps, do_steps

    wanted = Counter((step_id is None, queue) for step_id, queue in bells)
    with do_steps.app.producer_or_acquire() as producer:
        for (pure, queue), count in wanted.items():
            task, arguments = (do_pure_steps, ()) if pure else (do_steps, (queue,))
            for _ in range(min(count, 2 if pure else conf.BELLS_AT_ONCE)):
                task.apply_async(arguments, queue=queue_called(queue), producer=producer, retry=False)
