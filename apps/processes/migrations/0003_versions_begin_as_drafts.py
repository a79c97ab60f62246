"""A version begins as a draft without an approver, whoever inserts it: publication by one INSERT is refused."""

from django.db import migrations

RULE = "NEW.state <> 'draft' OR NEW.approver_id IS NOT NULL"
NAME = "version_begins_as_a_draft"


def guard(apps, schema_editor, name=NAME, event="INSERT", rule=RULE):
    """A trigger that refuses writes to versions on which the rule holds."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER processes_{name} BEFORE {event} ON processes_processversion WHEN {rule} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION processes_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {rule} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER processes_{name} BEFORE {event} ON processes_processversion"
        f" FOR EACH ROW EXECUTE FUNCTION processes_{name}()"
    )


def unguard(apps, schema_editor, name=NAME):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{name}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{name} ON processes_processversion")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS processes_{name}()")


class Migration(migrations.Migration):
    dependencies = [("processes", "0002_guards")]

    operations = [migrations.RunPython(guard, unguard)]
