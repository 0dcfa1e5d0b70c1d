"""What a request has to pass before its lines are looked at; the first that fails answers it."""

from __future__ import annotations

from appointments.services.asking.drafts import Refusal
from appointments.services.asking.known import Known, KnownProducer
from appointments.services.asking.requests import Asked


def checkpoint(known: Known, row: Asked, *, tracked_only: bool = True) -> KnownProducer | Refusal:
    """The producer asked about, or why the request is not gone into."""
    producer = known.producers.get(row.npn)
    if producer is None:
        return Refusal("npn_not_found", f"No producer has NPN {row.npn}. Add the producer, then ask again.")
    if not producer.synced:
        return Refusal(
            "npn_not_synced",
            f"NPN {row.npn} has never been synced with NIPR. Sync the producer, then ask again.",
        )
    if tracked_only and not producer.tracked:
        return Refusal(
            "npn_not_active",
            f"NIPR tracking of NPN {row.npn} is inactive. Make it active, then ask again.",
        )
    return producer
