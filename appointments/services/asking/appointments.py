"""Asking for appointments, one or ten thousand at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from appointments.enums import TransactionKind
from appointments.facts import business_rules
from appointments.models import BulkRequest
from appointments.services.asking.requests import (
    AppointmentAsked,
    Faults,
    check_lines,
    read_appointments,
)
from appointments.services.asking.sets import begin
from core.actor import Actor
from producers.states import state_names
from rulebook.rules.appointment_lines import CATEGORIES, pick, supported_lines
from rulebook.rules.book import COUNTRY, RuleBook, normalised
from rulebook.rules.facts import BusinessRuleFact
from rulebook.selectors import load_rule_book


def ask_appointments(
    requests: Sequence[Mapping[str, Any]],
    *,
    submit: bool = False,
    submit_just_in_time: bool = False,
    dry_run: bool = False,
    show_ineligible: bool = True,
    actor: Actor,
    wait: bool = False,
    bulk_id: UUID | None = None,
) -> BulkRequest:
    """Judge, price and write appointments for 1 to 10,000 requests; with ``dry_run`` only plan them.

    With ``wait`` up to 100 are done at once and come back done; else a job does them. Raises InvalidInput, with a
    path for each fault, before anything is written, and NotAllowed when the actor may not ask, or not submit.
    ``bulk_id`` is the id of the request set, for a caller with one that must never be used twice.
    """
    return begin(
        TransactionKind.APPOINTMENT,
        [row.as_json() for row in read(requests)],
        actor=actor,
        wait=wait,
        bulk_id=bulk_id,
        flags={
            "submit": submit,
            "submit_just_in_time": submit_just_in_time,
            "dry_run": dry_run,
            "show_ineligible": show_ineligible,
        },
    )


def read(requests: Sequence[Mapping[str, Any]]) -> list[AppointmentAsked]:
    """The requests as values; InvalidInput with everything that is wrong with any of them."""
    faults = Faults()
    asked = examine(requests, faults)
    faults.refuse()
    return asked


def examine(requests: Sequence[Mapping[str, Any]], faults: Faults) -> list[AppointmentAsked]:
    """The requests as values, one for each; everything that is wrong with any of them is added to ``faults``."""
    asked = read_appointments(requests, state_names(), faults)
    lines = _Lines(asked)
    check_lines(asked, lines.known, faults)
    return asked


class _Lines:
    """Whether a value names a category or a line: one that the organisation does business in, or any of the state."""

    def __init__(self, asked: Sequence[AppointmentAsked]) -> None:
        self.book: RuleBook = load_rule_book()
        self.rules: dict[str, list[BusinessRuleFact]] = business_rules({row.state for row in asked})

    def known(self, row: AppointmentAsked, value: str) -> bool:
        if value in CATEGORIES:
            return True
        supported = supported_lines(self.book, self.rules.get(row.state, ()), row.state, row.agent_type)
        return not pick(supported, [value]).unknown or self._in_library(row.state, value)

    def _in_library(self, state: str, value: str) -> bool:
        """A line of the state that is not among the business rules is no mistake in the request."""
        places = (state, COUNTRY)
        by_code = any((place, value) in self.book.lines for place in places)
        return by_code or any((place, normalised(value)) in self.book.named_lines for place in places)
