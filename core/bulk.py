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
Column = Sequence[Any]
"""The values of one field in all rows."""
V = TypeVar("V")

_NUMBERS = {f"{sign}{size}IntegerField" for sign in ("", "Positive") for size in ("", "Small", "Big")}
_AS_THEY_ARE = {"CharField", "TextField", "SlugField", "BooleanField", "FloatField"} | _NUMBERS
_SELDOM_DIFFERENT = {"DateField", "DateTimeField", "UUIDField", "DecimalField"}
"""Kinds that cost something to turn into text and hold the same value in many rows."""
_EMPTY: dict[type, str] = {dict: "{}", list: "[]", tuple: "[]"}
_COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_ARRAY_ESCAPES = (("\\", "\\\\"), ('"', '\\"'))


class JsonText(str):
    """The value of a JSON column that is encoded already."""

    __slots__ = ()


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, whole or not at all.

    Automatic primary keys are written when the rows carry them (``reserve_ids``), all or none; those that the database
    gives are not read back.
    """
    if rows:
        fields = _inserted_fields(rows)
        _insert(type(rows[0]), fields, [list(map(attrgetter(field.attname), rows)) for field in fields])


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows given as values of the columns ``names`` (foreign keys as ``producer_id``), without making objects.

    The other columns get their defaults; one that is different for each row, such as a fresh UUID, has to be given.
    """
    if not rows:
        return
    fields: list[Field] = [field for field in model._meta.concrete_fields if not field.generated]
    given = dict(zip(names, zip(*rows, strict=True), strict=True))
    if unknown := given.keys() - {field.attname for field in fields}:
        raise ValueError(f"{model.__name__} has no columns {', '.join(sorted(unknown))}.")
    fields = [field for field in fields if field.attname in given or not isinstance(field, models.AutoField)]
    _insert(model, fields, [given.get(field.attname) or _defaults(field, len(rows)) for field in fields])


def update_many(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write some fields of rows that are on file, found by their primary keys; the number of rows found.

    Like ``bulk_update``; each row may come once.
    """
    if not rows:
        return 0
    model = type(rows[0])
    names = [_named(model, name).attname for name in fields]
    return update_values(model, names, [(row.pk, *map(row.__getattribute__, names)) for row in rows])


def update_values(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """The same with rows given as their primary keys and the values of the columns ``names``."""
    if not rows:
        return 0
    connection = connections[router.db_for_write(model)]
    key: Field = model._meta.pk
    fields = [key, *(_named(model, name) for name in names)]
    if fields.count(key) > 1 or len(fields) == 1:
        raise ValueError("At least one field is written, and never the primary key.")
    columns = list(zip(*rows, strict=True))
    if len(set(columns[0])) < len(rows):
        raise ValueError("A row came twice: which one counts?")
    if connection.vendor == "postgresql":
        return _update_from_arrays(model, fields, columns, connection)
    table = connection.ops.quote_name(model._meta.db_table)
    settings = ", ".join(f"{_quoted(connection, field)} = %s" for field in fields[1:])
    ready = [_prepared(field, values, connection) for field, values in zip(fields, columns, strict=True)]
    with transaction.atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {settings} WHERE {_quoted(connection, key)} = %s",  # noqa: S608 - our own names
            list(zip(*ready[1:], ready[0], strict=True)),
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


def _insert(model: type[models.Model], fields: Sequence[Field], columns: Sequence[Column]) -> None:
    connection = connections[router.db_for_write(model)]
    names = ", ".join(_quoted(connection, field) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", _copied(fields, columns, connection))
        return
    ready = [_prepared(field, values, connection) for field, values in zip(fields, columns, strict=True)]
    places = ", ".join(["%s"] * len(fields))
    with transaction.atomic(connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 - names of our own columns
            list(zip(*ready, strict=True)),
        )


def _defaults(field: Field, count: int) -> Column:
    if field.has_default() and callable(field.default) and field.default not in (dict, list):
        raise ValueError(f"{field.attname} is different for each row, so it has to be given.")
    return [field.get_default()] * count


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


def _json_texts(field: models.JSONField[Any, Any], values: Column) -> list[str | None]:
    """JSON texts. What is empty needs no encoder, and equal tuples of texts are encoded once."""
    encode = json_encoder(field)
    known: dict[tuple[Any, ...], str] = {}
    texts: list[str | None] = []
    for value in values:
        kind = type(value)
        if value is None:
            texts.append(None)
        elif not value and kind in _EMPTY:
            texts.append(_EMPTY[kind])
        elif kind is JsonText:
            texts.append(value)
        elif kind is tuple and all(type(part) is str for part in value):
            if value not in known:
                known[value] = encode(value)
            texts.append(known[value])
        else:
            texts.append(encode(value))
    return texts


def json_encoder(field: models.JSONField[Any, Any]) -> Callable[[Any], str]:
    """What ``json.dumps`` does, prepared once and not for every value anew."""
    encoder = (field.encoder or json.JSONEncoder)()
    prepare = getattr(json.encoder, "c_make_encoder", None)
    if prepare is None:  # an interpreter without it
        return encoder.encode
    spelled = json.encoder.encode_basestring_ascii
    parts = prepare({}, encoder.default, spelled, None, ": ", ", ", False, False, True)
    return lambda value: "".join(parts(value, 0))


# SQLite ---------------------------------------------------------------------------------------------------------------


def _prepared(field: Field, values: Column, connection: Any) -> Column:
    """A column as the database's adapter takes it."""
    kind = _kind(field)
    if kind in _AS_THEY_ARE:
        return values
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


def _copied(fields: Sequence[Field], columns: Sequence[Column], connection: Any) -> io.BytesIO:
    """Rows as COPY reads them, in its text format: that is put together faster than CSV."""
    ready = [
        [
            "\\N" if text is None else text
            for text in _escaped(_texts(field, values, connection), _COPY_ESCAPES)
        ]
        for field, values in zip(fields, columns, strict=True)
    ]
    lines = map("\t".join, zip(*ready, strict=True))
    return io.BytesIO(("\n".join(lines) + "\n").encode())


def _update_from_arrays(
    model: type[models.Model], fields: Sequence[Field], columns: Sequence[Column], connection: Any
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
    texts = (_texts(field, values, connection) for field, values in zip(fields, columns, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, list(map(_array, texts)))
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


def _texts(field: Field, values: Column, connection: Any) -> list[str | None]:
    """A column as PostgreSQL reads it, not yet escaped."""
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
