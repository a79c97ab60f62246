"""What was reviewed never changes, states move only forward along the table, and an approver is set once: whoever writes."""

from django.db import migrations

RULES = {
    "reviewed_version_never_changes": (
        "OLD.state <> 'draft' AND (NEW.model_xml <> OLD.model_xml OR NEW.plan_digest <> OLD.plan_digest"
        " OR NEW.plan <> OLD.plan OR NEW.author_id <> OLD.author_id OR NEW.number <> OLD.number OR NEW.process_id <> OLD.process_id)"
    ),
    "version_state_moves_by_the_table": (
        "NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN"
        " ('draft>in_review', 'in_review>draft', 'in_review>approved', 'approved>published', 'published>retired')"
    ),
    "approver_is_set_once": "OLD.approver_id IS NOT NULL AND (NEW.approver_id IS NULL OR NEW.approver_id <> OLD.approver_id)",
    "author_stays": "NEW.author_id <> OLD.author_id",
}


def _sqlite(name, event, rule):
    return (
        f"CREATE TRIGGER processes_{name} BEFORE {event} ON processes_processversion WHEN {rule} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, rule in RULES.items():
            schema_editor.execute(_sqlite(name, "UPDATE", rule))
        schema_editor.execute(_sqlite("version_is_never_deleted", "DELETE", "OLD.state <> 'draft'"))
        return
    checks = "\n".join(
        f"IF {rule.replace('NEW.plan <> OLD.plan', 'NEW.plan::text <> OLD.plan::text')} THEN"
        f" RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
        for name, rule in RULES.items()
    )
    schema_editor.execute(
        f"CREATE FUNCTION processes_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {checks} RETURN NEW; END $$"
    )
    schema_editor.execute(
        "CREATE FUNCTION processes_guard_deletion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'version_is_never_deleted' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN OLD; END $$"
    )
    table = "ON processes_processversion FOR EACH ROW EXECUTE FUNCTION"
    schema_editor.execute(f"CREATE TRIGGER processes_guard_version BEFORE UPDATE {table} processes_guard_version()")
    schema_editor.execute(f"CREATE TRIGGER processes_guard_deletion BEFORE DELETE {table} processes_guard_deletion()")


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in [*RULES, "version_is_never_deleted"]:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_{name}")
        return
    for name in ("version", "deletion"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS processes_guard_{name} ON processes_processversion")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS processes_guard_{name}()")


class Migration(migrations.Migration):
    dependencies = [("processes", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
