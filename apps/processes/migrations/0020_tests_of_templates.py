from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processes", "0019_templates_as_bases"),
    ]

    operations = [
        migrations.AddField(
            model_name="processtemplate",
            name="tests",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="tests"),
        ),
        migrations.AddField(
            model_name="templaterevision",
            name="tests",
            field=models.JSONField(blank=True, default=list, verbose_name="tests"),
        ),
        migrations.AddField(
            model_name="templaterevision",
            name="names",
            field=models.JSONField(blank=True, default=dict, verbose_name="names"),
        ),
    ]
