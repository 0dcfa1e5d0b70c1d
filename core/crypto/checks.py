"""A database check: the keys given today must open what was written yesterday."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, models

from core.crypto.box import CannotDecrypt
from core.crypto.fields import EncryptedTextField
from core.crypto.rotation import encrypted_fields, newest_blob


@register(Tags.database)
def keys_open_what_is_stored(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Run by ``migrate`` and ``check --database``: a wrong or missing key is noticed before anything is written."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        errors += [
            Error(str(fault), hint="Set FIELD_KEYS as it was when these values were written.", id="core.E001")
            for model, field in encrypted_fields()
            if _is_migrated(alias, model, field) and (fault := _fault(model, field))
        ]
    return errors


def _is_migrated(alias: str, model: type[models.Model], field: EncryptedTextField) -> bool:
    """Whether the column is there yet: ``migrate`` checks before it migrates."""
    connection = connections[alias]
    table = model._meta.db_table
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
    return field.column in {column.name for column in columns}


def _fault(model: type[models.Model], field: EncryptedTextField) -> CannotDecrypt | None:
    blob = newest_blob(model, field)
    try:
        if blob is not None:
            field.opened(blob)
    except CannotDecrypt as fault:
        return fault
    return None
