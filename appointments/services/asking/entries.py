"""One request and one transaction as the REST API tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from appointments.models import batch_number, dollars, transaction_number
from appointments.services.asking.drafts import Draft
from rulebook.decision import Decision

COLUMNS = (
    "pk",
    "batch_id",
    "request_index",
    "kind",
    "npn",
    "state",
    "cocode",
    "loa_code",
    "loa",
    "status",
    "eligibility_reason",
    "eligibility_text",
    "state_fee_cents",
    "nipr_fee_cents",
    "just_in_time",
    "decisions",
)
"""What of a transaction an answer is made of."""


class StoredDecisions:
    """Decisions as they are stored. Lines that share a decision share its stored form too."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Decision, dict[str, Any]]] = {}

    def __call__(self, decisions: Iterable[Decision]) -> list[dict[str, Any]]:
        return [self._one(decision) for decision in decisions]

    def _one(self, decision: Decision) -> dict[str, Any]:
        known = self._known.get(id(decision))
        if known is None:
            # The decision is kept beside its form, or its id could be given to another one.
            known = self._known[id(decision)] = decision, decision.as_dict()
        return known[1]


def written_entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """A transaction on file, from its ``COLUMNS``."""
    return {
        "id": transaction_number(row["pk"]),
        "kind": row["kind"],
        "npn": row["npn"],
        "state": row["state"],
        "cocode": row["cocode"],
        "loa_code": row["loa_code"],
        "loa": row["loa"],
        "status": row["status"],
        "eligibility_reason": {"code": row["eligibility_reason"], "text": row["eligibility_text"]},
        "state_fee": money(row["state_fee_cents"]),
        "nipr_fee": money(row["nipr_fee_cents"]),
        "just_in_time": row["just_in_time"],
        "decisions": row["decisions"],
    }


def planned_entry(draft: Draft, stored: StoredDecisions) -> dict[str, Any]:
    """A transaction that would be written: it has no number."""
    return {
        "id": None,
        "kind": draft.kind.value,
        "npn": draft.npn,
        "state": draft.state,
        "cocode": draft.cocode,
        "loa_code": draft.loa_code,
        "loa": draft.loa,
        "status": draft.status.value,
        "eligibility_reason": {"code": draft.reason_code, "text": draft.reason_text[:300]},
        "state_fee": money(draft.state_fee_cents),
        "nipr_fee": money(draft.nipr_fee_cents),
        "just_in_time": draft.just_in_time,
        "decisions": stored(draft.decisions),
    }


def request_entry(
    index: int,
    external_id: str,
    error: Mapping[str, str] | None,
    batch: int | None,
    transactions: Iterable[dict[str, Any]],
) -> dict[str, Any]:
    """One request with what came of it."""
    return {
        "index": index,
        "external_id": external_id or None,
        "error": dict(error) if error else None,
        "batch": batch_number(batch) if batch else None,
        "transactions": list(transactions),
    }


def planned_requests(
    asked: Sequence[tuple[int, str]], drafts: Iterable[Draft], errors: Mapping[int, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The requests of a chunk, by index and external id, as a plan keeps them."""
    by_row: dict[int, list[dict[str, Any]]] = {}
    stored = StoredDecisions()
    for draft in drafts:
        by_row.setdefault(draft.index, []).append(planned_entry(draft, stored))
    return [
        request_entry(index, external_id, errors.get(index), None, by_row.get(index, ()))
        for index, external_id in asked
    ]


def money(cents: int | None) -> str | None:
    """Dollars as text with two decimals; None stays None: not known, billed by the state."""
    return None if cents is None else str(dollars(cents))
