"""The limit: the very rows that an upload left behind, ready to be sent, written again with one statement a table."""

from __future__ import annotations

import io
import sqlite3
import time
from typing import Any


def row_counts() -> dict[str, int]:
    """``{table: rows}`` of every table of ours."""
    from django.apps import apps

    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


def written_again(before: dict[str, int]) -> dict[str, Any]:
    """Empty the tables that have grown, then fill them again: ``{"seconds", "cpu", "tables": {name: rows}}``.

    Keys, indexes and constraints stay as they are; the triggers of the audit trail let it happen.
    """
    from django.db import connection

    from core.audit import triggers

    grown = {table: count for table, count in row_counts().items() if count > before.get(table, 0)}
    triggers.remove(connection)
    again = _copied if connection.vendor == "postgresql" else _executed_many
    seconds, cpu = again(list(grown))
    triggers.install(connection)
    assert {table: count for table, count in row_counts().items() if table in grown} == grown
    return {"seconds": seconds, "cpu": cpu, "tables": grown}


def _copied(tables: list[str]) -> tuple[float, float]:
    from django.db import connection, transaction

    files = {table: io.BytesIO() for table in tables}
    with connection.cursor() as cursor:
        for table, file in files.items():
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', file)
            file.seek(0)
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute(f"TRUNCATE {names} CASCADE")
        began, cpu = time.perf_counter(), time.process_time()
        with transaction.atomic():
            for table, file in files.items():
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', file)
        return time.perf_counter() - began, time.process_time() - cpu


def _executed_many(tables: list[str]) -> tuple[float, float]:
    """Past Django, so that values are written as they are stored; with its pragmas."""
    from django.db import connection
    from django.db.backends.sqlite3._functions import register

    path = connection.settings_dict["NAME"]
    pragmas = connection.settings_dict["OPTIONS"]["init_command"]
    connection.close()
    database = sqlite3.connect(path, isolation_level=None)
    register(database)  # constraints call Django's functions
    database.executescript(pragmas)
    database.execute("PRAGMA foreign_keys = OFF")
    rows = {table: database.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
    for table in tables:
        database.execute(f'DELETE FROM "{table}"')
    database.execute("VACUUM")
    database.execute("PRAGMA foreign_keys = ON")
    began, cpu = time.perf_counter(), time.process_time()
    database.execute("BEGIN IMMEDIATE")
    for table, values in rows.items():
        places = ", ".join("?" * len(values[0]))
        database.executemany(f'INSERT INTO "{table}" VALUES ({places})', values)
    database.execute("COMMIT")
    taken = time.perf_counter() - began, time.process_time() - cpu
    database.close()
    return taken
