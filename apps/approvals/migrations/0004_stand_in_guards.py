"""Nobody decides with the voice of another without having been named their stand-in on the line; stand-ins are kept as named."""

from importlib import import_module

from django.db import migrations

guards = import_module("apps.approvals.migrations.0002_guards")

STANDS_IN = (
    "EXISTS (SELECT 1 FROM approvals_standin s JOIN approvals_approval a ON a.line_id = s.line_id"
    " WHERE a.id = NEW.approval_id AND s.owner_id = NEW.holder_id AND s.stand_in_id = NEW.decided_by_id)"
)
FOREIGN = f"NEW.decided_by_id IS NOT NULL AND NEW.decided_by_id <> NEW.holder_id AND NOT {STANDS_IN}"
CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("owner_id", "stand_in_id", "line_id", "valid_from_date", "valid_until_date", "named_by_id")
)
RULES = [
    ("voice_is_taken", "seat", "INSERT", FOREIGN),
    ("voice_is_used", "seat", "UPDATE", FOREIGN),
    ("stand_in_changes", "standin", "UPDATE", CHANGED),
    ("stand_in_goes_on", "standin", "UPDATE", "OLD.ended_by_id IS NOT NULL AND NEW.ended_by_id IS NULL"),
    ("stand_in_is_deleted", "standin", "DELETE", ""),
]


def guard(apps, schema_editor):
    guards.guard(apps, schema_editor, RULES)


def unguard(apps, schema_editor):
    guards.unguard(apps, schema_editor, RULES)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_stand_ins")]

    operations = [migrations.RunPython(guard, unguard)]
