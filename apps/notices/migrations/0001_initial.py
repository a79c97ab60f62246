import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("journal", "0001_squashed_0004_entries_of_people"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Follower",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transaction_id", models.BigIntegerField()),
                        ("entry_id", models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("email", "E-mail"),
                                    ("feishu", "Feishu robot"),
                                    ("dingtalk", "DingTalk robot"),
                                    ("wecom", "WeCom robot"),
                                ],
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        ("address", models.CharField(max_length=500, verbose_name="address")),
                        ("secret", models.CharField(blank=True, max_length=200, verbose_name="secret")),
                        ("kinds", models.JSONField(default=list)),
                        ("language", models.CharField(max_length=10, verbose_name="language")),
                        ("digest_at", models.TimeField(blank=True, null=True, verbose_name="digest at")),
                        ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                        ("quiet_until", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                        ("is_on", models.BooleanField(default=True, verbose_name="is on")),
                        ("claimed_until", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.team"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("person", None), ("team", None), _connector="XOR"),
                                name="somebody_wants_notices",
                            ),
                            models.UniqueConstraint(fields=("person", "channel"), name="one_subscription_per_person_and_channel"),
                            models.UniqueConstraint(fields=("team", "channel"), name="one_subscription_per_team_and_channel"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=20)),
                        ("process", models.BigIntegerField(null=True)),
                        ("title_zh", models.CharField(max_length=300)),
                        ("title_en", models.CharField(max_length=300)),
                        ("address", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                    ("dropped", "Not sent: it may not be seen any more"),
                                ],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                        ("due_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("problem", models.CharField(blank=True, max_length=300)),
                        (
                            "entry",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.entry"),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.businessline"
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="notices.subscription"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "delivery",
                        "verbose_name_plural": "deliveries",
                        "indexes": [
                            models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="deliveries_due"),
                            models.Index(
                                condition=models.Q(("state", "failed")), fields=["line", "-id"], name="deliveries_failed"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("subscription", "entry"), name="one_delivery_per_fact_and_receiver")
                        ],
                    },
                ),
            ],
        ),
    ]
