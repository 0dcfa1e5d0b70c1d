"""May this producer sell there, for that company, on that day, as far as was known at that moment?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from appointments.facts import company_facts, full_facts
from core import clock
from producers.models import Producer
from rulebook.rules.appointment_question import AppointmentQuestion
from rulebook.rules.holdings import Holdings
from rulebook.rules.vocabulary import AgentType
from rulebook.selectors import load_rule_book
from scorecards.enums import AppointmentCellStatus, LicenseCellStatus
from scorecards.packing import cell_as_dict
from scorecards.scoring import Cell, appointment_cell, license_cell

LICENSED = (LicenseCellStatus.LICENSED, LicenseCellStatus.RENEW)
APPOINTED = (AppointmentCellStatus.APPOINTED, AppointmentCellStatus.NOT_REQUIRED)


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer with both cells it rests on; without a company there is no appointment to ask about."""

    license: Cell
    appointment: Cell | None

    @property
    def allowed(self) -> bool:
        appointed = self.appointment is None or self.appointment.status in APPOINTED
        return self.license.status in LICENSED and appointed

    def as_dict(self) -> dict[str, Any]:
        cells = [self.license, *([self.appointment] if self.appointment else [])]
        return {
            "allowed": self.allowed,
            "license": cell_as_dict(self.license),
            "appointment": cell_as_dict(self.appointment) if self.appointment else None,
            "decisions": [decision.as_dict() for cell in cells for decision in cell.decisions],
        }


def standing(  # noqa: PLR0917 - these are the words of the question, in the order people ask it
    producer: Producer,
    state: str,
    category: str,
    cocode: str = "",
    on: date | None = None,
    known_at: datetime | None = None,
    *,
    agent_type: str = AgentType.PRODUCER,
) -> Standing:
    """Judged on a day (today), by the facts known at a moment (now). Assignments play no part in it."""
    facts = full_facts([producer.pk], known_at=known_at)[producer.pk]
    held = Holdings(facts, load_rule_book(), on or clock.today())
    appointment = None
    if cocode:
        question = AppointmentQuestion(state, cocode, frozenset({category}), agent_type)
        company = company_facts([cocode]).get(cocode)
        appointment = appointment_cell(question, category, held, company)
    return Standing(license_cell(held, state, category, agent_type), appointment)
