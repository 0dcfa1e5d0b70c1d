"""Writing one kind of fact for a batch of producers, and saying in words what that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from core.versioned import RowChange, apply_current
from producers.enums import ChangeEffect, ChangeKind
from producers.models import (
    Address,
    Change,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    RegistryFact,
    RegulatoryAction,
)
from producers.sinks import Applied
from producers.sync.positions import keep_positions

KINDS: dict[type[RegistryFact], ChangeKind] = {
    License: ChangeKind.LICENSE,
    LicenseLine: ChangeKind.LINE,
    RegulatoryAction: ChangeKind.REGULATORY_ACTION,
    Address: ChangeKind.DEMOGRAPHICS,
    ContactInfo: ChangeKind.DEMOGRAPHICS,
    OtherName: ChangeKind.DEMOGRAPHICS,
}
_EFFECTS = {
    "added": ChangeEffect.ADDED,
    "changed": ChangeEffect.CHANGED,
    "removed": ChangeEffect.REMOVED,
    "returned": ChangeEffect.RESTORED,
}


@dataclass(slots=True)
class Scope:
    """Whose facts a batch of documents speaks about: whole files, and single states of others."""

    whole: set[int] = field(default_factory=set)
    by_state: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, producer_id: int, states: Iterable[str] | None) -> None:
        if states is None:
            self.whole.add(producer_id)
            return
        for state in states:
            self.by_state[state].add(producer_id)

    def __bool__(self) -> bool:
        return bool(self.whole or self.by_state)

    def condition(self) -> Q:
        """One term for the whole files and one a state: bounded, however many producers there are."""
        condition = Q(producer_id__in=self.whole) if self.whole else Q()
        for state, ids in sorted(self.by_state.items()):
            condition |= Q(state=state, producer_id__in=ids)
        return condition


def write_facts(
    model: type[RegistryFact],
    scope: Scope,
    rows: Sequence[RegistryFact],
    *,
    known_at: datetime,
    run_id: int | None,
    kind: ChangeKind | None = None,
) -> Applied:
    """Make the current facts of the scope equal to ``rows``; a constant number of queries."""
    if not scope:
        return Applied()
    if "position" in model.NATURAL_KEY:
        keep_positions(rows, model._default_manager.filter(scope.condition(), known_to=None))
    found = apply_current(model, scope.condition(), rows, known_at=known_at)
    removed = [change.after.producer_id for change in found if change.kind == "removed"]
    described = (_described(change, kind or KINDS[model], known_at, run_id) for change in found)
    return Applied(
        changes=[change for change in described if change],
        producer_ids={change.after.producer_id for change in found},
        losers=set(removed),
        removed=len(removed),
        known=len(removed) + _still_there(model, scope) if removed else 0,
    )


def _still_there(model: type[RegistryFact], scope: Scope) -> int:
    current = model._default_manager.filter(scope.condition(), known_to=None, removed_at=None)
    return current.count()


def _described(
    change: RowChange[RegistryFact], kind: ChangeKind, known_at: datetime, run_id: int | None
) -> Change | None:
    """The entry for Changes, or None when only bookkeeping moved."""
    row = change.after
    if change.kind == "changed" and row.BOOKKEEPING.issuperset(change.changes):
        return None
    fields = change.changes
    if change.kind == "added":
        fields = {
            name: [None, value] for name in row.COMPARED if (value := getattr(row, name)) not in ("", None)
        }
    return Change(
        producer_id=row.producer_id,
        run_id=run_id,
        kind=kind,
        effect=_EFFECTS[change.kind],
        state=row.state,
        subject=row.subject[:250],
        fields={name: [plain(old), plain(new)] for name, (old, new) in fields.items()},
        known_at=known_at,
    )


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value
