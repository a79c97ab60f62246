from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


def _guards(name):
    return import_module("apps.engine.migrations." + name)


class Migration(migrations.Migration):
    replaces = [
        ("engine", "0001_initial"),
        ("engine", "0002_guards"),
        ("engine", "0003_pure_steps"),
        ("engine", "0004_interventions"),
        ("engine", "0005_signed_interventions"),
        ("engine", "0006_windows"),
        ("engine", "0007_starts_by_themselves"),
        ("engine", "0008_migrations_of_runs"),
        ("engine", "0009_places_and_turns"),
        ("engine", "0010_ending_ad_hoc"),
        ("engine", "0011_names_of_triggers"),
        ("engine", "0012_fewer_indexes"),
        ("engine", "0013_rights_of_signers"),
    ]

    initial = True

    dependencies = [
        ("calendars", "0001_initial"),
        ("people", "0001_squashed_0007_counted_requests"),
        ("processes", "0001_squashed_0021_presence_of_all"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=200)),
                        ("payload", models.JSONField(default=dict)),
                        ("retained", models.BooleanField(default=False)),
                        ("consumed", models.BooleanField(default=False)),
                        ("received_at", models.DateTimeField()),
                        ("once", models.CharField(max_length=64, unique=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["name", "key", "id"], name="messages_by_key")],
                    },
                ),
                migrations.CreateModel(
                    name="Pause",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(null=True, verbose_name="business date")),
                        ("reason", models.CharField(max_length=500, verbose_name="reason")),
                        ("paused_at", models.DateTimeField()),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "paused_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("business_date", None), ("lifted_at", None)),
                                fields=("line",),
                                name="one_open_pause_of_a_line",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("business_date__isnull", False), ("lifted_at", None)),
                                fields=("line", "business_date"),
                                name="one_open_pause_of_a_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Placement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "node_id",
                            models.CharField(
                                blank=True,
                                help_text="The id of the element in the model; empty: all its steps.",
                                max_length=200,
                                verbose_name="step",
                            ),
                        ),
                        (
                            "queue",
                            models.CharField(
                                blank=True, help_text="Its workers are begun with --queues.", max_length=60, verbose_name="queue"
                            ),
                        ),
                        ("pool", models.CharField(blank=True, max_length=60, verbose_name="resource pool")),
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
                            "process",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "placement",
                        "verbose_name_plural": "placements",
                        "ordering": ["line_id", "process_id", "node_id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "process", "node_id"), name="one_placement_per_step"),
                            models.UniqueConstraint(
                                condition=models.Q(("process", None)), fields=("line",), name="one_placement_of_a_line"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("node_id", ""), ("process__isnull", False), _connector="OR"),
                                name="a_step_is_placed_with_its_process",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Pool",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "queue",
                            models.CharField(
                                blank=True, help_text="Empty: on all hosts together.", max_length=60, verbose_name="queue"
                            ),
                        ),
                        ("size", models.PositiveSmallIntegerField(verbose_name="steps at once")),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "resource pool",
                        "verbose_name_plural": "resource pools",
                        "ordering": ["name", "line_id", "queue"],
                        "constraints": [
                            models.UniqueConstraint(fields=("name", "line", "queue"), name="one_size_per_pool_line_and_queue"),
                            models.UniqueConstraint(
                                condition=models.Q(("line", None)), fields=("name", "queue"), name="one_size_per_pool_and_queue"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Run",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("key", models.CharField(blank=True, default="", max_length=200, verbose_name="key")),
                        ("sequence", models.PositiveIntegerField(default=1, verbose_name="sequence")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("incident", "Incident"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="running",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("plan_digest", models.CharField(max_length=64)),
                        ("marking", models.JSONField(default=dict)),
                        ("variables", models.JSONField(default=dict, verbose_name="variables")),
                        ("pinned", models.JSONField(default=dict)),
                        ("depth", models.PositiveSmallIntegerField(default=0)),
                        ("begun_at", models.DateTimeField(verbose_name="begun at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("priority", models.PositiveSmallIntegerField(default=5, verbose_name="priority")),
                        ("is_paused", models.BooleanField(default=False, verbose_name="paused")),
                        ("held_nodes", models.JSONField(default=list)),
                        ("overrides", models.JSONField(default=dict)),
                        ("times", models.JSONField(default=dict)),
                        ("next_moment_at", models.DateTimeField(null=True)),
                        ("places", models.JSONField(default=dict)),
                        (
                            "begun_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "came_from",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.processversion",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "pause",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="engine.pause"
                            ),
                        ),
                        (
                            "process",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="processes.processversion",
                                verbose_name="version",
                            ),
                        ),
                        (
                            "parent_step",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="child_run", to="engine.step"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "run",
                        "verbose_name_plural": "runs",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "business_date", "-id"], name="runs_of_a_line_and_day"),
                            models.Index(fields=["process", "business_date"], name="runs_of_a_process_and_day"),
                            models.Index(fields=["state", "-id"], name="runs_by_state"),
                            models.Index(
                                condition=models.Q(("next_moment_at__isnull", False), ("state__in", ["running", "incident"])),
                                fields=["next_moment_at"],
                                name="runs_by_next_moment",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), ("parent_step", None), ("state__in", ["running", "incident"])),
                                fields=("process", "business_date"),
                                name="one_live_run_per_process_and_date",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("parent_step", None),
                                    ("state__in", ["running", "incident"]),
                                    models.Q(("key", ""), _negated=True),
                                ),
                                fields=("process", "key"),
                                name="one_live_run_per_process_and_key",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InterventionRequest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "verb",
                            models.CharField(
                                choices=[
                                    ("pause", "Pause"),
                                    ("resume", "Resume"),
                                    ("cancel", "Cancel"),
                                    ("terminate", "Terminate"),
                                    ("priority", "Change priority"),
                                    ("edit", "Change variables"),
                                    ("hold", "Hold"),
                                    ("release", "Release"),
                                    ("retry", "Try again"),
                                    ("rerun", "Run again from here"),
                                    ("skip", "Skip"),
                                    ("force", "Finish with given results"),
                                    ("jump", "Jump"),
                                    ("parameters", "Change parameters"),
                                    ("reassign", "Reassign"),
                                    ("end-ad-hoc", "End the ad-hoc sub-process"),
                                    ("migrate", "Move to another version"),
                                    ("migrate-back", "Undo the move to another version"),
                                ],
                                max_length=12,
                                verbose_name="intervention",
                            ),
                        ),
                        ("arguments", models.JSONField(default=dict)),
                        ("reason", models.CharField(max_length=500, verbose_name="reason")),
                        ("seen", models.JSONField(default=dict)),
                        ("needs", models.CharField(max_length=60)),
                        ("barred", models.JSONField(default=list)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Waiting for a second person"),
                                    ("signed", "Signed and carried out"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Withdrawn"),
                                    ("lapsed", "Lapsed: things had moved on"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("decided_at", models.DateTimeField(null=True)),
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
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="engine.run",
                                verbose_name="run",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="engine.step",
                                verbose_name="step",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request for an intervention",
                        "verbose_name_plural": "requests for interventions",
                        "ordering": ["-id"],
                        "indexes": [models.Index(condition=models.Q(("state", "open")), fields=["id"], name="requests_to_sign")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "signed"), _negated=True),
                                    models.Q(
                                        ("decided_by__isnull", False),
                                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_is_signed_by_another",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open"), ("step", None)),
                                fields=("run", "verb"),
                                name="one_open_request_about_a_run",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open"), ("step__isnull", False)),
                                fields=("step", "verb"),
                                name="one_open_request_about_a_step",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Start",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("node_id", models.CharField(max_length=200, verbose_name="element")),
                        ("part", models.PositiveSmallIntegerField(default=0, verbose_name="which of its events")),
                        ("kind", models.CharField(max_length=12, verbose_name="kind of event")),
                        ("name", models.CharField(blank=True, max_length=100, verbose_name="arrives as")),
                        ("due_at", models.DateTimeField(null=True, verbose_name="due at")),
                        ("left", models.PositiveIntegerField(null=True, verbose_name="times left")),
                        ("business_date", models.DateField(null=True, verbose_name="business date")),
                        ("holds", models.BooleanField(default=False, verbose_name="condition held")),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="starts",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="starts",
                                to="processes.processversion",
                                verbose_name="version",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "trigger of a process",
                        "verbose_name_plural": "triggers of processes",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="starts_by_due"),
                            models.Index(
                                condition=models.Q(("name", ""), _negated=True), fields=["name"], name="starts_by_message"
                            ),
                            models.Index(
                                condition=models.Q(("kind", "conditional")), fields=["kind"], name="starts_by_condition"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "node_id", "part"), name="one_start_per_trigger")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Step",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("token", models.PositiveIntegerField()),
                        ("node_id", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("kind", models.CharField(max_length=20, verbose_name="kind")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("ready", "Ready"),
                                    ("held", "On hold"),
                                    ("running", "Running"),
                                    ("offered", "Waiting for a person"),
                                    ("claimed", "In hand"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                    ("skipped", "Skipped"),
                                    ("cancelled", "Cancelled"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("handler", models.CharField(blank=True, max_length=100)),
                        ("parameters", models.JSONField(default=dict)),
                        ("inputs", models.JSONField(default=dict)),
                        ("outputs", models.JSONField(null=True)),
                        ("problem", models.TextField(blank=True, verbose_name="problem")),
                        ("is_pure", models.BooleanField(default=False)),
                        ("queue", models.CharField(default="steps", max_length=60, verbose_name="queue")),
                        ("pool", models.CharField(blank=True, max_length=60, verbose_name="resource pool")),
                        ("rank", models.BigIntegerField(default=0)),
                        ("attempt", models.PositiveIntegerField(default=0, verbose_name="attempt")),
                        ("crashes", models.PositiveSmallIntegerField(default=0)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("worker", models.CharField(blank=True, max_length=120)),
                        ("not_before", models.DateTimeField(null=True)),
                        ("ring_at", models.DateTimeField(null=True)),
                        ("role", models.CharField(blank=True, max_length=20, verbose_name="role")),
                        ("form", models.JSONField(default=dict)),
                        ("is_check", models.BooleanField(default=False)),
                        ("deadline_at", models.DateTimeField(null=True, verbose_name="deadline")),
                        ("is_late", models.BooleanField(default=False, verbose_name="late")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="started at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "intervention",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="engine.interventionrequest",
                            ),
                        ),
                        (
                            "maker",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="engine.message",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="engine.run",
                                verbose_name="run",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "step",
                        "verbose_name_plural": "steps",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(condition=models.Q(("state", "running")), fields=["lease_until"], name="steps_by_lease"),
                            models.Index(condition=models.Q(("state", "ready")), fields=["ring_at"], name="steps_to_ring"),
                            models.Index(
                                condition=models.Q(("is_pure", True), ("state", "ready")),
                                fields=["run", "id"],
                                name="pure_steps_to_do",
                            ),
                            models.Index(
                                condition=models.Q(("is_pure", True), ("state", "ready")),
                                fields=["rank"],
                                name="pure_steps_in_turn",
                            ),
                            models.Index(
                                condition=models.Q(("is_pure", False), ("state", "ready")),
                                fields=["queue", "rank", "id"],
                                name="steps_in_turn",
                            ),
                            models.Index(
                                condition=models.Q(("state", "ready"), models.Q(("pool", ""), _negated=True)),
                                fields=["pool", "rank", "id"],
                                name="steps_before_a_pool",
                            ),
                            models.Index(
                                condition=models.Q(("state", "running"), models.Q(("pool", ""), _negated=True)),
                                fields=["pool"],
                                name="steps_in_a_pool",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("deadline_at__isnull", False),
                                    ("is_late", False),
                                    models.Q(("state__in", ["done", "skipped", "cancelled"]), _negated=True),
                                ),
                                fields=["deadline_at"],
                                name="steps_by_deadline",
                            ),
                            models.Index(fields=["state", "role", "id"], name="steps_waiting_for_a_role"),
                            models.Index(
                                condition=models.Q(("message__isnull", False)), fields=["message"], name="steps_by_message"
                            ),
                            models.Index(condition=models.Q(("maker__isnull", False)), fields=["maker"], name="steps_by_maker"),
                            models.Index(
                                condition=models.Q(("taken_by__isnull", False)), fields=["taken_by"], name="steps_by_taken_by"
                            ),
                            models.Index(
                                condition=models.Q(("decided_by__isnull", False)),
                                fields=["decided_by"],
                                name="steps_by_decided_by",
                            ),
                            models.Index(
                                condition=models.Q(("intervention__isnull", False)),
                                fields=["intervention"],
                                name="steps_by_intervention",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "token"), name="one_step_per_token"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("maker", None),
                                    ("decided_by", None),
                                    models.Q(("maker", models.F("decided_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="step_four_eyes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_check", False),
                                    models.Q(("state", "done"), _negated=True),
                                    models.Q(("decided_by__isnull", False), ("maker__isnull", False)),
                                    ("intervention__isnull", False),
                                    _connector="OR",
                                ),
                                name="check_step_names_both_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role", ""),
                                    models.Q(("state", "skipped"), _negated=True),
                                    ("intervention__isnull", False),
                                    _connector="OR",
                                ),
                                name="human_step_is_skipped_by_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("queue", models.CharField(default="steps", max_length=60)),
                        ("step", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="engine.step")),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField()),
                        ("worker", models.CharField(blank=True, max_length=120)),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                        ("outcome", models.CharField(max_length=12)),
                        ("problem", models.TextField(blank=True)),
                        (
                            "step",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="engine.step",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("step", "number"), name="one_row_per_attempt")],
                    },
                ),
                migrations.CreateModel(
                    name="StepWindow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "node_id",
                            models.CharField(
                                help_text="The id of the element in the model.", max_length=200, verbose_name="step"
                            ),
                        ),
                        (
                            "day_offset",
                            models.PositiveSmallIntegerField(default=0, verbose_name="business days after the business date"),
                        ),
                        ("earliest_start", models.TimeField(blank=True, null=True, verbose_name="starts at the earliest")),
                        ("latest_start", models.TimeField(blank=True, null=True, verbose_name="starts at the latest")),
                        ("latest_end", models.TimeField(blank=True, null=True, verbose_name="ends at the latest")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                        (
                            "calendar",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="calendars.calendar",
                                verbose_name="calendar",
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
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "window of a step",
                        "verbose_name_plural": "windows of steps",
                        "ordering": ["line_id", "process_id", "node_id", "valid_from"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("line", "process", "node_id", "valid_from"), name="one_window_per_step_and_start"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                                ),
                                name="window_valid_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("earliest_start__isnull", False),
                                    ("latest_start__isnull", False),
                                    ("latest_end__isnull", False),
                                    _connector="OR",
                                ),
                                name="window_says_something",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=200)),
                        ("after", models.BigIntegerField(default=0)),
                        (
                            "step",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="subscription", to="engine.step"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["name", "key"], name="subscriptions_by_message")],
                    },
                ),
                migrations.CreateModel(
                    name="Timer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("due_at", models.DateTimeField()),
                        ("fired", models.BooleanField(default=False)),
                        (
                            "step",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="timer", to="engine.step"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(condition=models.Q(("fired", False)), fields=["due_at"], name="timers_to_fire")],
                    },
                ),
                migrations.CreateModel(
                    name="InterventionPolicy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "verb",
                            models.CharField(
                                choices=[
                                    ("pause", "Pause"),
                                    ("resume", "Resume"),
                                    ("cancel", "Cancel"),
                                    ("terminate", "Terminate"),
                                    ("priority", "Change priority"),
                                    ("edit", "Change variables"),
                                    ("hold", "Hold"),
                                    ("release", "Release"),
                                    ("retry", "Try again"),
                                    ("rerun", "Run again from here"),
                                    ("skip", "Skip"),
                                    ("force", "Finish with given results"),
                                    ("jump", "Jump"),
                                    ("parameters", "Change parameters"),
                                    ("reassign", "Reassign"),
                                    ("end-ad-hoc", "End the ad-hoc sub-process"),
                                    ("migrate", "Move to another version"),
                                    ("migrate-back", "Undo the move to another version"),
                                ],
                                max_length=12,
                                verbose_name="intervention",
                            ),
                        ),
                        ("needs_reason", models.BooleanField(default=True, verbose_name="needs a reason")),
                        ("second_person", models.BooleanField(verbose_name="needs a second person")),
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
                        "verbose_name": "policy for interventions",
                        "verbose_name_plural": "policies for interventions",
                        "ordering": ["line_id", "verb"],
                        "constraints": [models.UniqueConstraint(fields=("line", "verb"), name="one_policy_per_line_and_verb")],
                    },
                ),
                migrations.CreateModel(
                    name="Beginning",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="engine.message",
                                verbose_name="message",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "run still to begin",
                        "verbose_name_plural": "runs still to begin",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("process", "message"), name="one_beginning_per_message")],
                    },
                ),
            ],
        ),
        migrations.RunPython(_guards("0002_guards").guard, _guards("0002_guards").unguard),
        migrations.RunPython(_guards("0005_signed_interventions").guard, _guards("0005_signed_interventions").unguard),
    ]
