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
                    name="IncomingHook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("secret", models.CharField(editable=False, max_length=200)),
                        ("former_secret", models.CharField(blank=True, editable=False, max_length=200)),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        ("is_on", models.BooleanField(default=True, verbose_name="is on")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("key", models.CharField(editable=False, max_length=40, unique=True)),
                        ("deeds", models.JSONField(default=list, verbose_name="may")),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "token",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.programtoken",
                                verbose_name="program token",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "incoming webhook",
                        "verbose_name_plural": "incoming webhooks",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="OutgoingHook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("secret", models.CharField(editable=False, max_length=200)),
                        ("former_secret", models.CharField(blank=True, editable=False, max_length=200)),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        ("is_on", models.BooleanField(default=True, verbose_name="is on")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("address", models.CharField(max_length=500)),
                        (
                            "feed",
                            models.CharField(
                                choices=[
                                    ("everything", "All that I may see"),
                                    ("line", "One business line"),
                                    ("run", "One run"),
                                    ("inbox", "How much waits for me"),
                                ],
                                max_length=10,
                                verbose_name="feed",
                            ),
                        ),
                        ("stream", models.CharField(blank=True, max_length=80)),
                        ("after_transaction", models.BigIntegerField(default=0)),
                        ("after_number", models.BigIntegerField(default=0)),
                        ("told", models.JSONField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                        ("due_at", models.DateTimeField()),
                        ("claimed_until", models.DateTimeField(null=True)),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="last taken")),
                        ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "token",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.programtoken",
                                verbose_name="program token",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "outgoing webhook",
                        "verbose_name_plural": "outgoing webhooks",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None), ("is_on", True)), fields=["due_at"], name="hooks_due"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("feed", "line"), _negated=True), ("line__isnull", False), _connector="XOR"
                                ),
                                name="hook_of_a_line_names_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("feed", "run"), ("stream", ""), _connector="XOR"),
                                name="hook_of_a_run_names_it",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeadLetter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("dead", "Given up"),
                                    ("waiting", "Is sent again"),
                                    ("taken", "Taken at last"),
                                    ("dropped", "Not sent: it may not be seen any more"),
                                ],
                                default="dead",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("tries", models.PositiveIntegerField(verbose_name="tries")),
                        ("problem", models.CharField(max_length=300, verbose_name="problem")),
                        ("at", models.DateTimeField(verbose_name="given up at")),
                        (
                            "entry",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journal.entry"),
                        ),
                        (
                            "hook",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="hooks.outgoinghook"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "dead letter",
                        "verbose_name_plural": "dead letters",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")), fields=["hook", "id"], name="letters_sent_again"
                            )
                        ],
                        "constraints": [models.UniqueConstraint(fields=("hook", "entry"), name="one_dead_letter_per_entry")],
                    },
                ),
                migrations.CreateModel(
                    name="TakenDelivery",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("delivery", models.CharField(max_length=120, verbose_name="delivery")),
                        ("content", models.CharField(max_length=64)),
                        ("deed", models.CharField(max_length=10, verbose_name="deed")),
                        ("status", models.PositiveSmallIntegerField(verbose_name="status")),
                        ("answer", models.JSONField(verbose_name="answer")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "hook",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="hooks.incominghook"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "taken delivery",
                        "verbose_name_plural": "taken deliveries",
                        "ordering": ["-id"],
                        "constraints": [models.UniqueConstraint(fields=("hook", "delivery"), name="a_delivery_is_taken_once")],
                    },
                ),
            ],
        ),
    ]
