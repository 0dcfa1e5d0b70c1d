"""Asking for licenses and renewals, one or ten thousand at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from appointments.enums import LICENSING, TransactionKind
from appointments.models import BulkRequest
from appointments.services.asking.drafts import Judged
from appointments.services.asking.requests import AT_ONCE, Asked
from appointments.services.asking.running import register_way
from appointments.services.asking.sets import begin
from appointments.services.licensing.judging import judge_applications, judge_renewals
from appointments.services.licensing.known import for_licenses
from appointments.services.licensing.requests import kept_applications, kept_renewals, read_requests
from core.actor import Actor
from core.errors import InvalidInput
from producers.states import state_names

_JUDGES: dict[TransactionKind, Any] = {
    TransactionKind.LICENSE_APPLICATION: judge_applications,
    TransactionKind.LICENSE_RENEWAL: judge_renewals,
}

register_way(TransactionKind.LICENSE_APPLICATION, kept_applications, for_licenses, judge_applications)
register_way(TransactionKind.LICENSE_RENEWAL, kept_renewals, for_licenses, judge_renewals)


def ask_license_requests(
    kind: TransactionKind | str,
    requests: Sequence[Mapping[str, Any]],
    *,
    dry_run: bool = False,
    submit: bool = False,
    show_ineligible: bool = True,
    actor: Actor,
    wait: bool = False,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Judge, price and write license applications or renewals for 1 to 10,000 requests; ``dry_run`` only plans them.

    An application names ``npn, state, loa_categories, agent_type``; a renewal ``npn, state, license_number`` and, where
    a number has several classes, ``license_class_code``; both may have an ``external_id``. One transaction a license.
    With ``wait`` up to 100 come back done, more are done by a job. Raises InvalidInput with a path for each fault
    before anything is written, and NotAllowed when the actor may not ask, or not submit.
    """
    kind = _licensing(kind)
    rows = [row.as_json() for row in read_requests(kind, requests, state_names())]
    flags = {"submit": submit, "dry_run": dry_run, "show_ineligible": show_ineligible}
    return begin(kind, rows, actor=actor, wait=wait, bulk_id=bulk_id, flags=flags)


def preview(kind: TransactionKind | str, requests: Sequence[Mapping[str, Any]]) -> Judged:
    """What at most 100 requests would come to now; nothing is written or kept."""
    kind = _licensing(kind)
    if not requests:
        return Judged()
    if len(requests) > AT_ONCE:
        raise InvalidInput([_fault(f"At most {AT_ONCE} are looked at at once; choose fewer.")])
    asked: list[Asked] = read_requests(kind, requests, state_names())
    judged: Judged = _JUDGES[kind](for_licenses(asked, lock=False), asked)
    return judged


def _licensing(kind: TransactionKind | str) -> TransactionKind:
    if kind not in LICENSING:
        raise InvalidInput([_fault(f"“{str(kind)[:30]}” is none of {', '.join(LICENSING)}.", "kind")])
    return TransactionKind(kind)


def _fault(message: str, path: str = "requests") -> Any:
    return {"path": path, "code": "invalid", "message": message}
