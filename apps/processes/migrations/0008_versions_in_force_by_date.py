"""Which version is in force is kept by business date, and what was in force before can come back. Rows are only added."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

first = import_module("apps.processes.migrations.0002_guards")

MOVES = "version_state_moves_by_the_table"
BACK = first.RULES[MOVES].replace("'published>retired')", "'published>retired', 'retired>published')")
KEPT = "what_was_in_force_is_never_rewritten"


def _set_moves(schema_editor, rule):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{MOVES}")
        schema_editor.execute(
            f"CREATE TRIGGER processes_{MOVES} BEFORE UPDATE ON processes_processversion WHEN {rule} "
            f"BEGIN SELECT RAISE(ABORT, '{MOVES}'); END"
        )
        return
    checks = "\n".join(
        f"IF {each.replace('NEW.plan <> OLD.plan', 'NEW.plan::text <> OLD.plan::text')} THEN"
        f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
        for name, each in {**first.RULES, MOVES: rule}.items()
    )
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION processes_guard_version() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {checks} RETURN NEW; END $$"
    )


def guard(apps, schema_editor):
    _set_moves(schema_editor, BACK)
    if schema_editor.connection.vendor == "sqlite":
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER processes_{KEPT}_{event} BEFORE {event} ON processes_inforce BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
        return
    schema_editor.execute(
        f"CREATE FUNCTION processes_{KEPT}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'check_violation'; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER processes_{KEPT} BEFORE UPDATE OR DELETE ON processes_inforce"
        f" FOR EACH ROW EXECUTE FUNCTION processes_{KEPT}()"
    )


def unguard(apps, schema_editor):
    _set_moves(schema_editor, first.RULES[MOVES])
    if schema_editor.connection.vendor == "sqlite":
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{KEPT}_{event}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{KEPT} ON processes_inforce")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS processes_{KEPT}()")


def take_over(apps, schema_editor):
    """What is in force now was put in force at once, for all dates."""
    in_force = apps.get_model("processes", "InForce")
    published = apps.get_model("processes", "ProcessVersion").objects.filter(state="published")
    for version in published.only("pk", "process_id", "approver_id", "published_at", "created_at").order_by("pk"):
        in_force.objects.create(
            process_id=version.process_id,
            version_id=version.pk,
            set_at=version.published_at or version.created_at,
            set_by_id=version.approver_id,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("processes", "0007_tests_of_processes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="processversion",
            name="decided_with",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="decided with change"),
        ),
        migrations.CreateModel(
            name="InForce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_date", models.DateField(blank=True, null=True, verbose_name="from business date")),
                ("set_at", models.DateTimeField(verbose_name="set at")),
                ("change", models.BigIntegerField(blank=True, null=True, verbose_name="change")),
                (
                    "process",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_force",
                        to="processes.process",
                        verbose_name="process",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="processes.processversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "version in force",
                "verbose_name_plural": "versions in force",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["process", "-id"], name="in_force_newest_first")],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
