from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    replaces = [("recon", "0001_initial"), ("recon", "0002_definitions")]

    initial = True

    dependencies = [
        ("engine", "0001_squashed_0013_rights_of_signers"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="ReconciliationDefinition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, verbose_name="code")),
                        ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                        (
                            "left_kind",
                            models.CharField(
                                choices=[
                                    ("file", "Market file of the day"),
                                    ("table", "Table of the line"),
                                    ("sheet", "Sheet that people bring"),
                                ],
                                max_length=8,
                                verbose_name="left: from",
                            ),
                        ),
                        (
                            "left_code",
                            models.SlugField(
                                help_text="Code of the file, the table or the sheet.", max_length=40, verbose_name="left: code"
                            ),
                        ),
                        ("left_many", models.BooleanField(default=False, verbose_name="left: several rows of a key are summed")),
                        (
                            "left_rows",
                            models.CharField(
                                blank=True,
                                help_text="Such as JLLX=001,003; empty for all rows.",
                                max_length=200,
                                verbose_name="left: only rows with",
                            ),
                        ),
                        (
                            "right_kind",
                            models.CharField(
                                choices=[
                                    ("file", "Market file of the day"),
                                    ("table", "Table of the line"),
                                    ("sheet", "Sheet that people bring"),
                                ],
                                max_length=8,
                                verbose_name="right: from",
                            ),
                        ),
                        (
                            "right_code",
                            models.SlugField(
                                help_text="Code of the file, the table or the sheet.", max_length=40, verbose_name="right: code"
                            ),
                        ),
                        (
                            "right_many",
                            models.BooleanField(default=False, verbose_name="right: several rows of a key are summed"),
                        ),
                        (
                            "right_rows",
                            models.CharField(
                                blank=True,
                                help_text="Such as JLLX=001,003; empty for all rows.",
                                max_length=200,
                                verbose_name="right: only rows with",
                            ),
                        ),
                        (
                            "when",
                            models.CharField(
                                blank=True,
                                help_text="When in the day it is compared, in words.",
                                max_length=120,
                                verbose_name="when",
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[("P1", "P1, stops the business"), ("P2", "P2, today"), ("P3", "P3, when there is time")],
                                default="P2",
                                max_length=2,
                                verbose_name="severity",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
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
                        "verbose_name": "reconciliation definition",
                        "verbose_name_plural": "reconciliation definitions",
                        "ordering": ["code", "-valid_from"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "valid_from"), name="one_definition_per_code_and_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reconciliation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("left_name", models.CharField(max_length=80, verbose_name="left")),
                        ("right_name", models.CharField(max_length=80, verbose_name="right")),
                        ("left_digest", models.CharField(max_length=64)),
                        ("right_digest", models.CharField(max_length=64)),
                        ("left_count", models.PositiveIntegerField(verbose_name="rows on the left")),
                        ("right_count", models.PositiveIntegerField(verbose_name="rows on the right")),
                        (
                            "left_total",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=24, verbose_name="total on the left"
                            ),
                        ),
                        (
                            "right_total",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=24, verbose_name="total on the right"
                            ),
                        ),
                        ("matched", models.PositiveIntegerField(verbose_name="matched")),
                        ("breaks_count", models.PositiveIntegerField(verbose_name="breaks")),
                        ("control", models.JSONField(default=dict, verbose_name="control totals")),
                        ("rejected", models.JSONField(default=dict, verbose_name="rejected rows")),
                        ("compared_at", models.DateTimeField(verbose_name="compared at")),
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
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reconciliations",
                                to="engine.run",
                                verbose_name="run",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reconciliations",
                                to="engine.step",
                                verbose_name="step",
                            ),
                        ),
                        (
                            "definition",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="results",
                                to="recon.reconciliationdefinition",
                                verbose_name="definition",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "reconciliation",
                        "verbose_name_plural": "reconciliations",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("definition", None)),
                                fields=("step", "name"),
                                name="one_reconciliation_per_step_and_name",
                            ),
                            models.UniqueConstraint(
                                fields=("definition", "business_date"), name="one_reconciliation_per_definition_and_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("definition__isnull", False),
                                    models.Q(("run__isnull", False), ("step__isnull", False)),
                                    _connector="OR",
                                ),
                                name="a_reconciliation_is_of_a_step_or_a_definition",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DefinedColumn",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("key", "Key"),
                                    ("amount", "Amount"),
                                    ("qty", "Quantity"),
                                    ("state", "Text"),
                                    ("date", "Date"),
                                ],
                                max_length=8,
                                verbose_name="role",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="name")),
                        ("left", models.CharField(max_length=40, verbose_name="column on the left")),
                        ("right", models.CharField(max_length=40, verbose_name="column on the right")),
                        (
                            "places",
                            models.PositiveSmallIntegerField(default=2, help_text="Of amounts.", verbose_name="decimal places"),
                        ),
                        (
                            "tolerance",
                            models.DecimalField(
                                decimal_places=6,
                                default=Decimal("0"),
                                help_text="In the unit of the column; days for dates.",
                                max_digits=20,
                                verbose_name="tolerance",
                            ),
                        ),
                        (
                            "definition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="columns",
                                to="recon.reconciliationdefinition",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "column",
                        "verbose_name_plural": "columns",
                        "ordering": ["position", "id"],
                        "constraints": [models.UniqueConstraint(fields=("definition", "name"), name="one_column_of_a_name")],
                    },
                ),
                migrations.CreateModel(
                    name="UploadedSheet",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, verbose_name="code")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("name", models.CharField(max_length=255, verbose_name="name")),
                        ("sha256", models.CharField(max_length=64, verbose_name="digest")),
                        ("rows", models.PositiveIntegerField(verbose_name="rows")),
                        ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
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
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="uploaded by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "uploaded sheet",
                        "verbose_name_plural": "uploaded sheets",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "business_date", "code", "-id"], name="sheets_of_a_line_and_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Break",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "definition_code",
                            models.SlugField(blank=True, db_index=False, max_length=40, verbose_name="definition"),
                        ),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("last_seen", models.DateField(verbose_name="last found on")),
                        ("key", models.CharField(max_length=400, verbose_name="key")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("only_left", "Only on the left"),
                                    ("only_right", "Only on the right"),
                                    ("amount", "Amount differs"),
                                    ("qty", "Quantity differs"),
                                    ("state", "State differs"),
                                    ("date", "Date differs"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("column", models.CharField(blank=True, max_length=40, verbose_name="column")),
                        ("left", models.JSONField(null=True, verbose_name="left")),
                        ("right", models.JSONField(null=True, verbose_name="right")),
                        (
                            "difference",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=24, verbose_name="difference"),
                        ),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not known"),
                                    ("timing", "Timing, T or T+1"),
                                    ("fee", "Known fee"),
                                    ("manual_entry", "Manual entry"),
                                    ("reversed_pair", "Reversed pair"),
                                    ("market_error", "Error in a market file"),
                                    ("own_error", "Error of ours"),
                                ],
                                default="unknown",
                                max_length=16,
                                verbose_name="cause",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("carried", "Carried over"),
                                    ("explained", "Explained"),
                                    ("corrected", "Corrected"),
                                    ("accepted", "Accepted"),
                                    ("gone", "Gone"),
                                ],
                                default="open",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("explained_at", models.DateTimeField(null=True, verbose_name="explained at")),
                        ("reason", models.TextField(blank=True, verbose_name="reason")),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="accepted by",
                            ),
                        ),
                        (
                            "explained_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="explained by",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="breaks",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="breaks",
                                to="engine.run",
                                verbose_name="run",
                            ),
                        ),
                        (
                            "reconciliation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="breaks",
                                to="recon.reconciliation",
                                verbose_name="reconciliation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "break",
                        "verbose_name_plural": "breaks",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "state", "-id"], name="breaks_of_a_line_by_state"),
                            models.Index(fields=["run", "-id"], name="breaks_of_a_run"),
                            models.Index(
                                condition=models.Q(
                                    models.Q(("definition_code", ""), _negated=True), models.Q(("state", "gone"), _negated=True)
                                ),
                                fields=["definition_code", "line"],
                                name="breaks_of_a_definition",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reconciliation", "key", "kind", "column"), name="one_break_per_key_and_kind"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["explained", "corrected", "accepted"]), _negated=True),
                                    models.Q(
                                        ("explained_at__isnull", False),
                                        ("explained_by__isnull", False),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="explained_break_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "accepted"), _negated=True),
                                    models.Q(
                                        ("accepted_by__isnull", False),
                                        models.Q(("accepted_by", models.F("explained_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="two_people_accept_a_break",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
