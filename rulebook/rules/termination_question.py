"""What the termination rules are asked: may this appointment be ended, for this reason, on this day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rulebook.rules.book import normalised
from rulebook.rules.facts import AppointmentFact, OpenTransactionFact


@dataclass(frozen=True, slots=True)
class TerminationQuestion:
    """One appointment, by state, company, line and county. Neither code nor name: one that names no line.

    The reason is a slug or a label, or blank. No date lets the state set its own.
    """

    state: str
    cocode: str
    loa_code: str = ""
    loa: str = ""
    county: str = ""
    reason: str = ""
    effective_date: date | None = None
    fein: str = ""
    """The company's, by which an appointment without CoCode is known."""

    @property
    def what(self) -> str:
        return self.loa or (f"line {self.loa_code}" if self.loa_code else "an appointment without line")

    def is_about(self, fact: AppointmentFact | OpenTransactionFact) -> bool:
        """Whether a fact of the same state and company is of this line and county."""
        if fact.county != self.county:
            return False
        if self.loa_code and fact.loa_code:
            return self.loa_code == fact.loa_code
        mine, its = normalised(self.loa), normalised(fact.loa)
        if mine or its:
            return mine == its
        return not self.loa_code and not fact.loa_code
