"""An automatic step stands in no index that is not for it, and a run is found by process and date among any number of others.

The old indexes are dropped by name: on SQLite another field would be a new table, and the triggers go with the old one.
"""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT


def unindexed(model: str, name: str, index: str, to: Any, **more: Any) -> migrations.RunSQL:
    field = models.ForeignKey(db_index=False, on_delete=PROTECT, to=to, **more)
    index, table = f"engine_{model}_{name}_id_{index}", f"engine_{model}"
    return migrations.RunSQL(
        f"DROP INDEX {index}",
        f"CREATE INDEX {index} ON {table} ({name}_id)",
        state_operations=[migrations.AlterField(model_name=model, name=name, field=field)],
    )


def seldom(name: str) -> migrations.AddIndex:
    condition = models.Q((f"{name}__isnull", False))
    return migrations.AddIndex("step", models.Index(condition=condition, fields=[name], name=f"steps_by_{name}"))


class Migration(migrations.Migration):
    dependencies = [
        ("engine", "0011_names_of_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        unindexed("attempt", "step", "3445cdf2", "engine.step", related_name="attempts"),
        unindexed("run", "process", "246e2b3b", "processes.process", related_name="runs", verbose_name="process"),
        migrations.AddIndex("run", models.Index(fields=["process", "business_date"], name="runs_of_a_process_and_day")),
        unindexed("step", "run", "d0da2a90", "engine.run", related_name="steps", verbose_name="run"),
        unindexed("step", "message", "52068124", "engine.message", null=True, related_name="+"),
        unindexed("step", "maker", "5c9ae2e0", settings.AUTH_USER_MODEL, null=True, related_name="+"),
        unindexed("step", "taken_by", "d69bda82", settings.AUTH_USER_MODEL, null=True, related_name="+"),
        unindexed("step", "decided_by", "4af9d915", settings.AUTH_USER_MODEL, null=True, related_name="+"),
        unindexed("step", "intervention", "c372100e", "engine.interventionrequest", null=True, related_name="+"),
        *[seldom(name) for name in ("message", "maker", "taken_by", "decided_by", "intervention")],
    ]
