"""Where steps run, and who has the next turn."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models


def guard_again(apps, schema_editor):
    """SQLite has made the table of steps anew, and the new one has no triggers."""
    if schema_editor.connection.vendor == "sqlite":
        guards = import_module("apps.engine.migrations.0005_signed_interventions")
        guards.unguard(apps, schema_editor)
        guards.guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0008_migrations_of_runs"),
        ("people", "0001_initial"),
        ("processes", "0003_versions_begin_as_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "node_id",
                    models.CharField(
                        blank=True,
                        help_text="The id of the element in the model; empty: all its steps.",
                        max_length=200,
                        verbose_name="step",
                    ),
                ),
                (
                    "queue",
                    models.CharField(
                        blank=True, help_text="Its workers are begun with --queues.", max_length=60, verbose_name="queue"
                    ),
                ),
                ("pool", models.CharField(blank=True, max_length=60, verbose_name="resource pool")),
            ],
            options={
                "verbose_name": "placement",
                "verbose_name_plural": "placements",
                "ordering": ["line_id", "process_id", "node_id"],
            },
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "queue",
                    models.CharField(blank=True, help_text="Empty: on all hosts together.", max_length=60, verbose_name="queue"),
                ),
                ("size", models.PositiveSmallIntegerField(verbose_name="steps at once")),
            ],
            options={
                "verbose_name": "resource pool",
                "verbose_name_plural": "resource pools",
                "ordering": ["name", "line_id", "queue"],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="places",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="step",
            name="pool",
            field=models.CharField(blank=True, max_length=60, verbose_name="resource pool"),
        ),
        migrations.AddField(
            model_name="step",
            name="queue",
            field=models.CharField(default="steps", max_length=60, verbose_name="queue"),
        ),
        migrations.AddField(
            model_name="step",
            name="rank",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("is_pure", True), ("state", "ready")), fields=["rank"], name="pure_steps_in_turn"
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("is_pure", False), ("state", "ready")), fields=["queue", "rank", "id"], name="steps_in_turn"
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("state", "ready"), models.Q(("pool", ""), _negated=True)),
                fields=["pool", "rank", "id"],
                name="steps_before_a_pool",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("state", "running"), models.Q(("pool", ""), _negated=True)),
                fields=["pool"],
                name="steps_in_a_pool",
            ),
        ),
        migrations.AddField(
            model_name="placement",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.businessline",
                verbose_name="business line",
            ),
        ),
        migrations.AddField(
            model_name="placement",
            name="process",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="processes.process",
                verbose_name="process",
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.businessline",
                verbose_name="business line",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(fields=("line", "process", "node_id"), name="one_placement_per_step"),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("process", None)), fields=("line",), name="one_placement_of_a_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(("node_id", ""), ("process__isnull", False), _connector="OR"),
                name="a_step_is_placed_with_its_process",
            ),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.UniqueConstraint(fields=("name", "line", "queue"), name="one_size_per_pool_line_and_queue"),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line", None)), fields=("name", "queue"), name="one_size_per_pool_and_queue"
            ),
        ),
        migrations.RunSQL("UPDATE engine_step SET rank = run_id WHERE state = 'ready'", migrations.RunSQL.noop),
        migrations.RunPython(guard_again, guard_again),
    ]
