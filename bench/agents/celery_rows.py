"""One row update and one audit row per task, in one transaction of Django's ORM on PostgreSQL."""

import os
from urllib.parse import urlparse

import django
from django.conf import settings

_parts = urlparse(os.environ["CLEARWAY_DATABASE_URL"])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _parts.path.lstrip("/"),
            "USER": _parts.username,
            "PASSWORD": _parts.password or "",
            "HOST": _parts.hostname,
            "PORT": str(_parts.port or ""),
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[],
    USE_TZ=True,
)
django.setup()

from django.db import connection, models, transaction  # noqa: E402


class Task(models.Model):
    objects: models.Manager["Task"]
    state = models.CharField(max_length=10)

    class Meta:
        app_label = "peer"


class Audit(models.Model):
    objects: models.Manager["Audit"]
    task = models.BigIntegerField()
    said = models.CharField(max_length=10)

    class Meta:
        app_label = "peer"


def prepare() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Task)
        editor.create_model(Audit)


def new(count: int) -> list[int]:
    return [made.pk for made in Task.objects.bulk_create(Task(state="ready") for _ in range(count))]


def done(pk: int) -> None:
    with transaction.atomic():
        Task.objects.filter(pk=pk, state="ready").update(state="done")
        Audit.objects.create(task=pk, said="done")


def not_done(pks: list[int]) -> int:
    return Task.objects.filter(pk__in=pks).exclude(state="done").count()
