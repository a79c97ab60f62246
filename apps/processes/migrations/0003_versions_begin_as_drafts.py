"""A version begins as a draft without an approver, whoever inserts it: publication by one INSERT is refused."""

from django.db import migrations

RULE = "NEW.state <> 'draft' OR NEW.approver_id IS NOT NULL"
NAME = "version_begins_as_a_draft"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER processes_{NAME} BEFORE INSERT ON processes_processversion WHEN {RULE} "
            f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION processes_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {RULE} THEN RAISE EXCEPTION '{NAME}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER processes_{NAME} BEFORE INSERT ON processes_processversion"
        f" FOR EACH ROW EXECUTE FUNCTION processes_{NAME}()"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{NAME}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{NAME} ON processes_processversion")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS processes_{NAME}()")


class Migration(migrations.Migration):
    dependencies = [("processes", "0002_guards")]

    operations = [migrations.RunPython(guard, unguard)]
