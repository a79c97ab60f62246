from django.db import migrations, models

from apps.kernel.schema import CreateModels


def compare_sign_by_sign(apps, schema_editor):
    """A range of terms is what begins with a word: true where signs are compared by their numbers, as SQLite does."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE desk_findterm ALTER COLUMN term TYPE varchar(24) COLLATE "C"')


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="FindTerm",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=10)),
                        ("subject", models.BigIntegerField()),
                        ("term", models.CharField(max_length=24)),
                        ("line", models.BigIntegerField(null=True)),
                        ("process", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["kind", "term", "-subject", "line", "process"], name="things_by_term")],
                        "constraints": [models.UniqueConstraint(fields=("kind", "subject", "term"), name="a_term_is_kept_once")],
                    },
                ),
            ],
        ),
        migrations.RunPython(compare_sign_by_sign, migrations.RunPython.noop),
    ]
