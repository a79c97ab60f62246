"""The index of entries by person leaves out those of the system: nearly all of them.

The old index is dropped by its name: on SQLite another field would be a new table, and the journal's triggers go with the old.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "DROP INDEX journal_entry_actor_id_50c64a09",
            "CREATE INDEX journal_entry_actor_id_50c64a09 ON journal_entry (actor_id)",
            state_operations=[
                migrations.AlterField(
                    model_name="entry",
                    name="actor",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(condition=models.Q(("actor__isnull", False)), fields=["actor"], name="journal_by_actor"),
        ),
    ]
