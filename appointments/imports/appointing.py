"""Rows that ask for appointments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from appointments.enums import TransactionKind
from appointments.imports.asking import (
    AGENT,
    COCODE,
    STATES,
    Asking,
    Reading,
    Request,
    Way,
    companies_on_file,
    no_such_company,
    no_such_states,
)
from appointments.imports.lines import LineWords
from appointments.imports.survey import AskedRow, as_asked
from appointments.models import CompanyState
from appointments.services.asking import known as knowledge
from appointments.services.asking.appointments import examine
from appointments.services.asking.drafts import Judged
from appointments.services.asking.judging import judge_appointments
from appointments.services.asking.known import Known
from appointments.services.asking.requests import AppointmentAsked, Faults
from core.imports.rows import UploadRow
from producers.enums import AgentType
from producers.states import state_names
from rulebook.selectors import load_rule_book


class Appointing(Way):
    """One request for appointments a state. ALL is every state in which the company appoints."""

    kind = TransactionKind.APPOINTMENT
    lines_column = "loa_category"
    columns = {
        "npn": AGENT,
        "state": STATES,
        "cocode": COCODE,
        "loa_categories": lines_column,
        "agent_type": "agent_type",
        "effective_date": "effective_date",
        "external_id": "external_id",
    }

    def asked(self, row: UploadRow, same: dict[Any, Any]) -> AskedRow | None:
        """A row without fault as values."""
        return as_asked(row, self.lines_column, same)

    def reading(self, rows: Sequence[AskedRow]) -> AppointmentReading:
        """At most four queries."""
        return AppointmentReading(rows)

    def examine(self, requests: Sequence[Request], faults: Faults) -> list[AppointmentAsked]:
        """Requests as values."""
        return examine(requests, faults)

    def known(self, asked: Sequence[AppointmentAsked]) -> Known:
        """What judging appointments takes."""
        return knowledge.for_appointments(asked, lock=False)

    def judge(self, known: Known, asked: Sequence[AppointmentAsked]) -> Judged:
        """Judge and price them."""
        return judge_appointments(known, asked)


class AppointmentReading(Reading):
    """States, companies and lines, by which rows become requests."""

    def __init__(self, rows: Sequence[AskedRow]) -> None:
        self.states = state_names()
        self.companies = {cocode: company.name for cocode, company in companies_on_file().items()}
        self.words = LineWords(load_rule_book(), categories_first=True)
        self.appointing = _appointing({row.cocode for row in rows if row.everywhere})

    def asking(self, row: AskedRow) -> Asking:
        """One request a state; of an unknown company or state, none at all."""
        faults = [] if row.everywhere else no_such_states(row.states, self.states)
        if row.cocode not in self.companies:
            faults.append(no_such_company(row.cocode, self.companies))
        states = self.appointing.get(row.cocode, []) if row.everywhere else row.states
        if not states and not faults:
            name = self.companies[row.cocode]
            text = f"{name} appoints in no state yet. Switch states on for it under Rules › Companies."
            faults.append((STATES, "no_state", text))
        if faults:
            return Asking(row, faults=faults)
        return Asking(row, [self._request(row, state) for state in states])

    def _request(self, row: AskedRow, state: str) -> Request:
        return {
            "npn": row.npn,
            "state": state,
            "cocode": row.cocode,
            "loa_categories": list(self.words.read(state, row.lines)),
            "agent_type": row.agent_type or AgentType.PRODUCER.value,
            "effective_date": row.effective_date,
            "external_id": row.external_id,
        }


def _appointing(cocodes: set[str]) -> dict[str, list[str]]:
    """The states in which companies appoint."""
    found: dict[str, list[str]] = {}
    if cocodes:
        rows = CompanyState.objects.filter(active=True, company__active=True, company__cocode__in=cocodes)
        for cocode, state in rows.order_by("state").values_list("company__cocode", "state"):
            found.setdefault(cocode, []).append(state)
    return found
