"""The lookup ``among``: one of very many plain values, sent to the database as one parameter.

``in`` sends each value by itself, and looking after a thousand parameters takes longer than finding their rows.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, Lookup


@Field.register_lookup
class Among(Lookup[Any]):
    """``npn__among=npns``: texts or whole numbers as the database keeps them. A key is ``producer__pk__among``."""

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[Any]:
        """A list of its own: what was given may change, or be no more than a view."""
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """PostgreSQL: an array. Keys go in their own type: only where both sides have the same does it use a hash."""
        keys = bool(self.rhs) and isinstance(self.rhs[0], int)
        return self._sql(compiler, connection, "= ANY (%s::bigint[])" if keys else "= ANY (%s)", self.rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """SQLite: JSON, which it reads as a table."""
        return self._sql(compiler, connection, "IN (SELECT value FROM json_each(%s))", json.dumps(self.rhs))

    def _sql(
        self, compiler: Any, connection: Any, condition: str, values: Any
    ) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        return f"{column} {condition}", (*params, values)
