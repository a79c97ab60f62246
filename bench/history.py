"""A past of very many finished steps, loaded in bulk: a finished run is copied again and again, with its journal.

PostgreSQL only. Rows are multiplied by the server; journal entries are hashed here, so that the journal verifies.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from apps.engine.models import Attempt, Run, Step
from apps.journal.actions import chain_hash
from apps.journal.models import Entry, Stream
from apps.journal.selectors import verify

DAYS = 4000  # over which the copies are spread


def load(template: int, steps: int) -> int:
    """Copies the finished run until there are so many steps more; how many there are. The last copy's journal is verified."""
    own = list(Step.objects.filter(run=template).order_by("id").values_list("pk", flat=True))
    copies = -(-steps // len(own))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL session_replication_role = replica")  # what is copied was checked when it was written
        first_run, first_step = _keys(Run, copies), _keys(Step, copies * len(own))
        run = f"{first_run} + copy"
        step = f"{first_step} + copy * {len(own)} + array_position(ARRAY{own}::bigint[], {{}})"
        _multiply(Run, "id", [template], copies, id=run, business_date=f"business_date - mod(copy, {DAYS})")
        _multiply(Step, "run_id", [template], copies, id=step.format("id"), run_id=run)
        attempt = f"{_keys(Attempt, copies * len(own))} + copy * {len(own)} + array_position(ARRAY{own}::bigint[], step_id)"
        _multiply(Attempt, "step_id", own, copies, id=attempt, step_id=step.format("step_id"))
        _copy_journal(template, own, copies, first_run, first_step)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET statement_timeout")
    if findings := verify(f"run.{first_run + copies - 1}").findings:
        raise AssertionError(f"the loaded journal is broken: {findings[0]}")
    return copies * len(own)


def _keys(model: type[models.Model], count: int) -> int:
    """The first of so many new keys of a table; later rows get keys above them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_get_serial_sequence('{model._meta.db_table}', 'id')")
        (sequence,) = cursor.fetchone()
        cursor.execute(f"SELECT nextval('{sequence}')")
        (first,) = cursor.fetchone()
        cursor.execute(f"SELECT setval('{sequence}', {first + count + 1})")
    return int(first)


def _multiply(model: type[models.Model], among: str, keys: list[int], copies: int, **changed: str) -> None:
    """Inserts each of the rows once more per copy; `changed` are columns as SQL over the row and the number of the copy."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {model._meta.db_table}"
            f" CROSS JOIN generate_series(0, {copies - 1}) AS copy WHERE {among} = ANY(%s)",
            [keys],
        )


ENTRY_COLUMNS = ("stream", "number", "kind", "line", "at", "actor_id", "data", "previous_hash", "hash")
HEAD_COLUMNS = ("name", "last_number", "last_hash")


def _copy_journal(template: int, own: list[int], copies: int, first_run: int, first_step: int) -> None:
    entries = list(Entry.objects.filter(stream=f"run.{template}").order_by("number"))
    heads = list[tuple[Any, ...]]()

    def told_again() -> Iterator[tuple[Any, ...]]:
        from psycopg.types.json import Jsonb

        for copy in range(copies):
            steps = {step: first_step + copy * len(own) + place for place, step in enumerate(own, 1)}
            before = ""
            for entry in entries:
                entry.stream, data = f"run.{first_run + copy}", dict(entry.data)
                if "run" in data:
                    data["run"] = first_run + copy
                if "step" in data:
                    data["step"] = steps[data["step"]] if entry.data["step"] in steps else data["step"]
                content = entry.content() | {"data": data}
                now = chain_hash(before, content)
                yield entry.stream, entry.number, entry.kind, entry.line, entry.at, entry.actor_id, Jsonb(data), before, now
                before = now
            heads.append((f"run.{first_run + copy}", len(entries), before))

    _copy(Entry, ENTRY_COLUMNS, told_again())
    _copy(Stream, HEAD_COLUMNS, iter(heads))


def _copy(model: type[models.Model], columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
