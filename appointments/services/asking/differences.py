"""What came out differently from a plan, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from appointments.enums import TransactionStatus
from appointments.models import BulkRequest
from appointments.services.asking import shelf
from appointments.services.asking.drafts import Draft, Judged, shown
from appointments.services.asking.entries import StoredDecisions, planned_entry

REFUSED = ("", 0)
"""Stands where a line would, for a row whose checkpoint failed."""
Outcome = tuple[str, str]
"""How a line came out, as compared and as people read it."""


class PlanChanged(Exception):
    """A chunk came out differently from what was shown; nothing of it is carried out."""

    def __init__(self, found: list[str], left: int) -> None:
        first = found[0] if found else "Something that the plan does not show has changed."
        more = f" So did {len(found) - 1} more." if len(found) > 1 else ""
        super().__init__(f"{first}{more} Rows not carried out: {left:,}. Make a fresh plan of them.")
        self.found = found


def differences(plan: BulkRequest, judged: Judged) -> list[str]:
    """A sentence for each line that has changed since the plan was made."""
    now = _now(plan, judged)
    rows = {draft.index for draft in judged.drafts} | set(judged.refusals)
    then = {entry["index"]: entry for entry in shelf.read(plan.plan, rows)}
    found: list[str] = []
    for index in sorted(rows):
        found += _of_row(index, _outcomes(then.get(index, {})), now.get(index, {}))
    return found


def _now(plan: BulkRequest, judged: Judged) -> dict[int, dict[tuple[str, int], Outcome]]:
    entries: dict[int, dict[str, Any]] = {
        index: {"error": refusal.as_json(), "transactions": []} for index, refusal in judged.refusals.items()
    }
    stored = StoredDecisions()
    visible: list[Draft] = shown(judged.drafts, show_ineligible=plan.show_ineligible)
    for draft in visible:
        entry = entries.setdefault(draft.index, {"error": None, "transactions": []})
        entry["transactions"].append(planned_entry(draft, stored))
    return {index: _outcomes(entry) for index, entry in entries.items()}


def _outcomes(entry: dict[str, Any]) -> dict[tuple[str, int], Outcome]:
    """By line; lines of one name are told apart by their order."""
    if entry.get("error"):
        return {REFUSED: (entry["error"]["code"], entry["error"]["message"])}
    found: dict[tuple[str, int], Outcome] = {}
    for line in entry.get("transactions", ()):
        name = line["loa"] or line["loa_code"]
        number = sum(key[0] == name for key in found)
        found[name, number] = _outcome(line)
    return found


def _outcome(line: dict[str, Any]) -> Outcome:
    status, reason = line["status"], line["eligibility_reason"]
    fees = f"{line['state_fee'] or 'billed by the state'} + {line['nipr_fee'] or 'billed later'}"
    words = f"{TransactionStatus(status).label}: {reason['text']} ({fees})"
    return f"{status} {reason['code']} {fees}", words


def _of_row(
    index: int, then: dict[tuple[str, int], Outcome], now: dict[tuple[str, int], Outcome]
) -> Iterator[str]:
    refused, was_refused = now.get(REFUSED), then.get(REFUSED)
    if refused and not was_refused:
        yield f"Row {index + 1} is refused now: {refused[1]}"
        return
    if was_refused and not refused:
        yield f"Row {index + 1} was refused and is not any more; it was told: {was_refused[1]}"
        return
    for line in dict.fromkeys((*then, *now)):
        before, after = then.get(line), now.get(line)
        if before is None or after is None or before[0] != after[0]:
            name = f", {line[0]}" if line[0] else ""
            was = before[1] if before else "not there"
            is_now = after[1] if after else "not there"
            yield f"Row {index + 1}{name} was “{was}” and is “{is_now}” now."
