from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lines", "0019_parts_of_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="preclearingtrade",
            name="interest",
            field=models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="accrued interest"),
        ),
    ]
