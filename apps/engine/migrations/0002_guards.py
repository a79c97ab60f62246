"""Four eyes and the end of a step are held by the database itself, whoever writes."""

from django.db import migrations

RULES = {
    "check_step_stays_a_check_step": "OLD.is_check AND NOT NEW.is_check",
    "maker_never_changes": "OLD.maker_id IS NOT NULL AND {distinct}(maker_id)",
    "decision_never_changes_hands": "OLD.decided_by_id IS NOT NULL AND {distinct}(decided_by_id)",
    "ended_step_never_moves": "OLD.state IN ('done', 'skipped', 'cancelled') AND NEW.state <> OLD.state",
    "step_keeps_its_place": "NEW.run_id <> OLD.run_id OR NEW.token <> OLD.token "
    "OR (NEW.node_id <> OLD.node_id AND (OLD.is_check OR OLD.state IN ('done', 'skipped', 'cancelled')))",  # 0008 brings it to older databases
    "step_keeps_its_role": "NEW.role <> OLD.role",
}


def _spelled(rule, operator):
    for column in ("maker_id", "decided_by_id"):
        rule = rule.replace("{distinct}(" + column + ")", f"NEW.{column} {operator} OLD.{column}")
    return rule


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, rule in RULES.items():
            schema_editor.execute(
                f"CREATE TRIGGER engine_{name} BEFORE UPDATE ON engine_step WHEN {_spelled(rule, 'IS NOT')} "
                f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
        return
    checks = "\n".join(
        f"IF {_spelled(rule, 'IS DISTINCT FROM')} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
        for name, rule in RULES.items()
    )
    schema_editor.execute(
        f"CREATE FUNCTION engine_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {checks} RETURN NEW; END $$"
    )
    schema_editor.execute(
        "CREATE TRIGGER engine_guard_step BEFORE UPDATE ON engine_step FOR EACH ROW EXECUTE FUNCTION engine_guard_step()"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in RULES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS engine_{name}")
        return
    schema_editor.execute("DROP TRIGGER IF EXISTS engine_guard_step ON engine_step")
    schema_editor.execute("DROP FUNCTION IF EXISTS engine_guard_step()")


class Migration(migrations.Migration):
    dependencies = [("engine", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
