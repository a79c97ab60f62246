"""The Celery application: a bell that carries step ids."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")

app = Celery("clearway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = "steps"
if app.conf.broker_url == "memory://":
    app.conf.update(broker_url="memory://localhost//")  # kombu warns of a missing host
app.conf.worker_send_task_events = False
app.conf["CELERY_DB_REUSE_MAX"] = 10_000  # tasks of a child share its connection; an error closes it
app.autodiscover_tasks()
