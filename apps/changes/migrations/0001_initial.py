import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django_fsm
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("calendars", "0001_initial"),
        ("engine", "0001_squashed_0013_rights_of_signers"),
        ("people", "0001_squashed_0007_counted_requests"),
        ("processes", "0001_squashed_0021_presence_of_all"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Change",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("normal", "Normal"), ("standard", "Standard"), ("emergency", "Emergency")],
                                default="normal",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                        ("tickets", models.CharField(blank=True, max_length=500, verbose_name="tickets")),
                        (
                            "risk",
                            models.CharField(
                                choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                                default="low",
                                max_length=10,
                                verbose_name="risk",
                            ),
                        ),
                        ("evidence", models.TextField(blank=True, max_length=4000, verbose_name="test evidence")),
                        ("fallback", models.TextField(blank=True, max_length=4000, verbose_name="roll-back plan")),
                        ("effective_date", models.DateField(blank=True, null=True, verbose_name="effective from business date")),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("change_draft", "Being put together"),
                                    ("submitted", "Being decided"),
                                    ("scheduled", "Approved, takes effect on its date"),
                                    ("active", "In effect"),
                                    ("not_activated", "Could not take effect"),
                                    ("rolled_back", "Rolled back"),
                                    ("discarded", "Discarded"),
                                ],
                                default="change_draft",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                        ("activated_at", models.DateTimeField(blank=True, null=True, verbose_name="took effect at")),
                        ("problem", models.TextField(blank=True, verbose_name="why it could not take effect")),
                        (
                            "approver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="approver",
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="author",
                            ),
                        ),
                        (
                            "editors",
                            models.ManyToManyField(
                                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="put together by"
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "rolls_back",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roll_backs",
                                to="changes.change",
                                verbose_name="rolls back",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "change",
                        "verbose_name_plural": "changes",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "-id"], name="changes_of_a_line"),
                            models.Index(
                                condition=models.Q(("state", "scheduled")), fields=["effective_date"], name="changes_that_wait"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approver", None), models.Q(("author", models.F("approver")), _negated=True), _connector="OR"
                                ),
                                name="change_four_eyes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("effective_date__isnull", False), ("kind", "emergency"), _connector="OR"),
                                name="only_emergencies_are_at_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["scheduled", "active"]), _negated=True),
                                    models.Q(("approved_at__isnull", False), ("approver__isnull", False)),
                                    _connector="OR",
                                ),
                                name="approved_change_names_its_approver",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="ChangeItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=40, verbose_name="kind")),
                        ("subject", models.CharField(max_length=300, verbose_name="what it is about")),
                        ("content", models.JSONField(default=dict, verbose_name="content")),
                        ("before", models.JSONField(blank=True, null=True, verbose_name="before")),
                        ("added_at", models.DateTimeField(verbose_name="added at")),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="added by",
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="changes.change",
                                verbose_name="change",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "item of a change",
                        "verbose_name_plural": "items of changes",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("change", "kind", "subject"), name="one_item_per_subject")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChangePolicy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "after_days",
                            models.PositiveSmallIntegerField(
                                default=3,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(30),
                                ],
                                verbose_name="business days to approve an emergency afterwards",
                            ),
                        ),
                        (
                            "replay_days",
                            models.PositiveSmallIntegerField(
                                default=5,
                                help_text="Today is one of them.",
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(20),
                                ],
                                verbose_name="business days whose runs are replayed",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: of all lines that have no policy of their own.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "policy for changes",
                        "verbose_name_plural": "policies for changes",
                        "ordering": ["line_id"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.comparison.Coalesce("line", 0),
                                name="one_policy_for_changes_per_line",
                                violation_error_message="There is a policy of this line, or of all lines, already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("after_days__range", (1, 30)), ("replay_days__range", (1, 20))),
                                name="policy_for_changes_gives_days",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FreezeWindow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        ("first_date", models.DateField(verbose_name="from")),
                        ("last_date", models.DateField(verbose_name="until")),
                        ("from_time", models.TimeField(blank=True, null=True, verbose_name="each day from")),
                        ("until_time", models.TimeField(blank=True, null=True, verbose_name="each day until")),
                        (
                            "calendar",
                            models.ForeignKey(
                                blank=True,
                                help_text="Then only on days on which this market is open, by its clock.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="calendars.calendar",
                                verbose_name="calendar",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: of all lines.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "freeze window",
                        "verbose_name_plural": "freeze windows",
                        "ordering": ["-last_date", "id"],
                        "indexes": [models.Index(fields=["last_date"], name="freezes_by_end")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("first_date__lte", models.F("last_date"))), name="freeze_ends_after_it_begins"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("from_time", None), ("until_time", None)),
                                    ("from_time__lt", models.F("until_time")),
                                    _connector="OR",
                                ),
                                name="freeze_has_both_times",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Proof",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("looked_at", models.DateTimeField(null=True)),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="engine.run",
                                verbose_name="first clean run",
                            ),
                        ),
                        (
                            "version",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proof",
                                to="processes.processversion",
                                verbose_name="process version",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "proof of a version",
                        "verbose_name_plural": "proofs of versions",
                    },
                ),
                migrations.CreateModel(
                    name="Replay",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[("going", "Being played"), ("ended", "Played")],
                                default="going",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("first_date", models.DateField(verbose_name="from business date")),
                        ("last_date", models.DateField(verbose_name="until business date")),
                        ("total", models.PositiveIntegerField(verbose_name="runs")),
                        ("done", models.PositiveIntegerField(default=0, verbose_name="played")),
                        ("different", models.PositiveIntegerField(default=0, verbose_name="different")),
                        ("untold", models.PositiveIntegerField(default=0, verbose_name="not told again")),
                        ("waiting", models.JSONField(default=list)),
                        ("result", models.JSONField(default=dict)),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replays",
                                to="changes.change",
                                verbose_name="change",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.processversion",
                                verbose_name="version",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "replay",
                        "verbose_name_plural": "replays",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(condition=models.Q(("state", "going")), fields=["id"], name="replays_that_go_on")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("change", None), ("version", None), _connector="XOR"),
                                name="replay_is_of_a_change_or_a_version",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("change__isnull", False)),
                                fields=("change", "digest"),
                                name="one_replay_of_a_content",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("version__isnull", False)),
                                fields=("version", "digest"),
                                name="one_replay_of_a_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReplayWaiver",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.CharField(max_length=1000, verbose_name="reason")),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed at")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                        (
                            "change",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waivers",
                                to="changes.change",
                                verbose_name="change",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="signed by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "waiver of a replay",
                        "verbose_name_plural": "waivers of replays",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("signed_by", None),
                                    models.Q(("signed_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="waiver_is_signed_by_another",
                            ),
                            models.UniqueConstraint(fields=("change", "digest"), name="one_waiver_of_a_content"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandardChange",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        ("item_kinds", models.JSONField(default=list, verbose_name="what it may carry")),
                        (
                            "most_risk",
                            models.CharField(
                                choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
                                default="low",
                                max_length=10,
                                verbose_name="risk at most",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: of all lines.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "standard change",
                        "verbose_name_plural": "standard changes",
                        "ordering": ["id"],
                    },
                ),
            ],
        ),
    ]
