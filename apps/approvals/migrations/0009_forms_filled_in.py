"""Whoever decides may have to fill in a form: it is kept with the approval, and what they said with their voice.

Both columns may be empty, so that SQLite need not make the tables anew and their triggers stay.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0008_mentions_are_read")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="form",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="seat",
            name="answer",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(condition=models.Q(("state", "deciding")), fields=["id"], name="approvals_to_decide"),
        ),
    ]
