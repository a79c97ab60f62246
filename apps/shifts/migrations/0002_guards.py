"""A hand-over is frozen with its first signature and closed with its second, and none is deleted: whoever writes."""

from django.db import migrations

KEPT = (
    "line_id",
    "shift_id",
    "business_date",
    "contents",
    "notes",
    "digest",
    "given_by_id",
    "given_at",
    "to_shift_id",
    "to_date",
)


def rules(differs):
    moved = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in KEPT)
    return [
        ("handover_is_born_taken", "INSERT", "NEW.taken_by_id IS NOT NULL"),
        ("handover_changes", "UPDATE", f"OLD.taken_by_id IS NOT NULL OR {moved}"),
        ("handover_is_deleted", "DELETE", ""),
    ]


def guard(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name, event, rule in rules("IS NOT" if sqlite else "IS DISTINCT FROM"):
        if sqlite:
            when = f"WHEN {rule} " if rule else ""
            schema_editor.execute(
                f"CREATE TRIGGER shifts_{name} BEFORE {event} ON shifts_handover {when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
            continue
        schema_editor.execute(
            f"CREATE FUNCTION shifts_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {rule or 'true'} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
            f" RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER shifts_{name} BEFORE {event} ON shifts_handover FOR EACH ROW EXECUTE FUNCTION shifts_{name}()"
        )


def unguard(apps, schema_editor):
    for name, _event, _rule in rules(""):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS shifts_{name}")
            continue
        schema_editor.execute(f"DROP TRIGGER IF EXISTS shifts_{name} ON shifts_handover")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS shifts_{name}()")


class Migration(migrations.Migration):
    dependencies = [("shifts", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
