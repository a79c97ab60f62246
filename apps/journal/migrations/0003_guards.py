"""The database itself refuses to change the journal, whoever writes; PostgreSQL tells its listeners of new entries.

SQLite forgets a table's triggers when a later migration rebuilds the table: such a migration has to run this one's again.
"""

from django.db import migrations

KEPT = "journal entries are never changed or removed"
HEAD = "the head of a journal stream only moves forward"

SQLITE = [
    f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    # INSERT OR REPLACE would delete without asking the trigger above
    (
        "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal_entry "
        "WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id OR (stream = NEW.stream AND number = NEW.number)) "
        f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    ),
    (
        "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_stream "
        "WHEN NEW.last_number < OLD.last_number OR NEW.name <> OLD.name OR NEW.id <> OLD.id "
        f"BEGIN SELECT RAISE(ABORT, '{HEAD}'); END"
    ),
    f"CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_stream BEGIN SELECT RAISE(ABORT, '{HEAD}'); END",
]
SQLITE_BACK = [
    f"DROP TRIGGER IF EXISTS {name}"
    for name in (
        "journal_no_update",
        "journal_no_delete",
        "journal_no_replace",
        "journal_head_forward",
        "journal_head_no_delete",
    )
]
POSTGRESQL = [
    (
        "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE FUNCTION journal_head_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{HEAD}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE FUNCTION journal_tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_notify('journal', ''); RETURN NULL; END $$"
    ),
    "CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    (
        "CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_stream FOR EACH ROW "
        "WHEN (NEW.last_number < OLD.last_number OR NEW.name <> OLD.name OR NEW.id <> OLD.id) "
        "EXECUTE FUNCTION journal_head_refuse()"
    ),
    "CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_stream FOR EACH ROW EXECUTE FUNCTION journal_head_refuse()",
    (
        "CREATE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_stream "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_head_refuse()"
    ),
    "CREATE TRIGGER journal_tells AFTER INSERT ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_tell()",
]
POSTGRESQL_BACK = [
    "DROP FUNCTION IF EXISTS journal_refuse() CASCADE",
    "DROP FUNCTION IF EXISTS journal_head_refuse() CASCADE",
    "DROP FUNCTION IF EXISTS journal_tell() CASCADE",
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_initial")]

    operations = [migrations.RunPython(guard, unguard)]
