from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


def _guards(name):
    return import_module("apps.approvals.migrations." + name)


class Migration(migrations.Migration):
    replaces = [
        ("approvals", "0001_initial"),
        ("approvals", "0002_guards"),
        ("approvals", "0003_stand_ins"),
        ("approvals", "0004_stand_in_guards"),
        ("approvals", "0005_comments_reminders_copies"),
        ("approvals", "0006_stages_by_duty_and_rule"),
        ("approvals", "0007_process_of_an_approval"),
        ("approvals", "0008_mentions_are_read"),
        ("approvals", "0009_forms_filled_in"),
        ("approvals", "0010_turns_and_decisions_of_a_person"),
        ("approvals", "0011_comments_of_their_own"),
    ]

    initial = True

    dependencies = [
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=60, verbose_name="kind")),
                        ("subject", models.BigIntegerField(verbose_name="what it is about")),
                        ("title_zh", models.CharField(max_length=200, verbose_name="Chinese title")),
                        ("title_en", models.CharField(max_length=200, verbose_name="English title")),
                        ("process", models.BigIntegerField(editable=False, null=True, verbose_name="process")),
                        ("form", models.JSONField(editable=False, null=True)),
                        ("digest", models.CharField(max_length=64)),
                        ("path", models.JSONField(default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("deciding", "Being decided"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("returned", "Back with its author"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="deciding",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("stage", models.PositiveSmallIntegerField(default=0, verbose_name="stage")),
                        ("come_back", models.JSONField(default=list)),
                        ("last_seat", models.PositiveIntegerField(default=0)),
                        ("revision", models.PositiveIntegerField(default=0)),
                        ("submitted_at", models.DateTimeField(verbose_name="submitted at")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                        ("reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="reminded at")),
                        ("reminded_stage", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="to be decided by")),
                        ("remind_at", models.DateTimeField(blank=True, null=True)),
                        ("late_at", models.DateTimeField(blank=True, null=True, verbose_name="late since")),
                        ("duty_date", models.DateField(blank=True, null=True)),
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
                            "submitter",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="submitted by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "approval",
                        "verbose_name_plural": "approvals",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "-id"], name="approvals_of_a_line"),
                            models.Index(condition=models.Q(("state", "deciding")), fields=["id"], name="approvals_to_decide"),
                            models.Index(
                                condition=models.Q(("due_at__isnull", False), ("late_at", None)),
                                fields=["due_at"],
                                name="approvals_by_due",
                            ),
                            models.Index(
                                condition=models.Q(("remind_at__isnull", False)),
                                fields=["remind_at"],
                                name="approvals_by_reminder",
                            ),
                            models.Index(
                                condition=models.Q(("duty_date__isnull", False)), fields=["duty_date"], name="approvals_by_duty"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("approved", "rejected", "withdrawn")), _negated=True),
                                fields=("kind", "subject"),
                                name="one_open_approval_per_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ("approved", "rejected", "withdrawn")), ("ended_at", None), _connector="XOR"
                                ),
                                name="ended_approval_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalFlow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=60, verbose_name="kind")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        (
                            "least",
                            models.PositiveSmallIntegerField(
                                default=1,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(20),
                                ],
                                verbose_name="different people at least",
                            ),
                        ),
                        (
                            "skip_same",
                            models.BooleanField(default=False, verbose_name="who has agreed before is not asked again"),
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
                    ],
                    options={
                        "verbose_name": "approval flow",
                        "verbose_name_plural": "approval flows",
                        "ordering": ["line", "kind"],
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "line"), name="one_approval_flow_per_kind_and_line")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalStage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("all", "All of them"),
                                    ("any", "Any one of them"),
                                    ("count", "A number of them"),
                                    ("percent", "A percentage of them"),
                                    ("in_order", "All of them, one after the other"),
                                ],
                                default="any",
                                max_length=10,
                                verbose_name="who has to agree",
                            ),
                        ),
                        (
                            "number",
                            models.PositiveSmallIntegerField(
                                default=1,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="number or percentage",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("operator", "Operator"),
                                    ("maker", "Maker"),
                                    ("checker", "Checker"),
                                    ("manager", "Manager"),
                                    ("auditor", "Auditor"),
                                    ("process_author", "Process author"),
                                    ("process_approver", "Process approver"),
                                    ("admin", "Administrator"),
                                ],
                                max_length=20,
                                verbose_name="role on the line",
                            ),
                        ),
                        ("duty", models.BooleanField(default=False, verbose_name="who is on duty on the line")),
                        ("line_owner", models.BooleanField(default=False, verbose_name="the owner of the line")),
                        ("subject_owner", models.BooleanField(default=False, verbose_name="the owner of what is decided on")),
                        (
                            "chosen_by",
                            models.TextField(
                                blank=True,
                                help_text="FEEL: a user name or a list of them.",
                                verbose_name="rule that chooses people",
                            ),
                        ),
                        (
                            "otherwise",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("operator", "Operator"),
                                    ("maker", "Maker"),
                                    ("checker", "Checker"),
                                    ("manager", "Manager"),
                                    ("auditor", "Auditor"),
                                    ("process_author", "Process author"),
                                    ("process_approver", "Process approver"),
                                    ("admin", "Administrator"),
                                ],
                                help_text="Asked when nobody is on duty, owns it or is chosen. Empty: who may approve on the line.",
                                max_length=20,
                                verbose_name="otherwise this role",
                            ),
                        ),
                        (
                            "applies_when",
                            models.TextField(
                                blank=True,
                                help_text="FEEL: the stage is passed over when this is false. Empty: it always applies.",
                                verbose_name="applies when",
                            ),
                        ),
                        (
                            "due_after",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="to be decided within",
                            ),
                        ),
                        (
                            "due_unit",
                            models.CharField(
                                blank=True,
                                choices=[("hours", "Hours"), ("days", "Business days")],
                                default="hours",
                                max_length=10,
                                verbose_name="counted in",
                            ),
                        ),
                        (
                            "remind_before",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reminded so many hours before"),
                        ),
                        (
                            "flow",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stages",
                                to="approvals.approvalflow",
                                verbose_name="approval flow",
                            ),
                        ),
                        (
                            "people",
                            models.ManyToManyField(
                                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="people"
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.team",
                                verbose_name="team",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "approval stage",
                        "verbose_name_plural": "approval stages",
                        "ordering": ["flow", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("flow", "position"), name="approval_stages_are_in_order")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Copy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("copied_at", models.DateTimeField()),
                        (
                            "approval",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="approvals.approval"
                            ),
                        ),
                        (
                            "copied_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("approval", "person"), name="a_person_is_copied_in_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Maker",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "approval",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="makers", to="approvals.approval"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("approval", "person"), name="a_maker_is_named_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Seat",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField()),
                        ("stage", models.PositiveSmallIntegerField()),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Not decided"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("same", "Approved in an earlier stage"),
                                    ("closed", "Not needed any more"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("answer", models.JSONField(null=True)),
                        ("waits_for", models.JSONField(default=list)),
                        ("has_turn", models.BooleanField(default=False)),
                        ("is_past", models.BooleanField(default=False)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "approval",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="approvals.approval"
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "holder",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["approval", "number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("has_turn", True)), fields=["holder", "approval"], name="turns_of_a_person"
                            ),
                            models.Index(
                                condition=models.Q(("decided_by__isnull", False)),
                                fields=["decided_by", "approval"],
                                name="decisions_of_a_person",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("approval", "number"), name="seats_are_numbered"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_by__isnull", False), ("decision__in", ("approved", "rejected"))),
                                    models.Q(
                                        models.Q(("decision__in", ("approved", "rejected")), _negated=True), ("decided_by", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="a_decision_names_its_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("has_turn", False), models.Q(("decision", ""), ("is_past", False)), _connector="OR"
                                ),
                                name="only_open_seats_have_a_turn",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("added_by", None), models.Q(("added_by", models.F("owner")), _negated=True), _connector="OR"
                                ),
                                name="nobody_adds_themselves",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandIn",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from_date", models.DateField(verbose_name="from")),
                        ("valid_until_date", models.DateField(verbose_name="until")),
                        ("reason", models.CharField(max_length=500, verbose_name="reason")),
                        (
                            "ended_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="ended by",
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
                            "named_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="named by",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="who is away",
                            ),
                        ),
                        (
                            "stand_in",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="stand-in",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "stand-in",
                        "verbose_name_plural": "stand-ins",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_by", None)),
                                fields=["stand_in", "valid_until_date"],
                                name="who_stands_in_now",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("owner", models.F("stand_in")), _negated=True),
                                name="nobody_stands_in_for_themselves",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("valid_from_date__lte", models.F("valid_until_date"))),
                                name="stand_in_ends_after_it_begins",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_by", None)),
                                fields=("owner", "stand_in", "line", "valid_from_date"),
                                name="one_stand_in_from_a_day",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(_guards("0002_guards").guard, _guards("0002_guards").unguard),
        migrations.RunPython(_guards("0004_stand_in_guards").guard, _guards("0004_stand_in_guards").unguard),
    ]
