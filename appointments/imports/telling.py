"""What is said of a row: what would be asked for in each state, and why anything is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from appointments.enums import TransactionKind, TransactionStatus
from appointments.imports.survey import Said, Told
from appointments.services.asking.drafts import PAYABLE, Draft, Refusal
from core.imports.enums import Outcome
from core.words import money
from rulebook.rules.reasons import ReasonBook

COLUMN_OF_REFUSAL = {
    "npn_not_found": "agent_npn",
    "npn_not_synced": "agent_npn",
    "npn_not_active": "agent_npn",
}
ASKED_TWICE = "asked_twice"
NO_LINE = "Without a line"
_REASON_REQUIRED = "reason_required"
MOST_PLACES = 60
_WORDS = {
    TransactionStatus.READY_TO_SUBMIT: "ready",
    TransactionStatus.HELD: "held for first business",
    TransactionStatus.AWAITING_APPROVAL: "needs approval",
    TransactionStatus.RECORDED: "recorded here, nothing is filed",
}


@dataclass(slots=True)
class Found:
    """What the requests of one row came to."""

    drafts: list[Draft] = field(default_factory=list)
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)
    """With the state of the request."""
    already: set[int] = field(default_factory=set)
    """Places in ``drafts`` of refused ones that are so already."""
    twice: dict[int, int] = field(default_factory=dict)
    """Places in ``drafts`` of those that an earlier row asks for, with that row."""


def tell(found: Found, reasons: ReasonBook | None, lines_column: str) -> Told:
    """How a row is judged, by what became of its requests."""
    eligible = [draft for draft in found.drafts if not draft.not_eligible]
    if found.refusals and not found.drafts:
        return Told(Outcome.ERROR, faults=_refusals(found, lines_column))
    warnings = [*_refusals(found, lines_column), *_reasons(found)]
    if not eligible:
        done = len(found.already) + len(found.twice) == len(found.drafts) and not found.refusals
        return Told(Outcome.UNCHANGED if done else Outcome.SKIPPED, warnings=warnings)
    return Told(
        Outcome.NEW, warnings=warnings, changes=changes(eligible, reasons), foreseen=foreseen(eligible)
    )


def changes(drafts: Sequence[Draft], reasons: ReasonBook | None) -> dict[str, list[str]]:
    """By state what is there and what would be asked for: ``{"CA": ["", "Life: ready, $17.53"]}``."""
    told: dict[str, tuple[list[str], list[str]]] = {}
    for draft in drafts:
        before, after = told.setdefault(draft.state, ([], []))
        line = draft.loa or draft.loa_code or NO_LINE
        words = f"{_WORDS[draft.status]}{_price(draft)}"
        if draft.kind == TransactionKind.TERMINATION:
            before.append(f"{line}: appointed")
            why = (
                f" ({reasons.words(draft.termination_reason)})"
                if reasons and draft.termination_reason
                else ""
            )
            after.append(f"{line}: terminate{why}, {words}")
        else:
            after.append(f"{line}: {words}")
    return {state: ["; ".join(before), "; ".join(after)] for state, (before, after) in told.items()}


def foreseen(drafts: Iterable[Draft]) -> dict[str, int]:
    """What eligible ones would cost, as a plan counts it."""
    told = list(drafts)
    return {
        "transactions": len(told),
        "cost_cents": sum((draft.state_fee_cents or 0) + (draft.nipr_fee_cents or 0) for draft in told),
        "billed_later": sum(draft.state_fee_cents is None for draft in told),
    }


def _price(draft: Draft) -> str:
    if draft.status not in PAYABLE:
        return ""
    cents = (draft.state_fee_cents or 0) + (draft.nipr_fee_cents or 0)
    return f", {money(cents)}{' + state fee billed later' if draft.state_fee_cents is None else ''}"


def _refusals(found: Found, lines_column: str) -> list[Said]:
    """Each refusal once, however many states it is for."""
    once = {refusal.message: refusal for _state, refusal in found.refusals}
    return [
        (COLUMN_OF_REFUSAL.get(refusal.code, lines_column), refusal.code, refusal.message)
        for refusal in once.values()
    ]


def _reasons(found: Found) -> list[Said]:
    """Why some are not eligible: each reason once, with its states, its lines and what to do."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    for index, draft in enumerate(found.drafts):
        if draft.not_eligible:
            row = found.twice.get(index)
            text = f"Row {row} of this file asks for it already" if row else draft.reason_text
            groups.setdefault((ASKED_TWICE if row else draft.reason_code, text), []).append(draft)
    return [
        ("termination_reason" if code == _REASON_REQUIRED else "", code, _sentence(text, drafts))
        for (code, text), drafts in groups.items()
    ]


def _sentence(text: str, drafts: Sequence[Draft]) -> str:
    states = list(dict.fromkeys(draft.state for draft in drafts))
    lines = list(dict.fromkeys(draft.loa or draft.loa_code for draft in drafts))
    lines = [line or NO_LINE for line in lines] if any(lines) else []
    where = ", ".join(states[:MOST_PLACES]) + ("…" if len(states) > MOST_PLACES else "")
    which = f" ({'; '.join(lines[:8])}{'; …' if len(lines) > 8 else ''})" if lines else ""
    fixes = _fixes(drafts, where)
    details = list(dict.fromkeys(detail for draft in drafts if (detail := detail_of(draft))))
    detail = f" {details[0]}" if len(details) == 1 else ""
    fix = f" {'; '.join(fixes[:3])}." if fixes and not text.startswith("Row ") else ""
    return f"{where}: {text}{which}.{detail if fix or detail else ''}{fix}"


def _fixes(drafts: Sequence[Draft], where: str) -> list[str]:
    """What would mend it, each once, in words that fit a file."""
    if any(draft.reason_code == _REASON_REQUIRED for draft in drafts):
        return [f"Set a default reason for {where} under Rules › Default reasons, or fill termination_reason"]
    return list(dict.fromkeys(fix for draft in drafts if (fix := fix_of(draft))))


def fix_of(draft: Draft) -> str:
    """What would mend it, by the decision that settled it."""
    return next((decision.fix.text for decision in reversed(draft.decisions) if decision.fix), "")


def detail_of(draft: Draft) -> str:
    """The sentence of the decision that settled it."""
    last = draft.decisions[-1] if draft.decisions else None
    return last.text if last is not None and last.rule != ASKED_TWICE else ""
