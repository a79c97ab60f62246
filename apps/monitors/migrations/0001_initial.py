import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Monitor",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                        ("metric", models.CharField(max_length=60, verbose_name="figure")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Not judged"), (1, "In bounds"), (2, "Warning"), (3, "Alarm")],
                                default=0,
                                verbose_name="level",
                            ),
                        ),
                        ("level_since", models.DateTimeField(verbose_name="since")),
                        ("created_at", models.DateTimeField(verbose_name="set up at")),
                        ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="retired at")),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="set up by",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="monitors",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "monitor",
                        "verbose_name_plural": "monitors",
                        "ordering": ["-level", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("retired_at", None)), fields=["-level", "id"], name="monitors_by_level"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("retired_at", None), ("level", 0), _connector="OR"),
                                name="what_is_retired_is_in_no_breach",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MonitorThreshold",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        (
                            "direction",
                            models.CharField(
                                choices=[
                                    ("above", "too much: from the threshold upwards"),
                                    ("below", "too little: from the threshold downwards"),
                                ],
                                default="above",
                                max_length=10,
                                verbose_name="direction",
                            ),
                        ),
                        ("warn", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="warning from")),
                        ("alarm", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="alarm from")),
                        ("from_time", models.TimeField(blank=True, null=True, verbose_name="judged from")),
                        ("set_at", models.DateTimeField(verbose_name="set at")),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="changes.change",
                                verbose_name="change",
                            ),
                        ),
                        (
                            "monitor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="thresholds",
                                to="monitors.monitor",
                                verbose_name="monitor",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "threshold of a monitor",
                        "verbose_name_plural": "thresholds of monitors",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["monitor", "-id"], name="newest_thresholds")],
                        "constraints": [
                            models.UniqueConstraint(fields=("monitor", "change"), name="a_change_sets_thresholds_once")
                        ],
                    },
                ),
            ],
        ),
    ]
