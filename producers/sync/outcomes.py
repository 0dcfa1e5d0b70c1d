"""How a sync ends for one producer: a status, and what to do next where there is something to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nipr import errors
from nipr.wire import messages
from producers.enums import SYNCED, SyncStatus
from producers.models import Producer


@dataclass(frozen=True, slots=True)
class Outcome:
    """One producer's part in a run."""

    producer_id: int
    status: SyncStatus
    remark: str = ""
    """Shown on the producer; blank when there is nothing to add to the status."""
    summary: str = ""
    """Shown in the run: how much was read or changed."""
    changes: int = 0
    changed: bool = False
    skipped: bool = False
    """Somebody else is at work on it: its status is theirs to write."""

    @property
    def failed(self) -> bool:
        return not self.skipped and self.status not in SYNCED

    @property
    def message(self) -> str:
        return " ".join(part for part in (self.summary, self.remark) if part)


_REFUSALS: dict[type[errors.RegistryError], tuple[SyncStatus, str]] = {
    errors.UnknownNpn: (SyncStatus.INVALID_NPN, "Correct the NPN, then sync again."),
    errors.InvalidNpn: (SyncStatus.INVALID_NPN, "Correct the NPN, then sync again."),
    errors.RegistryTimeout: (SyncStatus.NIPR_TIMEOUT, "The nightly sync tries again; or press Sync later."),
    errors.RegistryUnavailable: (
        SyncStatus.RETRY_ERROR,
        "The nightly sync tries again; or press Sync later.",
    ),
    errors.WrongCredentials: (
        SyncStatus.NIPR_ERROR,
        "Then sync again.",
    ),
    errors.WrongAddress: (SyncStatus.NIPR_ERROR, "Then sync again."),
    errors.WrongEntity: (SyncStatus.NIPR_ERROR, "Nothing of it was kept. Check the NPN, then sync again."),
    errors.UnreadableReply: (
        SyncStatus.NIPR_ERROR,
        "The facts stay as they were. The nightly sync tries again; if it keeps failing, ask the registry.",
    ),
}
_OTHER_REFUSAL = (SyncStatus.NIPR_ERROR, "The facts stay as they were. Press Sync to try again.")


def refused(producer_id: int, error: errors.RegistryError) -> Outcome:
    """The registry gave no report."""
    kinds = (_REFUSALS[kind] for kind in type(error).__mro__ if kind in _REFUSALS)
    status, what_next = next(kinds, _OTHER_REFUSAL)
    return Outcome(producer_id, status, f"{error.message} {what_next}")


def cannot_be_kept(producer_id: int, error: Exception) -> Outcome:
    """The report was read but does not fit. A ValueError of ours is a sentence; a database's complaint is not."""
    reason = str(error) if type(error) is ValueError else "The report has values that cannot be stored."
    what_next = "Nothing of it was kept. Ask the state to correct it, or report it; then sync again."
    return Outcome(producer_id, SyncStatus.PROCESSING_ERROR, f"{reason} {what_next}")


def taken_over(producer_id: int) -> Outcome:
    """Another sync claimed the producer meanwhile."""
    return Outcome(
        producer_id, SyncStatus.PROCESSING, summary="Another sync is at work on this producer.", skipped=True
    )


def not_on_registry(producer_id: int, npn: str | None) -> Outcome:
    """A producer that cannot be asked about."""
    reason = (
        "A dummy NPN is never sent to the registry." if npn else "There is no NPN on file: add it, then sync."
    )
    return Outcome(producer_id, SyncStatus.NOT_STARTED, reason, skipped=True)


def unchanged(producer_id: int, report: messages.EntityReport, remark: str) -> Outcome:
    return Outcome(producer_id, _success(bool(report.licenses)), remark, "No changes.")


def written(
    producer_id: int,
    report: messages.EntityReport,
    *,
    changes: int,
    is_first_load: bool,
    changed: bool,
    remark: str,
) -> Outcome:
    summary = _first_load(report) if is_first_load else counted(changes, "change")
    return Outcome(
        producer_id,
        _success(bool(report.licenses)),
        remark,
        f"{summary[0].upper()}{summary[1:]}.",
        changes,
        changed,
    )


def alerted(producer_id: int, *, has_licenses: bool, changes: int, changed: bool, remark: str) -> Outcome:
    """An alert was applied."""
    summary = f"{counted(changes, 'change')}.".capitalize()
    return Outcome(producer_id, _success(has_licenses), remark, summary, changes, changed)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s" if number else f"no {noun}s"


def _first_load(report: messages.EntityReport) -> str:
    lines = sum(len(license_.lines) for license_ in report.licenses)
    return (
        f"First load: {counted(len(report.licenses), 'license')}, {counted(lines, 'line')}, "
        f"{counted(len(report.appointments), 'appointment')}"
    )


def _success(has_licenses: bool) -> SyncStatus:
    return SyncStatus.SUCCESS if has_licenses else SyncStatus.SUCCESS_NO_LICENSES


def record(outcomes: Iterable[Outcome], *, known_at: datetime, full_report: bool) -> None:
    """Put statuses on the producers: one statement a plain status, two for all that have something to remark."""
    plain: defaultdict[SyncStatus, list[int]] = defaultdict(list)
    remarked: list[Outcome] = []
    for outcome in outcomes:
        if outcome.remark and not outcome.skipped:
            remarked.append(outcome)
        elif not outcome.skipped:
            plain[outcome.status].append(outcome.producer_id)
    fresh = {"last_synced_at": known_at} | ({"last_report_at": known_at} if full_report else {})
    for status, ids in plain.items():
        Producer.objects.filter(pk__in=ids).update(
            sync_status=status,
            sync_message="",
            sync_status_at=known_at,
            **(fresh if status in SYNCED else {}),
        )
    if remarked:
        _record_remarks(remarked, known_at, fresh)


def _record_remarks(remarked: list[Outcome], known_at: datetime, fresh: dict[str, datetime]) -> None:
    rows = [
        Producer(
            pk=outcome.producer_id,
            sync_status=outcome.status,
            sync_message=outcome.remark[:500],
            sync_status_at=known_at,
        )
        for outcome in remarked
    ]
    Producer.objects.bulk_update(rows, ["sync_status", "sync_message", "sync_status_at"])
    synced = [outcome.producer_id for outcome in remarked if outcome.status in SYNCED]
    Producer.objects.filter(pk__in=synced).update(**fresh)
