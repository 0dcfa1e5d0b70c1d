"""Applying an alerts report: for each state and category it speaks about, what it says replaces what was known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nipr.wire import messages
from producers.enums import SyncStatus
from producers.models import (
    Address,
    ContactInfo,
    License,
    LicenseLine,
    OtherName,
    Producer,
    RegistryFact,
    RegulatoryAction,
    SyncState,
)
from producers.sinks import Applied, SyncedEntity, pour
from producers.sync import biographic, mapping, outcomes
from producers.sync.engine import Sitting, in_halves, locked_states, own_changes, publish, save_own_fields
from producers.sync.facts import Scope, write_facts
from producers.sync.inherit import ALERTS, inherited
from producers.sync.mapping import FactRows
from producers.sync.outcomes import Outcome
from producers.sync.rows import JURISDICTIONS, Notes, finished

NOT_SAID_WHICH = "An alert did not say in which county or branch an appointment has changed."

Alerts = Sequence[tuple[int, messages.EntityAlert]]


@dataclass(slots=True)
class Spoken:
    """What a batch of alerts speaks about: rows and scope of each kind of fact."""

    rows: FactRows = field(default_factory=lambda: {model: [] for model in mapping.FACT_MODELS})
    scopes: dict[type[RegistryFact], Scope] = field(
        default_factory=lambda: {model: Scope() for model in mapping.FACT_MODELS}
    )

    def say(
        self,
        model: type[RegistryFact],
        producer_id: int,
        state: str,
        rows: Iterable[RegistryFact],
        notes: Notes,
    ) -> None:
        """These rows of the state are all there is of this kind in it."""
        self.scopes[model].add(producer_id, [state])
        self.rows[model] += finished((row for row in rows if row.state == state), notes)


def sync_alerts(alerts: Alerts, *, known_at: datetime, sitting: Sitting) -> list[Outcome]:
    """Apply the alerts of at most ``engine.BATCH`` producers. Raises TooMuchVanished."""
    return in_halves(alerts, lambda part: _sync(part, known_at, sitting), known_at, sitting.guard)


def _sync(alerts: Alerts, known_at: datetime, sitting: Sitting) -> tuple[list[Outcome], Applied]:
    ids = [producer_id for producer_id, _ in alerts]
    locked_states(ids, claim=None)
    states = SyncState.objects.in_bulk(ids)
    notes = {producer_id: Notes() for producer_id in ids}
    applied = _write(alerts, notes, known_at, sitting)
    sitting.guard.check(applied.removed, applied.known, applied.losers)
    warnings = _follow_registry(alerts, states, applied, known_at, sitting)
    counts = publish(applied, known_at, without_changes_of=set())
    _forget_reports(states, applied.producer_ids)
    SyncState.objects.filter(producer_id__in=applied.guessed).update(report_wanted=NOT_SAID_WHICH)
    held = _licensed(ids)
    done = [
        outcomes.alerted(
            producer_id,
            has_licenses=producer_id in held,
            changes=counts.get(producer_id, 0),
            changed=producer_id in applied.producer_ids,
            remark=" ".join([*warnings[producer_id], *notes[producer_id].sentences()]),
        )
        for producer_id in ids
    ]
    # What a person has to decide about a full report is not decided by an alert.
    undecided = Producer.objects.filter(pk__in=states, sync_status=SyncStatus.PROCESSING_ERROR)
    waiting = set(undecided.values_list("pk", flat=True))
    told = [outcome for outcome in done if outcome.producer_id not in waiting]
    outcomes.record(told, known_at=known_at, full_report=False)
    return done, applied


def _write(alerts: Alerts, notes: dict[int, Notes], known_at: datetime, sitting: Sitting) -> Applied:
    """Facts of this room and of those above."""
    spoken = Spoken()
    for producer_id, alert in alerts:
        for state in alert.states:
            _read_state(spoken, producer_id, state, notes[producer_id])
    applied = Applied()
    for model in mapping.FACT_MODELS:
        scope = spoken.scopes[model]
        rows = inherited(model, scope, spoken.rows[model], ALERTS[model])
        applied.add(write_facts(model, scope, rows, known_at=known_at, run_id=sitting.run_id))
    entities = [_appointments(producer_id, alert, notes[producer_id]) for producer_id, alert in alerts]
    applied.add(pour(entities, known_at=known_at, sync_run_id=sitting.run_id))
    return applied


def _licensed(producer_ids: Sequence[int]) -> set[int]:
    held = License.objects.filter(producer_id__in=producer_ids, known_to=None, removed_at=None)
    return set(held.values_list("producer_id", flat=True))


def _read_state(spoken: Spoken, producer_id: int, alert: messages.StateAlert, notes: Notes) -> None:
    if not notes.knows(alert.state):
        return
    if alert.licenses is not None:
        rows = list(mapping.license_rows(producer_id, alert.licenses))
        spoken.say(License, producer_id, alert.state, rows, notes)
        lines = mapping.line_rows(zip(rows, alert.licenses, strict=True))
        spoken.say(LicenseLine, producer_id, alert.state, lines, notes)
    if alert.regulatory_actions is not None:
        actions = mapping.action_rows(producer_id, alert.regulatory_actions)
        spoken.say(RegulatoryAction, producer_id, alert.state, actions, notes)
    said = alert.demographics
    if said is None:
        return
    spoken.say(OtherName, producer_id, alert.state, mapping.name_rows(producer_id, said.other_names), notes)
    if said.addresses is not None:
        addresses = mapping.address_rows(producer_id, said.addresses)
        spoken.say(Address, producer_id, alert.state, addresses, notes)
    if said.contacts is not None:
        contacts = mapping.contact_rows(producer_id, said.contacts)
        spoken.say(ContactInfo, producer_id, alert.state, contacts, notes)


def _appointments(producer_id: int, alert: messages.EntityAlert, notes: Notes) -> SyncedEntity:
    spoken = [
        state for state in alert.states if state.appointments is not None and state.state in JURISDICTIONS
    ]
    rows = tuple(row for state in spoken for row in state.appointments or () if row.state == state.state)
    return SyncedEntity(producer_id, rows, frozenset(state.state for state in spoken), notes)


def _follow_registry(
    alerts: Alerts, states: dict[int, SyncState], applied: Applied, known_at: datetime, sitting: Sitting
) -> dict[int, list[str]]:
    """The producers' own fields, where an alert speaks of them. Returns warnings."""
    warnings: dict[int, list[str]] = {}
    touched: list[Producer] = []
    ids = [producer_id for producer_id, _ in alerts]
    producers = Producer.objects.order_by("pk").select_for_update().in_bulk(ids)
    for producer_id, alert in alerts:
        producer, state = producers[producer_id], states[producer_id]
        values = biographic.alert_values(alert, producer.resident_state)
        followed = biographic.follow(producer, state.registry_values, values)
        state.registry_values = {**state.registry_values, **values}
        warnings[producer_id] = followed.warnings
        applied.changes += own_changes(producer, followed, known_at, sitting.run_id)
        if followed.touched:
            touched.append(producer)
            applied.producer_ids.add(producer_id)
    save_own_fields(touched)
    return warnings


def _forget_reports(states: dict[int, SyncState], changed: set[int]) -> None:
    """What the last full report said is no longer what is known: the next one is compared in full."""
    stale = [state for producer_id, state in states.items() if producer_id in changed]
    for state in stale:
        state.report_digest = ""
    if stale:
        SyncState.objects.bulk_create(
            stale,
            update_conflicts=True,
            unique_fields=["producer"],
            update_fields=["report_digest", "registry_values"],
        )
