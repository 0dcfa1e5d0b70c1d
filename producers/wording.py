"""Words of the producer screens: what to do next, what a look-up costs, fields and values of a change."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock
from nipr.config import RegistryConfig
from producers.enums import SyncStatus, Tracking
from producers.models import Producer

NEXT_STEPS: dict[str, str] = {
    SyncStatus.NOT_STARTED: "Nothing has been read yet. Press Sync now to read the registry.",
    SyncStatus.QUEUED: "Waiting for its turn; this page shows the outcome when you reload it.",
    SyncStatus.PROCESSING: "The registry is being read right now.",
    SyncStatus.SUCCESS: "",
    SyncStatus.SUCCESS_NO_LICENSES: "The registry knows this producer and lists no licenses. Nothing is wrong.",
    SyncStatus.NIPR_TIMEOUT: "The registry did not answer in time. The nightly sync tries again by itself.",
    SyncStatus.NIPR_ERROR: "The registry refused. If it says so again tomorrow, check the connection's settings.",
    SyncStatus.INVALID_NPN: "The registry does not know this NPN. Correct it under Edit; names must match too.",
    SyncStatus.PROCESSING_ERROR: "The registry's answer could not be read. Press Sync now to read it again.",
    SyncStatus.RETRY_ERROR: "Several attempts failed. Press Sync now once the registry answers again.",
}


def next_step(producer: Producer) -> str:
    """What a person can do about the outcome of the last sync; empty when there is nothing to do."""
    if producer.dummy_npn:
        return "A dummy NPN is never sent to the registry; licenses of this agency are not read."
    if not producer.npn:
        return "Without an NPN nothing can be read from the registry. Add the NPN under Edit."
    if producer.tracking == Tracking.INACTIVE and producer.sync_status == SyncStatus.NOT_STARTED:
        return "Tracking is off and nothing has been read. Start tracking, or press Sync now to read it once."
    return NEXT_STEPS[producer.sync_status]


def lookup_price() -> str:
    """What one full report costs today, as people read it."""
    cents = RegistryConfig.from_settings().lookup_price(clock.today())
    return f"${cents / 100:.2f}"


ABBREVIATIONS = {
    **{part: part.upper() for part in ("adhs", "ce", "fein", "id", "npn", "ssn", "zip")},
    "cocode": "CoCode",
    "loa": "line",
}
NOTHING = "—"


def field_words(name: str) -> str:
    """A field as the desk calls it: ``ce_credits_needed`` -> ``CE credits needed``."""
    return " ".join(ABBREVIATIONS.get(part, part) for part in name.split("_"))


def value_words(value: Any) -> str:
    """A value as kept in a change; days read like everywhere else: 31 Mar 2027."""
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(part) for part in value)
    try:
        return f"{date.fromisoformat(value):%-d %b %Y}"
    except (TypeError, ValueError):
        return str(value)
