"""Rows of a file that ask for the same thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from appointments.imports.survey import Said
from appointments.services.asking.drafts import Draft, Judged
from appointments.services.asking.twice import RULE

_TOLD_APART: Mapping[str, tuple[str, Callable[[Draft], Any]]] = {
    "reason": ("another reason", lambda draft: draft.termination_reason),
    "effective_date": ("another date", lambda draft: draft.effective_date),
    "agent_type": ("another agent type", lambda draft: draft.agent_type),
}


def asked_by(draft: Draft) -> int | None:
    """The index of the earlier request that asks for the same; None where none does."""
    last = draft.decisions[-1] if draft.decisions and draft.not_eligible else None
    return int(last.facts["row"]) - 1 if last is not None and last.rule == RULE else None


def contradictions(judged: Judged, owners: Sequence[int], columns: Mapping[str, str]) -> dict[int, Said]:
    """Rows that ask for the same thing differently, by their numbers: which of them is meant, a person has to say.

    ``owners`` are the numbers of the rows that requests are of.
    """
    first = {draft.key: draft for draft in judged.drafts if not draft.not_eligible}
    found: dict[int, Said] = {}
    for draft in judged.drafts:
        if asked_by(draft) is None:
            continue
        other = first[draft.key]
        mine, its = owners[draft.index], owners[other.index]
        field = next((name for name, (_words, of) in _TOLD_APART.items() if of(draft) != of(other)), "")
        if field and mine != its:
            found.setdefault(mine, _said(draft, its, field, columns))
            found.setdefault(its, _said(other, mine, field, columns))
    return found


def _said(draft: Draft, row: int, field: str, columns: Mapping[str, str]) -> Said:
    words, _of = _TOLD_APART[field]
    line = draft.loa or draft.loa_code or "without a line"
    text = f"Row {row} asks for the same ({draft.state}: {line}) with {words}. Keep one of the two."
    return columns.get(field, ""), "contradiction", text
