"""Many rows in one statement, for the few tables that grow with every step. Everybody else uses the models as they are.

The rows are model instances, so that nothing has to know columns twice; their keys are given by `reserve_keys` or the database.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


def as_texts(row: models.Model) -> dict[str, str]:
    """Every column of a row as text, by attribute: what the journal keeps of a record before and after a change."""
    return {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def new_row(model: type[Row], values: dict[str, Any]) -> Row:
    """What `model(**values)` makes, in a tenth of its time: values by attribute (`run_id`), no signals, nothing is checked."""
    row = model.__new__(model)
    plain, made = _defaults(model)
    own = {attribute: make() for attribute, make in made if attribute not in values}
    row.__dict__.update(plain, **own, **values, _state=ModelState())
    return row


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """New keys, ascending, above every key of the table that the caller's transaction can see. They may stay unused."""
    table, quoted = model._meta.db_table, connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')::regclass) FROM generate_series(1, %s)", [quoted, count]
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        kept = cursor.fetchone()
        if kept is None:  # the first row of the table
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        last: int = kept[0] if kept else count
        return list(range(last - count + 1, last + 1))


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model. A key that is None is left to the database, and stays None here."""
    if not rows:
        return
    insert_values(type(rows[0]), [row.__dict__ for row in rows])
    for row in rows:
        row._state.adding = False


def insert_values(model: type[models.Model], values: Sequence[dict[str, Any]]) -> None:
    """The same for values by attribute, the same attributes in every row; what is not named gets its default."""
    if not values:
        return
    first = values[0]
    columns = tuple(c for c in _columns(model) if not c.is_key or first.get(c.attribute) is not None)
    if connection.vendor == "sqlite":
        plain = ([c.plain(row.get(c.attribute, c.default)) for c in columns] for row in values)
        _execute_many(_insert_sql(model, columns, columns), plain)
        return
    named = [c for c in columns if c.attribute in first]
    given = tuple(c for c in named if any(row[c.attribute] != c.default for row in values)) or columns[:1]
    _execute(_insert_sql(model, columns, given), _as_json(values, given))


def read_rows(
    model: type[models.Model],
    where: str,
    parameters: Sequence[Any],
    *,
    locked: bool = False,
    skip_locked: bool = False,
    related: tuple[str, ...] = (),
    also: Mapping[str, str] = MappingProxyType({}),
) -> list[Any]:
    """Whole rows by a condition in SQL that ends the statement, locked where the database knows row locks.

    `skip_locked` leaves rows out that others have locked. Keys are not locked: nobody changes them, and whoever inserts a row
    that points at a locked one does not have to wait.
    `related` names foreign keys that are never empty: what they point at comes with the rows, without a lock. `also` gives
    further attributes, as expressions in SQL that need the statement and no parameters.
    """
    columns, joins = _joined(model, related)
    lock = f" FOR NO KEY UPDATE OF {_quoted(model)}" if locked and connection.features.has_select_for_update else ""
    lock += " SKIP LOCKED" if lock and skip_locked else ""
    wanted = ", ".join([columns, *also.values()])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {joins} {where}{lock}", parameters)  # noqa: S608
        found = cursor.fetchall()
    read = [_reader(model), *(_reader(_target(model, name)) for name in related)]
    made = []
    for row in found:
        first, *others = _instances(read, row)
        for name, other in zip(related, others, strict=True):
            setattr(first, name, other)
        for attribute, value in zip(also, row[-len(also) :] if also else (), strict=True):
            setattr(first, attribute, value)
        made.append(first)
    return made


def change_rows(model: type[models.Model], change: str, parameters: Sequence[Any]) -> list[Any]:
    """The rows that an UPDATE has changed, as they are now. `change` is what follows the table's name in the statement."""
    read = _reader(model)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_quoted(model)} {change} RETURNING {read.columns}", parameters)
        return [_instances([read], row)[0] for row in cursor.fetchall()]


def update_rows(rows: Sequence[models.Model], attributes: Sequence[str], *, seen: str = "") -> int:
    """Writes these attributes of rows of one model by their keys; the number of rows that were there.

    `seen` is a condition in SQL over the columns of the row as it stands, a guard such as "state = 'ready' AND attempt = 1".
    """
    return update_values(type(rows[0]), [row.__dict__ for row in rows], attributes, seen=seen) if rows else 0


def update_values(
    model: type[models.Model], values: Sequence[dict[str, Any]], attributes: Sequence[str], *, seen: str = ""
) -> int:
    """The same for values by attribute, the key among them."""
    by_name = {column.attribute: column for column in _columns(model)}
    columns = tuple(by_name[attribute] for attribute in attributes)
    key = next(column for column in _columns(model) if column.is_key)
    if connection.vendor == "postgresql":
        return _execute(_update_sql(model, columns, key, seen), _as_json(values, (key, *columns)))
    given = ([c.plain(row[c.attribute]) for c in (*columns, key)] for row in values)
    return _execute_many(_update_sql(model, columns, key, seen), given)


@dataclass(frozen=True, eq=False)
class _Reader:
    """How whole rows of a model are read: columns in SQL, attributes, and what turns a column of the database into each."""

    model: type[models.Model]
    columns: str
    names: list[str]
    converters: list[list[partial[Any]]]


@lru_cache(maxsize=64)
def _reader(model: type[models.Model]) -> _Reader:
    fields = model._meta.concrete_fields
    names = ", ".join(f"{_quoted(model)}.{connection.ops.quote_name(str(field.column))}" for field in fields)
    converters = [
        [partial(convert, expression=column, connection=connection) for convert in _converters(column)]
        for column in (field.get_col(model._meta.db_table) for field in fields)
    ]
    return _Reader(model, names, [field.attname for field in fields], converters)


