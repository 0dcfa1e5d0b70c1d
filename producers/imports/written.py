"""What a good row of an upload about people does: shown column by column before, kept by ids afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.imports.resource import last_four
from core.imports.rows import UploadRow
from producers.services.onboarding import AssignmentKey, Decision, Person

FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "agent_email": "email",
    "agent_ssn": "ssn",
    "external_id": "external_id",
}
"""Fields of a producer by the columns that give them. ``agency_npn`` gives one too, in its own way."""


@dataclass(slots=True)
class Written:
    """What a row does that was found good: carried out in its batch, and saved if anybody saves that."""

    row: UploadRow
    person: Person
    agency: Person | None = None
    key: AssignmentKey | None = None
    made_person: bool = False
    made_agency: bool = False
    made_assignment: bool = False

    def effect(self) -> dict[str, Any]:
        """What came of the row, by ids. ``made`` names what was not there before."""
        made = {
            "producer": self.made_person,
            "agency": self.made_agency,
            "assignment": self.made_assignment,
        }
        effect: dict[str, Any] = {
            "producer": self.person.pk,
            "made": [name for name, is_made in made.items() if is_made],
        }
        if self.agency is not None:
            effect["agency"] = self.agency.pk
        if self.made_assignment and self.key is not None:
            effect["assignment"] = self.person.assignments[self.key]
        return effect


def changes_of(written: Written, decision: Decision, all_states: tuple[str, ...]) -> dict[str, list[str]]:
    """``{column: [old, new]}`` of what a row of the upload ``agent`` does."""
    changes = {}
    for column, name in FIELDS.items():
        if pair := decision.changes.get(name):
            changes[column] = [_last_four_of(each) for each in pair] if name == "ssn" else pair
    if written.made_person:
        changes["agent_npn"] = ["", written.person.npn]
    if pair := decision.changes.get("agency"):
        changes["agency_npn"] = [each.npn if each else "" for each in pair]
    if written.made_agency and written.agency is not None:
        changes["agency_name"] = ["", written.agency.values["company_name"]]
    if written.made_assignment and written.key is not None:
        changes |= assignment_changes(written.key, all_states)
    return changes


def assignment_changes(key: AssignmentKey, all_states: tuple[str, ...]) -> dict[str, list[str]]:
    """The same of an assignment that was not there before."""
    states, categories, cocodes, agent_type, scorecard_type = key
    shown = {
        "loa_category": ";".join(categories),
        "states": "ALL" if states == all_states else ";".join(states),
        "scorecard_type": scorecard_type,
        "agent_type": agent_type,
        "cocodes": ";".join(cocodes),
    }
    return {column: ["", text] for column, text in shown.items() if text}


def _last_four_of(end: str) -> str:
    """The last four digits as a number that is hidden is shown; nothing for none."""
    return last_four(f"00000{end}") if end else ""
