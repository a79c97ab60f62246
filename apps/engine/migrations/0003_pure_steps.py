"""Steps whose handler has no effect, and bells for all of them."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models


def guard_again(apps, schema_editor):
    """SQLite has made the table anew, and the new one has no triggers."""
    if schema_editor.connection.vendor == "sqlite":
        guards = import_module("apps.engine.migrations.0002_guards")
        guards.unguard(apps, schema_editor)
        guards.guard(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_guards")]

    operations = [
        migrations.AddField("step", "is_pure", models.BooleanField(default=False)),
        migrations.AlterField(
            "outbox",
            "step",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="engine.step"),
        ),
        migrations.AddIndex(
            "step",
            models.Index(condition=models.Q(is_pure=True, state="ready"), fields=["run", "id"], name="pure_steps_to_do"),
        ),
        migrations.RunPython(guard_again, guard_again),
    ]
