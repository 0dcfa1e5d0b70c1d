"""Writing many rows in one go: COPY on PostgreSQL, one prepared statement on SQLite.

``bulk_create`` and ``bulk_update`` spend most of their time preparing each value of each row by itself. Here a whole
column is prepared at once, which makes writing some times faster where a sync or an upload writes thousands of rows.
Rows are written with the values they hold: ``auto_now``, ``pre_save`` and signals play no part.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connections, models, router, transaction

Field = models.Field[Any, Any]
V = TypeVar("V")

_NUMBERS = {f"{sign}{size}IntegerField" for sign in ("", "Positive") for size in ("", "Small", "Big")}
_AS_THEY_ARE = {"CharField", "TextField", "SlugField", "BooleanField", "FloatField"} | _NUMBERS
_SELDOM_DIFFERENT = {"DateField", "DateTimeField", "UUIDField", "DecimalField"}
"""Kinds that cost something to turn into text and hold the same value in many rows."""
_COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_ARRAY_ESCAPES = (("\\", "\\\\"), ('"', '\\"'))


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, whole or not at all.

    Automatic primary keys are written when the rows carry them (``reserve_ids``), all or none; those that the database
    gives are not read back.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = _inserted_fields(rows)
    columns = ", ".join(_quoted(connection, field) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", _copied(fields, rows, connection))
        return
    values = zip(*(_prepared(field, rows, connection) for field in fields), strict=True)
    places = ", ".join(["%s"] * len(fields))
    with transaction.atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - names of our own columns
            list(values),
        )


def update_many(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write some fields of rows that are on file, found by their primary keys; the number of rows found.

    Like ``bulk_update``; each row may come once.
    """
    if not rows:
        return 0
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    key: Field = model._meta.pk
    written = [_named(model, name) for name in fields]
    if key in written or not written:
        raise ValueError("update_many writes at least one field, and never the primary key.")
    if len({row.pk for row in rows}) < len(rows):
        raise ValueError("A row came twice: which one counts?")
    if connection.vendor == "postgresql":
        return _update_from_arrays(model, rows, [key, *written], connection)
    table = connection.ops.quote_name(model._meta.db_table)
    settings = ", ".join(f"{_quoted(connection, field)} = %s" for field in written)
    values = zip(*(_prepared(field, rows, connection) for field in (*written, key)), strict=True)
    with transaction.atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {settings} WHERE {_quoted(connection, key)} = %s",  # noqa: S608 - our own names
            list(values),
        )
        return int(cursor.rowcount)


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """So many automatic primary keys that nobody else gets, ascending; they need not follow one another without gaps.

    They are for rows that point to one another and are to be inserted at once. On SQLite they are reserved until the
    transaction rolls back, on PostgreSQL for ever.
    """
    if count <= 0:
        return range(0)
    connection = connections[router.db_for_write(model)]
    table, column = model._meta.db_table, str(model._meta.pk.column)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return sorted(number for (number,) in cursor.fetchall())
    last = _move_sqlite_sequence(connection, table, column, count)
    return range(last - count + 1, last + 1)


def _move_sqlite_sequence(connection: Any, table: str, column: str, count: int) -> int:
    """Move what AUTOINCREMENT remembers forward; the new last number. Writing first takes the lock before reading."""
    quote = connection.ops.quote_name
    highest = f"COALESCE((SELECT MAX({quote(column)}) FROM {quote(table)}), 0)"  # noqa: S608 - our own names
    with transaction.atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE sqlite_sequence SET seq = MAX(seq, {highest}) + %s WHERE name = %s RETURNING seq",  # noqa: S608
            [count, table],
        )
        moved = cursor.fetchall()
        if not moved:  # no row has ever been inserted
            cursor.execute(
                f"INSERT INTO sqlite_sequence (name, seq) VALUES (%s, {highest} + %s) RETURNING seq",  # noqa: S608
                [table, count],
            )
            moved = cursor.fetchall()
    return int(moved[0][0])


def _inserted_fields(rows: Sequence[models.Model]) -> list[Field]:
    """Concrete fields that the database does not fill by itself."""
    fields: list[Field] = [field for field in rows[0]._meta.concrete_fields if not field.generated]
    given = sum(row.pk is not None for row in rows)
    if given in (0, len(rows)):
        return [field for field in fields if given or not isinstance(field, models.AutoField)]
    raise ValueError("Of the rows to be inserted some carry a primary key and some do not.")


def _named(model: type[models.Model], name: str) -> Field:
    field = model._meta.get_field(name)
    if isinstance(field, models.Field) and field.concrete and not field.generated:
        return field
    raise ValueError(f"{model.__name__}.{name} is no column to be written.")


