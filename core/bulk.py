"""Inserting many rows in one go: COPY on PostgreSQL, one prepared statement on SQLite.

``bulk_create`` spends most of its time preparing each value of each row by itself. Here a whole column is prepared at
once, which makes inserting some times faster where a sync or an import writes thousands of rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connections, models, router

NULL = "\x1fnull"
"""Stands for NULL on the way to PostgreSQL; a control character keeps it apart from any text people write."""

_AS_THEY_ARE = {"CharField", "TextField", "ForeignKey", "OneToOneField", "BooleanField"} | {
    f"{sign}{size}IntegerField" for sign in ("", "Positive") for size in ("", "Small", "Big")
}
_AS_TEXT = _AS_THEY_ARE | {"DateField", "DateTimeField", "UUIDField", "DecimalField"}


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model with the values they hold.

    Unlike ``bulk_create`` it does not read primary keys back and does not fill ``auto_now`` fields.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        values = [_texts(field, rows) for field in fields]
        with connection.cursor() as cursor, connection.wrap_database_errors:
            copy = f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')"
            cursor.copy_expert(copy, _lines(zip(*values, strict=True)))
        return
    values = [_prepared(field, rows, connection) for field in fields]
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(fields))
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - names of our own columns
            list(zip(*values, strict=True)),
        )


def _texts(field: models.Field[Any, Any], rows: Iterable[models.Model]) -> list[Any]:
    """A column as PostgreSQL reads it."""
    values = map(attrgetter(field.attname), rows)
    as_text: Callable[[Any], Any] | None = None
    if isinstance(field, models.JSONField):
        as_text = lambda value: json.dumps(value, cls=field.encoder)  # noqa: E731
    elif field.get_internal_type() not in _AS_TEXT:
        raise NotImplementedError(f"insert_many cannot write a {type(field).__name__}.")
    if as_text is None:
        return [NULL if value is None else value for value in values]
    return [NULL if value is None else as_text(value) for value in values]


def _prepared(field: models.Field[Any, Any], rows: Iterable[models.Model], connection: Any) -> list[Any]:
    """A column as the database's adapter takes it; equal dates and times are prepared once."""
    values = map(attrgetter(field.attname), rows)
    # A foreign key is as plain as what it points to.
    kind = (field.target_field if isinstance(field, models.ForeignKey) else field).get_internal_type()
    if kind in _AS_THEY_ARE or kind.endswith("AutoField"):
        return list(values)
    if isinstance(field, models.JSONField):
        return [field.get_db_prep_save(value, connection) for value in values]
    known: dict[Any, Any] = {}
    column = []
    for value in values:
        if value not in known:
            known[value] = field.get_db_prep_save(value, connection)
        column.append(known[value])
    return column


def _lines(rows: Iterable[tuple[Any, ...]]) -> io.StringIO:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    lines.seek(0)
    return lines
