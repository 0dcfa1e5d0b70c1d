"""``field__prefix="smi"``: what begins with a text, case as stored, through an ordinary index on both databases.

Django's ``startswith`` becomes ``LIKE .. ESCAPE`` on SQLite, which reads the whole table.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

LAST_CHARACTER = "\U0010ffff"


@CharField.register_lookup
class Prefix(Lookup[Any]):
    """A range on SQLite; LIKE on PostgreSQL, whose order of letters depends on the database's language."""

    lookup_name = "prefix"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        bounds = (self.rhs, f"{self.rhs}{LAST_CHARACTER}")
        return f"{column} >= %s AND {column} < %s", (*parameters, bounds[0], *parameters, bounds[1])

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        pattern = str(self.rhs).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        return f"{column} LIKE %s", (*parameters, f"{pattern}%")
