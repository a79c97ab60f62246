"""What the Celery contenders' worker runs. `noop` keeps nothing; `row` moves one row and writes one more, by Django's ORM."""

import os

import celery

from bench.agents.serving import note_start

app = celery.Celery("peer", broker=os.environ["CLEARWAY_BENCH_REDIS_URL"], backend=os.environ["CLEARWAY_BENCH_REDIS_URL"])
app.conf.update(
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    task_default_queue=f"clearway-bench-{os.environ.get('CLEARWAY_BENCH_QUEUE', 'raw')}",
    result_expires=120,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
)


@app.task
def noop() -> None:
    note_start()


@app.task
def row(step: int) -> None:
    from bench.agents import celery_rows

    note_start()
    celery_rows.done(step)
