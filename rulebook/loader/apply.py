"""Make the shipped rows equal to a shipment, in a number of queries that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from rulebook.loader.files import Shipment
from rulebook.models import (
    Fee,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    Origin,
    RenewalWindow,
    StateRule,
    TerminationReason,
)

NOT_COMPARED = {"id", "created_at", "withdrawn_at", "author_id"}


@dataclass
class Counts:
    """What a load did to one kind of record."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True)
class _Record:
    """One kind of record: how the report calls it, its natural key, and what a change of it changes."""

    label: str
    model: type[Model]
    key: Sequence[str]
    topic: str = ""
    keep_vanished: bool = False


RECORDS = (
    # A state that vanished from the file stays: local rules may hang on it.
    _Record("jurisdictions", Jurisdiction, ("code",), "jurisdictions", keep_vanished=True),
    _Record("state rules", StateRule, ("jurisdiction_id", "field", "effective_from")),
    _Record("termination reasons", TerminationReason, ("slug",), "termination_reasons"),
    _Record("license classes", LicenseClass, ("jurisdiction_id", "code_system", "code", "name"), "classes"),
    _Record(
        "lines of authority",
        LineOfAuthority,
        ("jurisdiction_id", "code_system", "code", "license_class_code", "license_class_name", "name"),
        "lines",
    ),
    _Record("fees", Fee, ("item",), "fees"),
    _Record("renewal windows", RenewalWindow, ("jurisdiction_id", "opens"), "renewal_windows"),
)


def apply_shipment(shipment: Shipment) -> tuple[dict[str, Counts], frozenset[str], frozenset[str]]:
    """Counts by record, and the jurisdictions and fields whose answers may differ from now on."""
    counts: dict[str, Counts] = {}
    touched: list[tuple[_Record, Model]] = []
    for kind in RECORDS:
        incoming = shipment.records.get(kind.model, {})
        counts[kind.label], rows = _put(kind, incoming)
        touched += [(kind, row) for row in rows]
    linked = _link_reasons(shipment)
    counts["states of a reason"] = linked
    fields = {kind.topic or getattr(row, "field", "") for kind, row in touched}
    states = {str(getattr(row, "jurisdiction_id", None) or "US") for _, row in touched}
    if linked.new or linked.removed:
        fields.add("termination_reasons")
    return counts, frozenset(states), frozenset(fields)


def _put(kind: _Record, incoming: dict[Hashable, Model]) -> tuple[Counts, list[Model]]:
    names = [
        column.attname
        for column in kind.model._meta.concrete_fields
        if column.attname not in NOT_COMPARED and column.attname not in kind.key
    ]
    rows = _shipped(kind.model)
    known = {_key(row, kind.key): row for row in rows}
    wanted = {_key(row, kind.key): row for row in incoming.values()}
    new = [row for key, row in wanted.items() if key not in known]
    changed = [known[key] for key, row in wanted.items() if key in known and _take(known[key], row, names)]
    gone = [] if kind.keep_vanished else [row for key, row in known.items() if key not in wanted]
    manager = kind.model._default_manager
    manager.filter(pk__in=[row.pk for row in gone]).delete()
    if changed:
        manager.bulk_update(changed, names, batch_size=200)
    manager.bulk_create(new, batch_size=500)
    unchanged = len(wanted) - len(new) - len(changed)
    return Counts(len(new), len(changed), unchanged, len(gone)), [*new, *changed, *gone]


def _shipped(model: type[Model]) -> QuerySet[Any]:
    rows = model._default_manager.order_by("pk")
    local = model in {StateRule, LineOfAuthority}
    return rows.filter(origin=Origin.SHIPPED) if local else rows


def _key(row: Model, names: Iterable[str]) -> Hashable:
    return tuple(getattr(row, name) for name in names)


def _take(known: Model, wanted: Model, names: Iterable[str]) -> bool:
    """Copy what differs; whether anything did."""
    differing = [name for name in names if getattr(known, name) != getattr(wanted, name)]
    for name in differing:
        setattr(known, name, getattr(wanted, name))
    return bool(differing)


def _link_reasons(shipment: Shipment) -> Counts:
    through = TerminationReason.jurisdictions.through
    known = {
        (row.terminationreason_id, row.jurisdiction_id): row.pk for row in through._default_manager.all()
    }
    wanted = {(slug, state) for slug, states in shipment.reason_states.items() for state in states}
    gone = [pk for pair, pk in known.items() if pair not in wanted]
    through._default_manager.filter(pk__in=gone).delete()
    new = [
        through(terminationreason_id=slug, jurisdiction_id=state)
        for slug, state in sorted(wanted - known.keys())
    ]
    through._default_manager.bulk_create(new, batch_size=500)
    return Counts(len(new), 0, len(wanted) - len(new), len(gone))
