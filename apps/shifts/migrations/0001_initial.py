import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
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
                    name="Site",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                        ("name_zh", models.CharField(max_length=60, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=60, verbose_name="English name")),
                    ],
                    options={
                        "verbose_name": "site",
                        "verbose_name_plural": "sites",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Shift",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                        ("name_zh", models.CharField(max_length=60, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=60, verbose_name="English name")),
                        ("begins", models.TimeField(verbose_name="begins")),
                        ("ends", models.TimeField(help_text="Not later than it begins: on the day after.", verbose_name="ends")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "calendar",
                            models.ForeignKey(
                                blank=True,
                                help_text="Worked on the days on which this market is open; empty: every day.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="calendars.calendar",
                                verbose_name="calendar",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to="shifts.site",
                                verbose_name="site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "shift",
                        "verbose_name_plural": "shifts",
                        "ordering": ["begins", "code"],
                    },
                ),
                migrations.CreateModel(
                    name="Handover",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("to_date", models.DateField(blank=True, null=True, verbose_name="date of the next shift")),
                        ("contents", models.JSONField(verbose_name="contents")),
                        ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                        ("digest", models.CharField(max_length=64, verbose_name="digest")),
                        ("given_at", models.DateTimeField(verbose_name="handed over at")),
                        ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken at")),
                        ("acknowledged", models.JSONField(default=list, verbose_name="acknowledged")),
                        ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                        (
                            "given_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="handed over by",
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
                            "taken_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="taken by",
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="shifts.shift",
                                verbose_name="shift",
                            ),
                        ),
                        (
                            "to_shift",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="shifts.shift",
                                verbose_name="next shift",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "hand-over",
                        "verbose_name_plural": "hand-overs",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["line", "-id"], name="handovers_of_a_line"),
                            models.Index(condition=models.Q(("taken_by", None)), fields=["-id"], name="handovers_to_take"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("line", "shift", "business_date"), name="a_shift_is_handed_over_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("taken_by", None),
                                    models.Q(("taken_by", models.F("given_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="handover_four_eyes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("taken_by", None), ("taken_at", None), _connector="XOR", _negated=True),
                                name="taken_handover_says_who_and_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Duty",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        (
                            "role",
                            models.CharField(
                                choices=[("primary", "On duty"), ("backup", "Backup")], max_length=10, verbose_name="role"
                            ),
                        ),
                        ("on_site", models.BooleanField(default=True, verbose_name="on site")),
                        ("node_id", models.CharField(blank=True, max_length=200, verbose_name="step")),
                        ("planned_at", models.DateTimeField(verbose_name="planned at")),
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duties",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "planned_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="planned by",
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
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duties",
                                to="shifts.shift",
                                verbose_name="shift",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "duty",
                        "verbose_name_plural": "duties",
                        "ordering": ["business_date", "id"],
                        "indexes": [
                            models.Index(fields=["line", "business_date"], name="duties_of_a_line_and_day"),
                            models.Index(fields=["person", "business_date"], name="duties_of_a_person"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("process", None)),
                                fields=("line", "shift", "business_date", "person"),
                                name="one_duty_per_person",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("process__isnull", False)),
                                fields=("line", "shift", "business_date", "person", "process", "node_id"),
                                name="one_duty_per_person_and_step",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("process", None), ("role", "primary")),
                                fields=("line", "shift", "business_date"),
                                name="one_person_on_duty",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("process__isnull", False), ("role", "primary")),
                                fields=("line", "shift", "business_date", "process", "node_id"),
                                name="one_person_on_duty_per_step",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("node_id", ""), ("process__isnull", False), _connector="OR"),
                                name="a_duty_for_a_step_has_its_process",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Coverage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("on_site", models.PositiveSmallIntegerField(default=1, verbose_name="people on site")),
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
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="coverages",
                                to="shifts.shift",
                                verbose_name="shift",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "shift of a line",
                        "verbose_name_plural": "shifts of lines",
                        "ordering": ["line__code", "shift__begins", "id"],
                        "constraints": [models.UniqueConstraint(fields=("line", "shift"), name="a_line_has_a_shift_once")],
                    },
                ),
            ],
        ),
    ]
