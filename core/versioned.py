"""Facts that are never overwritten: a changed fact closes its row and opens another.

``known_from`` and ``known_to`` say when *we* knew it; what the fact says about the world is in its own columns. A
row with ``removed_at`` says that the source no longer gives the fact; it stays, marked.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar

from django.db import models, transaction
from django.db.models import Q, QuerySet

from core.bulk import insert_many

ChangeKind = Literal["added", "changed", "removed", "returned"]
Key = tuple[Any, ...]
#: Rows closed by one statement; far below the variable limits of both databases.
_CLOSE_AT_ONCE = 10_000


class VersionedFact(models.Model):
    """A fact with versions. A model names its NATURAL_KEY and the COMPARED fields whose change opens a new version.

    Add a UniqueConstraint over the natural key with ``condition=Q(known_to__isnull=True)``: one current row a key.
    """

    NATURAL_KEY: ClassVar[tuple[str, ...]] = ()
    COMPARED: ClassVar[tuple[str, ...]] = ()

    known_from = models.DateTimeField(editable=False)
    known_to = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def natural_key_values(self) -> Key:
        """What identifies the fact across its versions."""
        return tuple(getattr(self, name) for name in self.NATURAL_KEY)

    def difference(self, other: VersionedFact) -> dict[str, list[Any]]:
        """Compared fields that differ, as ``{field: [here, there]}``."""
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in self.COMPARED)
        return {name: [here, there] for name, here, there in pairs if here != there}


F = TypeVar("F", bound=VersionedFact)


@dataclass(frozen=True, slots=True)
class RowChange(Generic[F]):
    """One fact that is not what it was: its old and its new version, and the fields that differ."""

    kind: ChangeKind
    before: F | None
    after: F
    changes: dict[str, list[Any]] = field(default_factory=dict)


def apply_current(
    model: type[F], scope: Q | dict[str, Any], incoming: Iterable[F], *, known_at: datetime
) -> list[RowChange[F]]:
    """Make the current facts of ``scope`` equal to ``incoming`` and return what changed.

    Of two incoming rows with one natural key the later counts. A current row that was learned after ``known_at``
    stays: a newer document has spoken already. One select, one update and one insert, whatever the number of rows;
    the primary keys of new versions are not read back.
    """
    condition = scope if isinstance(scope, Q) else Q(**scope)
    with transaction.atomic():
        rows = model._default_manager.filter(condition, known_to__isnull=True).select_for_update()
        current = {row.natural_key_values(): row for row in rows}
        changes = list(_compare(current, {row.natural_key_values(): row for row in incoming}, known_at))
        _close(model, [change.before.pk for change in changes if change.before], known_at)
        insert_many([change.after for change in changes])
    return changes


def as_known_at(rows: QuerySet[F], when: datetime | None) -> QuerySet[F]:
    """The versions that were current at ``when``; those of now when it is None."""
    if when is None:
        return rows.filter(known_to__isnull=True)
    return rows.filter(Q(known_to__isnull=True) | Q(known_to__gt=when), known_from__lte=when)


def _compare(current: dict[Key, F], incoming: dict[Key, F], known_at: datetime) -> Iterable[RowChange[F]]:
    for key, new in incoming.items():
        change = _change(current.get(key), new, known_at)
        if change:
            yield change
    for key, old in current.items():
        if key not in incoming and old.removed_at is None and old.known_from <= known_at:
            yield RowChange("removed", old, _marked_removed(old, known_at))


def _change(old: F | None, new: F, known_at: datetime) -> RowChange[F] | None:
    new.known_from, new.known_to = known_at, None
    if old is None:
        return RowChange("added", None, new)
    if old.known_from > known_at:
        return None
    differing = old.difference(new)
    if old.removed_at is None and new.removed_at is not None:
        return RowChange("removed", old, new, differing)
    if old.removed_at is not None and new.removed_at is None:
        return RowChange("returned", old, new, differing)
    return RowChange("changed", old, new, differing) if differing else None


def _marked_removed(old: F, known_at: datetime) -> F:
    """The next version of a fact that the source dropped: what it last said, marked."""
    new = copy.copy(old)
    new._state = copy.copy(old._state)
    new._state.adding = True
    new.pk = None
    new.known_from = new.removed_at = known_at
    return new


def _close(model: type[F], pks: Sequence[Any], known_at: datetime) -> None:
    for start in range(0, len(pks), _CLOSE_AT_ONCE):
        closing = model._default_manager.filter(pk__in=pks[start : start + _CLOSE_AT_ONCE])
        closing.update(known_to=known_at)