def _instances(readers: Sequence[_Reader], row: Sequence[Any]) -> list[Any]:
    """One instance per reader, from the columns that stand in the row one after the other."""
    made, at = [], 0
    for read in readers:
        values = row[at : at + len(read.names)]
        at += len(read.names)
        converted = [_converted(value, each) if each else value for value, each in zip(values, read.converters, strict=True)]
        made.append(_as_read(read.model, dict(zip(read.names, converted, strict=True))))
    return made


def _as_read(model: type[Row], values: dict[str, Any]) -> Row:
    """What `model.from_db` makes of all columns of a row."""
    row = model.__new__(model)
    row.__dict__.update(values, _state=ModelState())
    row._state.adding, row._state.db = False, connection.alias
    return row


@lru_cache(maxsize=64)
def _joined(model: type[models.Model], related: tuple[str, ...]) -> tuple[str, str]:
    """The columns and the tables of a model together with what these foreign keys point at."""
    columns, tables = [_reader(model).columns], [_quoted(model)]
    for name in related:
        other, field = _target(model, name), model._meta.get_field(name)
        key = connection.ops.quote_name(str(getattr(field, "column", name)))
        columns.append(_reader(other).columns)
        tables.append(f"JOIN {_quoted(other)} ON {_quoted(other)}.id = {_quoted(model)}.{key}")
    return ", ".join(columns), " ".join(tables)


def _target(model: type[models.Model], name: str) -> type[models.Model]:
    target = model._meta.get_field(name).related_model
    if target is None:
        raise ValueError(f"{name} is no foreign key")
    return target


def _quoted(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _converters(column: Any) -> list[Callable[..., Any]]:
    return [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]


def _converted(value: Any, converters: Sequence[partial[Any]]) -> Any:
    for convert in converters:
        value = convert(value)
    return value


@dataclass(frozen=True, eq=False)
class _Column:
    attribute: str
    name: str
    type: str
    default: Any
    is_key: bool
    plain: Callable[[Any], Any]


@lru_cache(maxsize=64)
def _columns(model: type[models.Model]) -> tuple[_Column, ...]:
    """What is written of a model; columns that the database fills by itself are left out."""
    return tuple(
        _Column(
            field.attname,
            connection.ops.quote_name(str(field.column)),
            (field.rel_db_type(connection) if field.primary_key else field.db_type(connection)) or "",
            None if field.primary_key else field.get_default(),
            field.primary_key,
            _PLAIN.get(field.get_internal_type(), _same),
        )
        for field in model._meta.concrete_fields
        if not field.has_db_default()
    )


@lru_cache(maxsize=64)
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """By attribute: the defaults that every row may share, and what makes those that it has for itself."""
    fields = model._meta.concrete_fields
    own = [field for field in fields if field.has_default() and callable(field.default)]
    return {f.attname: f.get_default() for f in fields if f not in own}, [(f.attname, f.get_default) for f in own]


def _same(value: Any) -> Any:
    return value


def _naive(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _text_of(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


_PLAIN: dict[str, Callable[[Any], Any]] = {"JSONField": _text_of, "DateTimeField": _naive, "DateField": _iso}
"""How SQLite keeps a value, as Django reads it. PostgreSQL reads all of them from JSON."""


@lru_cache(maxsize=256)
def _insert_sql(model: type[models.Model], columns: tuple[_Column, ...], given: tuple[_Column, ...]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(column.name for column in columns)
    if connection.vendor == "sqlite":
        return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
    values = ", ".join(f"x.{column.name}" if column in given else _constant(column) for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {_recordset(given)}"  # noqa: S608


@lru_cache(maxsize=64)
def _update_sql(model: type[models.Model], columns: tuple[_Column, ...], key: _Column, seen: str) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    guard = f" AND {seen}" if seen else ""
    if connection.vendor == "sqlite":
        moved = ", ".join(f"{column.name} = %s" for column in columns)
        return f"UPDATE {table} SET {moved} WHERE {key.name} = %s{guard}"  # noqa: S608
    moved = ", ".join(f"{column.name} = x.{column.name}" for column in columns)
    guard = guard.replace(" AND ", f" AND {table}.")
    return f"UPDATE {table} SET {moved} FROM {_recordset((key, *columns))} WHERE {table}.{key.name} = x.{key.name}{guard}"  # noqa: S608


def _recordset(columns: Iterable[_Column]) -> str:
    return f"json_to_recordset(%s) AS x({', '.join(f'{column.name} {column.type}' for column in columns)})"


def _constant(column: _Column) -> str:
    """The column's default in SQL."""
    if column.default is None:
        return "NULL"
    text = json.dumps(column.default) if isinstance(column.default, dict | list) else str(column.default)
    quoted = text.replace("'", "''").replace("%", "%%")
    return f"CAST('{quoted}' AS {column.type})"


def _as_json(values: Sequence[dict[str, Any]], columns: Sequence[_Column]) -> str:
    pairs = [(column.name.strip('"'), column.attribute) for column in columns]
    return _ENCODER.encode([{name: row.get(attribute) for name, attribute in pairs} for row in values])


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_iso, check_circular=False)


def _execute(sql: str, text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [text])
        return int(cursor.rowcount)


def _execute_many(sql: str, values: Iterable[Sequence[Any]]) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(values))
        return int(cursor.rowcount)
