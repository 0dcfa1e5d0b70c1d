"""Which of several look-alikes is which, from one document to the next.

The registry gives its rows no ids, and may drop an old one: if rows were simply counted, the next one would then seem
to have turned into the one that is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from django.db.models import QuerySet

from producers.models import RegistryFact

Groups = dict[tuple[Any, ...], list[RegistryFact]]


def keep_positions(rows: Sequence[RegistryFact], current: QuerySet[Any]) -> None:
    """Number rows as those of the current ones they go on from; two queries at most."""
    for row in rows:
        row.follow()
    groups = _look_alikes(rows)
    whose = {group[0].producer_id for group in groups.values() if len(group) > 1}
    whose.update(current.filter(position__gt=0).values_list("producer_id", flat=True))
    if not whose:
        return
    for key, elders in _look_alikes(current.filter(producer_id__in=whose)).items():
        _go_on(groups.get(key, []), elders)


def _look_alikes(rows: Iterable[RegistryFact]) -> Groups:
    """Rows that share all of their natural key but its last part, the position."""
    groups: Groups = defaultdict(list)
    for row in rows:
        groups[row.natural_key_values()[:-1]].append(row)
    return groups


def _go_on(rows: Sequence[RegistryFact], elders: Sequence[RegistryFact]) -> None:
    """Each row takes the position of the one it differs least from; what is new, a new one.

    A row that is gone comes back only as it was, unless no other is left that may have changed.
    """
    any_left = any(elder.removed_at is None for elder in elders)
    likeness = sorted(
        (len(differing), row.position, elder.position)
        for row in rows
        for elder in elders
        if not (differing := elder.difference(row)) or elder.removed_at is None or not any_left
    )
    places: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, position in likeness:
        if number not in places and position not in taken:
            places[number] = position
            taken.add(position)
    known = {elder.position for elder in elders}
    unused = (position for position in count() if position not in known)
    for row in sorted(rows, key=lambda each: each.position):
        row.position = places[row.position] if row.position in places else next(unused)
