"""Who has drawn a part of a version does not approve it, whoever writes."""

from importlib import import_module

from django.db import migrations

guards = import_module("apps.processes.migrations.0003_versions_begin_as_drafts")

NAME = "co_author_approves"
RULE = (
    "NEW.approver_id IS NOT NULL AND EXISTS (SELECT 1 FROM processes_processversion_co_authors c"
    " WHERE c.processversion_id = NEW.id AND c.user_id = NEW.approver_id)"
)


def guard(apps, schema_editor):
    guards.guard(apps, schema_editor, NAME, "UPDATE", RULE)


def unguard(apps, schema_editor):
    guards.unguard(apps, schema_editor, NAME)


class Migration(migrations.Migration):
    dependencies = [("processes", "0005_co_authors")]

    operations = [migrations.RunPython(guard, unguard)]
