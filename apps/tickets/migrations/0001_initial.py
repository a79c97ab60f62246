import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Counter",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("requirement", "Requirement"),
                                    ("defect", "Defect"),
                                    ("question", "Question"),
                                    ("data_fix", "Data fix"),
                                    ("go_live", "Go-live"),
                                    ("follow_up", "Incident follow-up"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("kind", "year"), name="one_counter_per_kind_and_year")],
                    },
                ),
                migrations.CreateModel(
                    name="CustomField",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("requirement", "Requirement"),
                                    ("defect", "Defect"),
                                    ("question", "Question"),
                                    ("data_fix", "Data fix"),
                                    ("go_live", "Go-live"),
                                    ("follow_up", "Incident follow-up"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "code",
                            models.SlugField(
                                help_text="For programs and sheets; it never changes.", max_length=40, verbose_name="code"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                        (
                            "holds",
                            models.CharField(
                                choices=[
                                    ("text", "Text"),
                                    ("number", "Number"),
                                    ("date", "Date"),
                                    ("choice", "One of a list"),
                                    ("yes_no", "Yes or no"),
                                ],
                                max_length=10,
                                verbose_name="type",
                            ),
                        ),
                        (
                            "options",
                            models.TextField(
                                blank=True, help_text="Of a list: one a line.", max_length=10000, verbose_name="options"
                            ),
                        ),
                        ("is_required", models.BooleanField(default=False, verbose_name="has to be filled in")),
                        ("is_retired", models.BooleanField(default=False, verbose_name="retired")),
                        (
                            "position",
                            models.PositiveSmallIntegerField(default=0, help_text="Lower comes first.", verbose_name="position"),
                        ),
                    ],
                    options={
                        "verbose_name": "field of tickets",
                        "verbose_name_plural": "fields of tickets",
                        "ordering": ["kind", "position", "id"],
                        "constraints": [models.UniqueConstraint(fields=("kind", "code"), name="field_codes_of_a_kind_differ")],
                    },
                ),
                migrations.CreateModel(
                    name="Release",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("begin_date", models.DateField(verbose_name="planned on")),
                        ("target_date", models.DateField(verbose_name="to be released on")),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[("planned", "Planned"), ("released", "Released"), ("cancelled", "Cancelled")],
                                default="planned",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="releases",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "planner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="planned by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "release",
                        "verbose_name_plural": "releases",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "name"), name="release_names_of_a_line_differ"),
                            models.CheckConstraint(
                                condition=models.Q(("target_date__gte", models.F("begin_date"))),
                                name="release_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state", "planned"), ("ended_at__isnull", False), _connector="XOR"),
                                name="ended_release_says_when",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("query", models.CharField(max_length=1000)),
                        (
                            "person",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [models.UniqueConstraint(fields=("person", "name"), name="a_person_names_a_view_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Ticket",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("requirement", "Requirement"),
                                    ("defect", "Defect"),
                                    ("question", "Question"),
                                    ("data_fix", "Data fix"),
                                    ("go_live", "Go-live"),
                                    ("follow_up", "Incident follow-up"),
                                ],
                                default="requirement",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        (
                            "external_number",
                            models.CharField(
                                blank=True,
                                help_text="The client's own, as a TD number.",
                                max_length=60,
                                null=True,
                                unique=True,
                                verbose_name="external number",
                            ),
                        ),
                        ("title", models.CharField(max_length=200, verbose_name="title")),
                        ("description", models.TextField(blank=True, max_length=10000, verbose_name="description")),
                        ("client", models.CharField(blank=True, max_length=120, verbose_name="client")),
                        ("product", models.CharField(blank=True, max_length=120, verbose_name="product")),
                        (
                            "severity",
                            models.CharField(
                                choices=[("critical", "Critical"), ("major", "Major"), ("minor", "Minor"), ("slight", "Slight")],
                                default="minor",
                                max_length=10,
                                verbose_name="severity",
                            ),
                        ),
                        (
                            "priority",
                            models.PositiveSmallIntegerField(
                                choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")],
                                default=3,
                                verbose_name="priority",
                            ),
                        ),
                        ("due_date", models.DateField(blank=True, null=True, verbose_name="due")),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("submitted", "Submitted"),
                                    ("triaged", "Triaged"),
                                    ("approved", "Approved"),
                                    ("in_progress", "In progress"),
                                    ("in_test", "In test"),
                                    ("released", "Released"),
                                    ("done", "Done"),
                                    ("waiting", "Waiting for client"),
                                    ("rejected", "Rejected"),
                                    ("duplicate", "Duplicate"),
                                ],
                                default="submitted",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("waited_from", models.CharField(blank=True, max_length=12)),
                        ("submitted_at", models.DateTimeField(verbose_name="submitted at")),
                        (
                            "approver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="approved by",
                            ),
                        ),
                        (
                            "duplicate_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duplicates",
                                to="tickets.ticket",
                                verbose_name="duplicate of",
                            ),
                        ),
                        (
                            "helpers",
                            models.ManyToManyField(
                                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="helpers"
                            ),
                        ),
                        (
                            "in_release",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tickets",
                                to="tickets.release",
                                verbose_name="release",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tickets",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
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
                        (
                            "watchers",
                            models.ManyToManyField(
                                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="watchers"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "ticket",
                        "verbose_name_plural": "tickets",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "-id"], name="tickets_of_a_line"),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ("submitted", "triaged", "approved", "in_progress", "in_test", "released", "waiting"),
                                    )
                                ),
                                fields=["-id"],
                                name="open_tickets",
                            ),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ("submitted", "triaged", "approved", "in_progress", "in_test", "released", "waiting"),
                                    )
                                ),
                                fields=["owner", "-id"],
                                name="open_tickets_of_an_owner",
                            ),
                            models.Index(fields=["line", "state", "-id"], name="tickets_of_a_line_by_state"),
                            models.Index(
                                condition=models.Q(("due_date__isnull", False)), fields=["due_date"], name="tickets_by_due_date"
                            ),
                            models.Index(
                                condition=models.Q(("state", "released")), fields=["id"], name="tickets_that_wait_for_a_run"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "year", "number"), name="ticket_numbers_run_per_kind_and_year"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approver", None),
                                    models.Q(("submitter", models.F("approver")), _negated=True),
                                    _connector="OR",
                                ),
                                name="ticket_four_eyes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state", "duplicate"), ("duplicate_of", None), _connector="XOR"),
                                name="a_duplicate_names_the_other",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="Relation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("blocks", "blocks"), ("parent", "is the parent of"), ("follows", "follows up")],
                                max_length=10,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="relations", to="tickets.ticket"
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="relations_back", to="tickets.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("source", "kind", "target"), name="tickets_are_related_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "parent")), fields=("target",), name="a_ticket_has_one_parent"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="no_ticket_is_related_to_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Naming",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=20)),
                        ("subject", models.BigIntegerField()),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="tickets.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "subject", "ticket"), name="a_ticket_is_named_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mark",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("mark", models.CharField(max_length=20)),
                        (
                            "line",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="people.businessline",
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="tickets.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("mark", "line", "ticket"), name="a_mark_is_kept_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Label",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("label", models.CharField(max_length=40, verbose_name="label")),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="labels",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["label"],
                        "indexes": [models.Index(fields=["label", "ticket"], name="tickets_by_label")],
                        "constraints": [models.UniqueConstraint(fields=("ticket", "label"), name="a_label_is_put_on_once")],
                    },
                ),
                migrations.CreateModel(
                    name="CustomValue",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("value", models.CharField(max_length=500)),
                        (
                            "field",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.customfield"
                            ),
                        ),
                        (
                            "ticket",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="custom_values",
                                to="tickets.ticket",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("ticket", "field"), name="a_field_is_filled_in_once")],
                    },
                ),
            ],
        ),
    ]