def _quoted(connection: Any, field: Field) -> str:
    name: str = connection.ops.quote_name(str(field.column))
    return name


def _kind(field: Field) -> str:
    """What the column holds. A foreign key is as plain as what it points to; an automatic key is a number."""
    kind = (field.target_field if isinstance(field, models.ForeignKey) else field).get_internal_type()
    return "BigIntegerField" if kind.endswith("AutoField") else kind


def _json_texts(field: models.JSONField[Any, Any], values: Iterable[Any]) -> list[str | None]:
    encode = (field.encoder or json.JSONEncoder)().encode
    return [None if value is None else encode(value) for value in values]


# SQLite ---------------------------------------------------------------------------------------------------------------


def _prepared(field: Field, rows: Iterable[models.Model], connection: Any) -> list[Any]:
    """A column as the database's adapter takes it."""
    values = map(attrgetter(field.attname), rows)
    kind = _kind(field)
    if kind in _AS_THEY_ARE:
        return list(values)
    if isinstance(field, models.JSONField):
        return _json_texts(field, values)
    if kind in _SELDOM_DIFFERENT:
        return _each_once(values, lambda value: field.get_db_prep_save(value, connection))
    return [field.get_db_prep_save(value, connection) for value in values]


def _each_once(values: Iterable[Any], prepare: Callable[[Any], V]) -> list[V]:
    """Prepared values; equal ones are prepared once."""
    known: dict[Any, V] = {}
    column = []
    for value in values:
        if value not in known:
            known[value] = prepare(value)
        column.append(known[value])
    return column


# PostgreSQL -----------------------------------------------------------------------------------------------------------


def _copied(fields: Sequence[Field], rows: Sequence[models.Model], connection: Any) -> io.BytesIO:
    """Rows as COPY reads them, in its text format: that is put together faster than CSV."""
    columns = [
        ["\\N" if text is None else text for text in _escaped(_texts(field, rows, connection), _COPY_ESCAPES)]
        for field in fields
    ]
    lines = map("\t".join, zip(*columns, strict=True))
    return io.BytesIO(("\n".join(lines) + "\n").encode())


def _update_from_arrays(
    model: type[models.Model], rows: Sequence[models.Model], fields: list[Field], connection: Any
) -> int:
    """One statement with an array a column: the first field is the key."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = [_quoted(connection, field) for field in fields]
    key, *written = names
    arrays = ", ".join(f"%s::{_array_type(field, connection)}" for field in fields)
    settings = ", ".join(f"{name} = given.{name}" for name in written)
    statement = (
        f"UPDATE {table} SET {settings} FROM unnest({arrays}) AS given ({', '.join(names)}) "  # noqa: S608 - our names
        f"WHERE {table}.{key} = given.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_array(_texts(field, rows, connection)) for field in fields])
        return int(cursor.rowcount)


def _array_type(field: Field, connection: Any) -> str:
    """An array of what the column holds; text without a length, as a cast would cut what is too long in silence."""
    kind = _kind(field)
    if kind in ("CharField", "SlugField"):
        return "text[]"
    return f"{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}[]"


def _array(texts: list[str | None]) -> str:
    """A column as an array's text."""
    quoted = ("NULL" if text is None else f'"{text}"' for text in _escaped(texts, _ARRAY_ESCAPES))
    return "{" + ",".join(quoted) + "}"


def _texts(field: Field, rows: Iterable[models.Model], connection: Any) -> list[str | None]:
    """A column as PostgreSQL reads it, not yet escaped."""
    values = map(attrgetter(field.attname), rows)
    kind = _kind(field)
    if isinstance(field, models.JSONField):
        return _json_texts(field, values)
    if kind == "BinaryField":
        blobs = (field.get_db_prep_save(value, connection) for value in values)
        return [None if blob is None else f"\\x{bytes(blob.adapted).hex()}" for blob in blobs]
    if kind in _SELDOM_DIFFERENT:
        return _each_once(values, lambda value: None if value is None else str(value))
    if kind in _AS_THEY_ARE:
        return [value if value is None or type(value) is str else str(value) for value in values]
    raise NotImplementedError(f"Rows with a {type(field).__name__} cannot be written in one go.")


def _escaped(texts: list[str | None], escapes: Sequence[tuple[str, str]]) -> list[str | None]:
    """Each text with its odd characters escaped. Most columns have none, which one look at the whole column tells."""
    whole = "".join(text for text in texts if text)
    for odd, escape in escapes:
        if odd in whole:
            texts = [None if text is None else text.replace(odd, escape) for text in texts]
    return texts
