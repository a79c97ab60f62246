"""Withdrawals of preferred stock may be of a part: what was asked, what was confirmed, and all that was taken back of a claim."""

from django.db import migrations, models
from django.db.models import F


def split(apps, schema_editor):
    """Withdrawals were whole until now: what was asked stood in `withdrawn`, confirmed or not."""
    claims = apps.get_model("lines", "PreferredClaim").objects
    claims.filter(withdrawn__gt=0).update(withdrawing=F("withdrawn"))
    claims.filter(withdrawn_on__isnull=False).update(returned=F("withdrawn"))
    claims.filter(withdrawn_on__isnull=True).update(withdrawn=0)


def join(apps, schema_editor):
    apps.get_model("lines", "PreferredClaim").objects.update(withdrawn=F("withdrawing"))


class Migration(migrations.Migration):
    dependencies = [("lines", "0018_product_outputs_and_accounts")]

    operations = [
        migrations.AddField(
            model_name="preferredclaim",
            name="withdrawing",
            field=models.BigIntegerField(default=0, verbose_name="withdrawal of"),
        ),
        migrations.AddField(
            model_name="preferredclaim",
            name="returned",
            field=models.BigIntegerField(default=0, verbose_name="given back"),
        ),
        migrations.RunPython(split, join),
        migrations.AddConstraint(
            model_name="preferredclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("declared__gte", 0),
                    ("returned__gte", 0),
                    ("returned__lte", models.F("withdrawing")),
                    ("withdrawn__gte", models.F("returned")),
                ),
                name="no_preferred_share_taken_back_twice",
            ),
        ),
    ]
