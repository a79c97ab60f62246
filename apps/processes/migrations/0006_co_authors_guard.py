"""Who has drawn a part of a version does not approve it, whoever writes."""

from django.db import migrations

NAME = "co_author_approves"
RULE = (
    "NEW.approver_id IS NOT NULL AND EXISTS (SELECT 1 FROM processes_processversion_co_authors c"
    " WHERE c.processversion_id = NEW.id AND c.user_id = NEW.approver_id)"
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER processes_{NAME} BEFORE UPDATE ON processes_processversion WHEN {RULE} "
            f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
        )
        return
    schema_editor.execute(
        f"CREATE FUNCTION processes_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {RULE} THEN RAISE EXCEPTION '{NAME}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER processes_{NAME} BEFORE UPDATE ON processes_processversion"
        f" FOR EACH ROW EXECUTE FUNCTION processes_{NAME}()"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{NAME}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{NAME} ON processes_processversion")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS processes_{NAME}()")


class Migration(migrations.Migration):
    dependencies = [("processes", "0005_co_authors")]

    operations = [migrations.RunPython(guard, unguard)]
