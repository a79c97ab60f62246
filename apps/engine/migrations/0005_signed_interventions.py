"""What people were to decide is passed over only with a request that another person has signed for this very step."""

from importlib import import_module

from django.db import migrations

SIGNED = (
    "SELECT 1 FROM engine_interventionrequest asked WHERE asked.id = NEW.intervention_id AND asked.step_id = NEW.id "
    "AND asked.state = 'signed' AND asked.decided_by_id IS NOT NULL AND asked.decided_by_id <> asked.asked_by_id "
    "AND (NEW.maker_id IS NULL OR asked.decided_by_id <> NEW.maker_id)"
)
RULES = {
    "engine_step": {
        "step_names_a_signed_request": f"NEW.intervention_id IS NOT NULL AND NOT EXISTS ({SIGNED})",
        "signed_request_stays_with_its_step": "OLD.intervention_id IS NOT NULL AND "
        "(NEW.intervention_id IS NULL OR NEW.intervention_id <> OLD.intervention_id)",
    },
    "engine_interventionrequest": {
        "decided_request_never_changes": "OLD.state <> 'open'",
        "request_stays_what_was_asked": "NEW.asked_by_id <> OLD.asked_by_id OR NEW.run_id <> OLD.run_id OR NEW.verb <> OLD.verb "
        "OR CAST(NEW.arguments AS text) <> CAST(OLD.arguments AS text) OR COALESCE(NEW.step_id, 0) <> COALESCE(OLD.step_id, 0)",
    },
}


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        before = import_module("apps.engine.migrations.0002_guards")
        before.unguard(apps, schema_editor)
        before.guard(apps, schema_editor)  # SQLite has made the table of steps anew, and the new one has no triggers
        for table, rules in RULES.items():
            for name, rule in rules.items():
                schema_editor.execute(
                    f"CREATE TRIGGER engine_{name} BEFORE UPDATE ON {table} WHEN {rule} BEGIN SELECT RAISE(ABORT, '{name}'); END"
                )
        return
    for table, rules in RULES.items():
        checks = "\n".join(
            f"IF {rule} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;" for name, rule in rules.items()
        )
        schema_editor.execute(
            f"CREATE FUNCTION {table}_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {checks} RETURN NEW; END $$"
        )
        when = "NEW.intervention_id IS NOT NULL OR OLD.intervention_id IS NOT NULL" if table == "engine_step" else "true"
        schema_editor.execute(
            f"CREATE TRIGGER {table}_signed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {table}_signed()"
        )


def unguard(apps, schema_editor):
    for table, rules in RULES.items():
        if schema_editor.connection.vendor == "sqlite":
            for name in rules:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS engine_{name}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_signed ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_signed()")


class Migration(migrations.Migration):
    dependencies = [("engine", "0004_interventions")]

    operations = [migrations.RunPython(guard, unguard)]
