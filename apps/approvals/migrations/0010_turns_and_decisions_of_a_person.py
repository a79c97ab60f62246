"""Whether an approval waits for somebody, or they have decided on it, is one step in an index: not a walk through all their voices."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0009_forms_filled_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="seat",
            name="seats_that_have_their_turn",
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(condition=models.Q(("has_turn", True)), fields=["holder", "approval"], name="turns_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                condition=models.Q(("decided_by__isnull", False)), fields=["decided_by", "approval"], name="decisions_of_a_person"
            ),
        ),
    ]
