"""No maker ever has a voice, what was decided stays, and nothing of an approval is deleted: whoever writes."""

from django.db import migrations

IS_MAKER = (
    "EXISTS (SELECT 1 FROM approvals_maker m WHERE m.approval_id = NEW.approval_id"
    " AND (m.person_id = NEW.holder_id OR m.person_id = NEW.decided_by_id))"
)
HAS_DECIDED = (
    "EXISTS (SELECT 1 FROM approvals_seat s WHERE s.approval_id = NEW.approval_id"
    " AND NOT s.is_past AND (s.holder_id = NEW.person_id OR s.decided_by_id = NEW.person_id))"
)
CHANGED = "(NEW.decided_by_id IS NULL OR NEW.decided_by_id <> OLD.decided_by_id OR NEW.decision <> OLD.decision)"
ENDED = "('approved', 'rejected', 'withdrawn')"

RULES = [
    ("maker_has_a_voice", "seat", "INSERT", IS_MAKER),
    ("maker_gets_a_voice", "seat", "UPDATE", IS_MAKER),
    ("decider_becomes_maker", "maker", "INSERT", HAS_DECIDED),
    ("decision_changes", "seat", "UPDATE", f"OLD.decided_by_id IS NOT NULL AND {CHANGED}"),
    ("ended_approval_moves", "approval", "UPDATE", f"OLD.state IN {ENDED} AND NEW.state <> OLD.state"),
    ("submitter_changes", "approval", "UPDATE", "NEW.submitter_id <> OLD.submitter_id OR NEW.subject <> OLD.subject"),
    ("maker_changes", "maker", "UPDATE", ""),
    ("seat_is_deleted", "seat", "DELETE", ""),
    ("maker_is_deleted", "maker", "DELETE", ""),
    ("approval_is_deleted", "approval", "DELETE", ""),
]


def guard(apps, schema_editor, rules=RULES):
    """A trigger per rule: name, table, event and the condition on which it refuses, empty for always."""
    for name, table, event, rule in rules:
        if schema_editor.connection.vendor == "sqlite":
            when = f"WHEN {rule} " if rule else ""
            schema_editor.execute(
                f"CREATE TRIGGER approvals_{name} BEFORE {event} ON approvals_{table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION approvals_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {rule or 'true'} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
            f" RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER approvals_{name} BEFORE {event} ON approvals_{table}"
            f" FOR EACH ROW EXECUTE FUNCTION approvals_{name}()"
        )


def unguard(apps, schema_editor, rules=RULES):
    for name, table, _event, _rule in rules:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS approvals_{name}")
            continue
        schema_editor.execute(f"DROP TRIGGER IF EXISTS approvals_{name} ON approvals_{table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS approvals_{name}()")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
