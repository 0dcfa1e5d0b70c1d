"""Further sheets of the template of terminations: which reasons each state takes, as the rule book stands."""

from __future__ import annotations

from collections.abc import Iterator

from appointments.models import DefaultTerminationReason
from core import clock
from core.imports.types import Sheet
from producers.states import state_choices
from rulebook.rules import termination_documents
from rulebook.rules.book import RuleBook
from rulebook.rules.reasons import ReasonBook, ReasonFact
from rulebook.selectors import load_reason_book, load_rule_book

TITLE = "termination_reason_key"
HEADER = (
    "state",
    "state_name",
    "termination_reason",
    "label",
    "taken_when_blank",
    "for_cause",
    "documents",
    "note",
)
_CAUSE = {"yes": "yes: a second person approves", "no": "no", "review": "may be: a second person approves"}
_NOT_KNOWN = "not known: a second person approves"


def termination_reason_key() -> Sheet:
    """State by state what may be written as ``termination_reason``, by slug or label."""
    defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
    reasons = load_reason_book(clock.today(), defaults)
    return Sheet(TITLE, HEADER, list(_rows(load_rule_book(), reasons)))


def _rows(book: RuleBook, reasons: ReasonBook) -> Iterator[tuple[str, ...]]:
    for state, name in state_choices():
        if reasons.takes_none(state):
            yield state, name, "", "", "", "", "", "Takes no reason: leave it blank."
            continue
        known = reasons.accepted(state) is not None
        for reason in reasons.offered(state):
            yield _row(book, reasons, state, name, reason, known=known)


def _row(
    book: RuleBook, reasons: ReasonBook, state: str, name: str, reason: ReasonFact, *, known: bool
) -> tuple[str, ...]:
    default = reasons.defaults.get(state) == reason.slug
    documents = termination_documents.required(book, state, reason, clock.today())
    return (
        state,
        name,
        reason.slug,
        reason.label,
        "yes" if default else "",
        _CAUSE.get(reason.for_cause, _NOT_KNOWN),
        "needed" if documents else "",
        "" if known else f"Which reasons {name} takes is not known.",
    )
