import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.kernel.clock
from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    replaces = [("files", "0001_initial"), ("files", "0002_arrival_rules"), ("files", "0003_imported_layouts")]

    initial = True

    dependencies = [
        ("calendars", "0001_initial"),
        ("engine", "0001_squashed_0013_rights_of_signers"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="ImportedLayout",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("family", models.SlugField(max_length=40, verbose_name="family")),
                        ("market", models.CharField(blank=True, max_length=8, verbose_name="market")),
                        ("title_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                        ("title_en", models.CharField(max_length=80, verbose_name="English name")),
                        ("columns", models.JSONField(verbose_name="columns")),
                        ("note", models.CharField(max_length=200, verbose_name="where it is from")),
                        ("imported_at", models.DateTimeField(verbose_name="imported at")),
                        (
                            "imported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="imported by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "imported layout",
                        "verbose_name_plural": "imported layouts",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                        ("name_zh", models.CharField(max_length=80, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=80, verbose_name="English name")),
                        (
                            "directory",
                            models.CharField(
                                help_text="{date} stands for the business date as 20240713. Relative to the data folder.",
                                max_length=500,
                                verbose_name="folder",
                            ),
                        ),
                        (
                            "naming",
                            models.CharField(
                                choices=[
                                    ("mdd", "code, clearing number, .mdd (month 1–9, a, b, c)"),
                                    ("mmdd", "code, mmdd, .DBF"),
                                    ("plain", "code only; the folder gives the date"),
                                ],
                                default="mdd",
                                max_length=10,
                                verbose_name="naming",
                            ),
                        ),
                        (
                            "required_codes",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text='A list such as ["jsmx", "zqbd"].',
                                verbose_name="required files",
                            ),
                        ),
                        ("optional_codes", models.JSONField(blank=True, default=list, verbose_name="optional files")),
                        (
                            "flags",
                            models.JSONField(
                                blank=True,
                                default=list,
                                help_text='A list such as ["fsbz_a"].',
                                verbose_name="flags that must all be there",
                            ),
                        ),
                        (
                            "manifest",
                            models.CharField(
                                blank=True,
                                help_text="Code of the file that lists the others.",
                                max_length=40,
                                verbose_name="manifest",
                            ),
                        ),
                        ("may_be_late", models.BooleanField(default=False, verbose_name="may be late")),
                        ("poll_seconds", models.PositiveSmallIntegerField(default=15, verbose_name="seconds between looks")),
                        (
                            "patience_seconds",
                            models.PositiveIntegerField(default=1800, verbose_name="seconds an incomplete file may last"),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "scanned_at",
                            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last looked at"),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sources",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "file source",
                        "verbose_name_plural": "file sources",
                        "ordering": ["line_id", "code"],
                    },
                ),
                migrations.CreateModel(
                    name="SentFile",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("name", models.CharField(max_length=255, verbose_name="name")),
                        ("path", models.CharField(max_length=600, verbose_name="path")),
                        ("size", models.BigIntegerField(verbose_name="bytes")),
                        ("sha256", models.CharField(max_length=64, verbose_name="digest")),
                        (
                            "state",
                            models.CharField(
                                choices=[("sending", "being sent"), ("sent", "sent")],
                                default="sending",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("receipt", models.CharField(blank=True, max_length=200, verbose_name="receipt")),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sent_files",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sent_files",
                                to="engine.step",
                                verbose_name="step",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "sent file",
                        "verbose_name_plural": "sent files",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["line", "business_date", "-id"], name="sent_files_of_a_line_and_day")],
                    },
                ),
                migrations.CreateModel(
                    name="Sighting",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField()),
                        ("name", models.CharField(max_length=255)),
                        ("size", models.BigIntegerField()),
                        ("modified_ns", models.BigIntegerField()),
                        ("looks", models.PositiveIntegerField(default=1)),
                        ("looked_at", models.DateTimeField()),
                        ("first_seen_at", models.DateTimeField()),
                        ("settled", models.BooleanField(default=False)),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="files.source"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "business_date", "name"), name="one_sighting_per_file_and_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LateFile",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField()),
                        ("file_code", models.CharField(max_length=40)),
                        ("due_at", models.DateTimeField()),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="late_files", to="files.source"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "business_date", "file_code"), name="a_late_file_is_told_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivedFile",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("file_code", models.CharField(max_length=40, verbose_name="file code")),
                        ("family", models.CharField(blank=True, max_length=40, verbose_name="family")),
                        ("name", models.CharField(max_length=255, verbose_name="name")),
                        ("size", models.BigIntegerField(verbose_name="bytes")),
                        ("sha256", models.CharField(max_length=64, verbose_name="digest")),
                        ("rows", models.PositiveIntegerField(null=True, verbose_name="rows")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("accepted", "accepted"),
                                    ("replaced", "replaced by a later file"),
                                    ("duplicate", "duplicate, not used"),
                                    ("quarantined", "quarantined"),
                                ],
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("problems", models.JSONField(default=list, verbose_name="problems")),
                        ("arrived_at", models.DateTimeField(verbose_name="arrived at")),
                        ("once", models.CharField(max_length=64, unique=True)),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="arrived_files",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="arrivals",
                                to="files.source",
                                verbose_name="file source",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "arrived file",
                        "verbose_name_plural": "arrived files",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["line", "business_date", "-id"], name="files_of_a_line_and_day")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "accepted")),
                                fields=("line", "business_date", "file_code"),
                                name="one_accepted_file_per_code_and_day",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivalRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("file_code", models.CharField(max_length=40, verbose_name="file code")),
                        ("expected_by", models.TimeField(help_text="Time of the market.", verbose_name="expected by")),
                        (
                            "day_offset",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="0: on the business date.",
                                validators=[django.core.validators.MaxValueValidator(5)],
                                verbose_name="business days later",
                            ),
                        ),
                        ("set_at", models.DateTimeField(default=apps.kernel.clock.now, editable=False, verbose_name="set at")),
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
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rules",
                                to="files.source",
                                verbose_name="file source",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "arrival rule",
                        "verbose_name_plural": "arrival rules",
                        "ordering": ["source_id", "file_code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("source", "file_code"), name="one_arrival_rule_per_source_and_code")
                        ],
                    },
                ),
            ],
        ),
    ]
