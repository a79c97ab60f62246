from importlib import import_module

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


def _guards(name):
    return import_module("apps.processes.migrations." + name)


class Migration(migrations.Migration):
    replaces = [
        ("processes", "0001_initial"),
        ("processes", "0002_guards"),
        ("processes", "0003_versions_begin_as_drafts"),
        ("processes", "0004_working_copies"),
        ("processes", "0005_co_authors"),
        ("processes", "0006_co_authors_guard"),
        ("processes", "0007_tests_of_processes"),
        ("processes", "0008_versions_in_force_by_date"),
        ("processes", "0012_site_standards"),
        ("processes", "0013_grants_on_processes"),
        ("processes", "0014_processes_of_approvals"),
        ("processes", "0015_variants_and_presence"),
        ("processes", "0016_templates_kept_by_revisions"),
        ("processes", "0017_packages"),
        ("processes", "0018_names_of_grants"),
        ("processes", "0019_templates_as_bases"),
        ("processes", "0020_tests_of_templates"),
        ("processes", "0021_presence_of_all"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="ProcessTemplate",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        ("model_xml", models.TextField(verbose_name="BPMN model")),
                        ("tests", models.JSONField(blank=True, default=list, editable=False, verbose_name="tests")),
                        ("revision", models.PositiveIntegerField(default=1, editable=False, verbose_name="revision")),
                        ("saved_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="saved at")),
                        (
                            "made_from",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="processes.processtemplate",
                                verbose_name="made from",
                            ),
                        ),
                        (
                            "saved_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="saved by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "process template",
                        "verbose_name_plural": "process templates",
                        "ordering": ["key"],
                    },
                ),
                migrations.CreateModel(
                    name="Process",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                        ("name_zh", models.CharField(max_length=120, verbose_name="Chinese name")),
                        ("name_en", models.CharField(max_length=120, verbose_name="English name")),
                        ("startable", models.BooleanField(default=True, verbose_name="started by people")),
                        ("runbook_url", models.CharField(blank=True, max_length=300, verbose_name="runbook")),
                        ("description", models.TextField(blank=True, verbose_name="description")),
                        (
                            "backup",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="backup",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="processes",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="processes",
                                to="processes.processtemplate",
                                verbose_name="template",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "process",
                        "verbose_name_plural": "processes",
                        "ordering": ["key"],
                        "permissions": [
                            ("view_process", "Can view on the process"),
                            ("edit_process", "Can edit on the process"),
                            ("submit_process", "Can submit on the process"),
                            ("approve_process", "Can approve on the process"),
                            ("publish_process", "Can publish on the process"),
                            ("run_process", "Can run on the process"),
                            ("intervene_process", "Can intervene on the process"),
                            ("make_process", "Can make on the process"),
                            ("check_process", "Can check on the process"),
                        ],
                        "default_permissions": ("add", "change", "delete"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("owner", None),
                                    ("backup", None),
                                    models.Q(("owner", models.F("backup")), _negated=True),
                                    _connector="OR",
                                ),
                                name="backup_is_another_person",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessTest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("variables", models.JSONField(blank=True, default=dict, verbose_name="given variables")),
                        ("script", models.JSONField(blank=True, default=dict, verbose_name="script")),
                        ("expected", models.JSONField(blank=True, default=dict, verbose_name="expected")),
                        ("saved_at", models.DateTimeField(verbose_name="saved at")),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tests",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                        (
                            "saved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="saved by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "test of a process",
                        "verbose_name_plural": "tests of processes",
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("process", "name"), name="process_tests_have_names_of_their_own")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessUserObjectPermission",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                        ("valid_until", models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="until")),
                        ("granted_at", models.DateTimeField(editable=False, null=True, verbose_name="granted at")),
                        ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                        (
                            "content_object",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="processes.process"),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="granted by",
                            ),
                        ),
                        ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "right of a person on a process",
                        "verbose_name_plural": "rights of people on processes",
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_until", None),
                                    ("valid_from__lt", models.F("valid_until")),
                                    _connector="OR",
                                ),
                                name="processuserobjectpermission_ends_after_it_begins",
                            )
                        ],
                        "unique_together": {("user", "permission", "content_object")},
                    },
                ),
                migrations.CreateModel(
                    name="ProcessVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        (
                            "state",
                            django_fsm.FSMField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "In review"),
                                    ("approved", "Approved"),
                                    ("published", "Published"),
                                    ("retired", "Retired"),
                                ],
                                default="draft",
                                max_length=50,
                                protected=True,
                                verbose_name="state",
                            ),
                        ),
                        ("model_xml", models.TextField(verbose_name="BPMN model")),
                        ("plan", models.JSONField(default=dict)),
                        ("plan_digest", models.CharField(max_length=64)),
                        ("note", models.TextField(blank=True, verbose_name="what changes and why")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                        ("decided_with", models.BigIntegerField(blank=True, null=True, verbose_name="decided with change")),
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
                            "co_authors",
                            models.ManyToManyField(
                                blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="drawn with"
                            ),
                        ),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "process version",
                        "verbose_name_plural": "process versions",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("process", "number"), name="version_numbers_are_unique"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "published")), fields=("process",), name="one_published_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approver", None), models.Q(("author", models.F("approver")), _negated=True), _connector="OR"
                                ),
                                name="version_four_eyes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "in_review"]), ("approver__isnull", False), _connector="OR"
                                ),
                                name="approved_version_names_its_approver",
                            ),
                        ],
                    },
                    bases=(django_fsm.FSMModelMixin, models.Model),
                ),
                migrations.CreateModel(
                    name="InForce",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("from_date", models.DateField(blank=True, null=True, verbose_name="from business date")),
                        ("set_at", models.DateTimeField(verbose_name="set at")),
                        ("change", models.BigIntegerField(blank=True, null=True, verbose_name="change")),
                        (
                            "set_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="set by",
                            ),
                        ),
                        (
                            "process",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="in_force",
                                to="processes.process",
                                verbose_name="process",
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
                        "verbose_name": "version in force",
                        "verbose_name_plural": "versions in force",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["process", "-id"], name="in_force_newest_first")],
                    },
                ),
                migrations.CreateModel(
                    name="ReceivedPackage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("digest", models.CharField(max_length=64, verbose_name="digest")),
                        ("content", models.BinaryField()),
                        ("received_at", models.DateTimeField(verbose_name="received at")),
                        ("imported_at", models.DateTimeField(blank=True, null=True, verbose_name="imported at")),
                        (
                            "received_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="received by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "received package",
                        "verbose_name_plural": "received packages",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="SiteStandard",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("id", "Ids follow a pattern"),
                                    ("name", "Names follow a pattern"),
                                    ("owner", "Has an owner"),
                                    ("backup", "Has a backup of the owner"),
                                    ("runbook", "Has a link to a runbook"),
                                    ("window", "Has a window or a deadline"),
                                    ("description", "Has a description"),
                                ],
                                max_length=12,
                                verbose_name="what is asked",
                            ),
                        ),
                        (
                            "about",
                            models.CharField(
                                choices=[
                                    ("process", "The process"),
                                    ("steps", "Every step"),
                                    ("human", "Steps of people"),
                                    ("automatic", "Automatic steps"),
                                ],
                                default="process",
                                max_length=10,
                                verbose_name="of what",
                            ),
                        ),
                        (
                            "pattern",
                            models.CharField(
                                blank=True,
                                help_text="Only for ids and names, such as [a-z][a-z0-9-]{2,40}.",
                                max_length=200,
                                verbose_name="pattern",
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[
                                    ("error", "Error: the version cannot be submitted"),
                                    ("warning", "Warning: it is shown"),
                                ],
                                default="warning",
                                max_length=8,
                                verbose_name="severity",
                            ),
                        ),
                        ("hint_zh", models.CharField(blank=True, max_length=200, verbose_name="Chinese hint")),
                        ("hint_en", models.CharField(blank=True, max_length=200, verbose_name="English hint")),
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
                        "verbose_name": "site standard",
                        "verbose_name_plural": "site standards",
                        "ordering": ["line__position", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "kind", "about", "pattern"), name="one_standard_of_a_line"),
                            models.UniqueConstraint(
                                condition=models.Q(("line", None)),
                                fields=("kind", "about", "pattern"),
                                name="one_standard_of_all_lines",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TemplateRevision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        ("model_xml", models.TextField(verbose_name="BPMN model")),
                        ("tests", models.JSONField(blank=True, default=list, verbose_name="tests")),
                        ("names", models.JSONField(blank=True, default=dict, verbose_name="names")),
                        (
                            "template",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="processes.processtemplate",
                                verbose_name="template",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "revision of a template",
                        "verbose_name_plural": "revisions of templates",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("template", "number"), name="template_revisions_are_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrustedKey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        ("public_key", models.CharField(max_length=44, unique=True, verbose_name="public key")),
                        ("accepted_at", models.DateTimeField(verbose_name="accepted at")),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="accepted by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "trusted key",
                        "verbose_name_plural": "trusted keys",
                        "ordering": ["name", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Variant",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "base",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="variants",
                                to="processes.process",
                                verbose_name="base",
                            ),
                        ),
                        (
                            "merged_revision",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.templaterevision",
                                verbose_name="merged with revision",
                            ),
                        ),
                        (
                            "merged_with",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.processversion",
                                verbose_name="merged with",
                            ),
                        ),
                        (
                            "process",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="variant",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "variant",
                        "verbose_name_plural": "variants",
                        "ordering": ["process__key"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("process", models.F("base")), _negated=True),
                                name="variant_is_not_its_own_base",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("base__isnull", False), ("merged_revision", None), ("merged_with__isnull", False)),
                                    models.Q(("base", None), ("merged_revision__isnull", False), ("merged_with", None)),
                                    _connector="OR",
                                ),
                                name="variant_has_one_base",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkingCopy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("revision", models.PositiveIntegerField(default=0, verbose_name="revision")),
                        ("authors", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "base",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.processversion",
                                verbose_name="begun from",
                            ),
                        ),
                        (
                            "merged_revision",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.templaterevision",
                                verbose_name="merged with revision",
                            ),
                        ),
                        (
                            "merged_with",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="processes.processversion",
                                verbose_name="merged with",
                            ),
                        ),
                        (
                            "process",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="working_copy",
                                to="processes.process",
                                verbose_name="process",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "working copy",
                        "verbose_name_plural": "working copies",
                    },
                ),
                migrations.CreateModel(
                    name="WorkingCopyRevision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.PositiveIntegerField(verbose_name="number")),
                        ("model_xml", models.TextField(verbose_name="BPMN model")),
                        ("saved_at", models.DateTimeField(verbose_name="saved at")),
                        (
                            "saved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="saved by",
                            ),
                        ),
                        (
                            "working_copy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="processes.workingcopy"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "revision of a working copy",
                        "verbose_name_plural": "revisions of working copies",
                        "ordering": ["-number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("working_copy", "number"), name="working_copy_revisions_are_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessGroupObjectPermission",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("valid_from", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                        ("valid_until", models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="until")),
                        ("granted_at", models.DateTimeField(editable=False, null=True, verbose_name="granted at")),
                        ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                        (
                            "content_object",
                            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="processes.process"),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="granted by",
                            ),
                        ),
                        ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                        ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                    ],
                    options={
                        "verbose_name": "right of a role on a process",
                        "verbose_name_plural": "rights of roles on processes",
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_until", None),
                                    ("valid_from__lt", models.F("valid_until")),
                                    _connector="OR",
                                ),
                                name="processgroupobjectpermission_ends_after_it_begins",
                            )
                        ],
                        "unique_together": {("group", "permission", "content_object")},
                    },
                ),
            ],
        ),
        migrations.RunPython(_guards("0002_guards").guard, _guards("0002_guards").unguard),
        migrations.RunPython(_guards("0003_versions_begin_as_drafts").guard, _guards("0003_versions_begin_as_drafts").unguard),
        migrations.RunPython(_guards("0006_co_authors_guard").guard, _guards("0006_co_authors_guard").unguard),
        migrations.RunPython(_guards("0008_versions_in_force_by_date").guard, _guards("0008_versions_in_force_by_date").unguard),
    ]
