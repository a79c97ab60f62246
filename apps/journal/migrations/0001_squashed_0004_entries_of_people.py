from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.journal.models
from apps.kernel.schema import CreateModels


def _guards(name):
    return import_module("apps.journal.migrations." + name)


class Migration(migrations.Migration):
    replaces = [
        ("journal", "0001_initial"),
        ("journal", "0002_initial"),
        ("journal", "0003_guards"),
        ("journal", "0004_entries_of_people"),
    ]

    initial = True

    dependencies = [
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Stream",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=80, unique=True)),
                        ("last_number", models.BigIntegerField(default=0)),
                        ("last_hash", models.CharField(default="", max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("stream", models.CharField(max_length=80, verbose_name="stream")),
                        ("number", models.BigIntegerField(verbose_name="number")),
                        ("kind", models.CharField(max_length=60, verbose_name="kind")),
                        ("line", models.CharField(blank=True, max_length=40, verbose_name="business line")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("data", models.JSONField(verbose_name="data")),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        (
                            "transaction_id",
                            models.BigIntegerField(db_default=apps.journal.models.CurrentTransaction(), editable=False),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="actor",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "journal entry",
                        "verbose_name_plural": "journal entries",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["line", "id"], name="journal_by_line"),
                            models.Index(fields=["transaction_id", "id"], name="journal_by_transaction"),
                            models.Index(condition=models.Q(("actor__isnull", False)), fields=["actor"], name="journal_by_actor"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("stream", "number"), name="journal_numbers_are_dense_per_stream")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(_guards("0003_guards").guard, _guards("0003_guards").unguard),
    ]
