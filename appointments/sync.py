"""Appointments out of the registry's documents: the sink that ``agentsync/wiring.py`` registers with the sync."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from appointments.enums import AppointmentStatus
from appointments.models import Appointment
from nipr.wire import messages
from nipr.wire.values import bare_fein
from producers.enums import ChangeKind
from producers.sinks import Applied, SyncedEntity
from producers.sync.facts import Scope, write_facts
from producers.sync.inherit import Inheritance, inherited
from producers.sync.rows import date_or_never, finished

_STATUSES = {status.value.casefold(): status.value for status in AppointmentStatus}

ALERT_GIVES = Inheritance(
    identity=("state", "company_key", "loa_code"),
    told_by=("status", "status_date", "renewal_date"),
    silent=("county_code", "branch_id", "state_company_id", "agency_affiliation"),
    may_omit=("company_name", "fein", "loa", "termination_reason", "renewal_date"),
)
"""An alert's appointment has no county and no state company id, and gives a reason for few terminations."""


def keep_appointments(
    batch: Sequence[SyncedEntity], *, known_at: datetime, sync_run_id: int | None
) -> Applied:
    """Make the current appointments of a batch what its documents say."""
    scope = Scope()
    rows: list[Appointment] = []
    from_alerts = any(entity.states is not None for entity in batch)
    for entity in batch:
        scope.add(entity.producer_id, entity.states)
        rows += finished(appointment_rows(entity.producer_id, entity.appointments), entity.notes)
    guessed: set[int] = set()
    if from_alerts:
        rows = inherited(Appointment, scope, rows, ALERT_GIVES, guessed)
    applied = write_facts(
        Appointment, scope, rows, known_at=known_at, run_id=sync_run_id, kind=ChangeKind.APPOINTMENT
    )
    applied.guessed = guessed
    return applied


def appointment_rows(producer_id: int, sources: Iterable[messages.Appointment]) -> Iterable[Appointment]:
    for source in sources:
        fein = bare_fein(source.fein)
        yield Appointment(
            producer_id=producer_id,
            state=source.state,
            company_key=company_key(source.cocode, fein, source.company_name),
            company_name=source.company_name,
            cocode=source.cocode,
            fein=fein,
            state_company_id=source.state_company_id,
            loa_code=source.loa_code,
            loa=source.loa,
            county_code=source.county_code,
            branch_id=source.branch_id,
            status=_status(source),
            status_date=source.status_date,
            renewal_date=date_or_never(source.renewal_date),
            termination_reason=source.termination_reason,
            agency_affiliation=" ".join(
                part for part in (source.agency_affiliation, source.agency_affiliation_id) if part
            ),
        )


def company_key(cocode: str, fein: str, name: str) -> str:
    """What tells one carrier from another: its CoCode, else its FEIN, else its name."""
    if cocode:
        return cocode
    return f"fein:{fein}" if fein else f"name:{name.casefold()}"


def _status(source: messages.Appointment) -> str:
    """Appointed or Terminated in any case; a third word is nothing to guess about."""
    try:
        return _STATUSES[source.status.casefold()]
    except KeyError:
        raise ValueError(
            f"The appointment with {source.company_name or 'a company'} in {source.state} has the status "
            f"“{source.status[:40]}”, which is neither Appointed nor Terminated."
        ) from None
