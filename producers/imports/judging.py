"""What rows about people come to: judged for a preview, or judged anew while they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.imports.enums import Outcome
from core.imports.rows import UploadRow
from producers.enums import AgentType, EntityType
from producers.imports.survey import PeopleSurvey, named_rows
from producers.imports.widgets import ALL_STATES
from producers.imports.written import FIELDS, Written, assignment_changes, changes_of
from producers.services.onboarding import AssignmentKey, Batch, Decision, Person
from producers.services.validation import ProducerFields
from producers.sync.biographic import same_to_a_reader

ASSIGNMENT_COLUMNS = ("loa_category", "states", "scorecard_type", "cocodes")
"""Any of these filled makes an assignment; an agent type alone makes none."""

_COLUMN_OF = {
    "loa_categories": "loa_category",
    "ssn": "agent_ssn",
    "email": "agent_email",
    "npn": "agent_npn",
}
_NEEDED = {
    "loa_category": "an LOA category",
    "states": "a state, or ALL",
    "scorecard_type": "a scorecard type",
}

_RIGHT_WOULD_BE = {
    "unknown_state": " A state is written with its two letters, such as OH; ALL means every one."
}
"""What the rules do not say by the code of a fault: they do not know that they judge a cell."""


class Judge:
    """Judges rows one after the other; each builds on what the good ones before it do.

    With a ``survey`` it judges for a preview, and says what contradicts elsewhere in the file.
    """

    def __init__(self, batch: Batch, survey: PeopleSurvey | None) -> None:
        self.batch = batch
        self.survey = survey
        self.all_states = tuple(sorted(batch.known.states))

    def agent(self, row: UploadRow) -> Written | None:
        """A row of the upload ``agent``. None when it has an error."""
        values = row.values
        npn = values.get("agent_npn")
        row.label = _label(values)
        if npn and self.survey is not None:
            self._look_elsewhere(row, npn, self.survey)
        if npn:
            self._refuse_firm(row, npn)
        agency = self._agency(row)
        key = self._assignment(row)
        decision = None
        if npn and not row.faulty:
            decision = self._decide(row, npn, agency)
        elif npn and (ssn := values.get("agent_ssn")) and not self._guessed(ssn):
            self._refuse_ssn(row, npn, ssn)
        return None if decision is None or row.faulty else self._carry_out(row, decision, agency, key)

    def assignment(self, row: UploadRow) -> Written | None:
        """A row of the upload ``assignment``."""
        npn = row.values.get("agent_npn")
        person = self.batch.people.get(npn) if npn else None
        row.label = f"{person.display_name} (NPN {npn})" if person else _label(row.values)
        if npn and person is None:
            message = f"Nobody with NPN {npn} is on file. Correct it, or onboard the producer first."
            row.fault("agent_npn", "unknown_producer", message)
        key = self._assignment(row)
        if row.faulty or person is None or key is None:
            return None
        written = Written(row, person, None, key, made_assignment=self.batch.assign(person, key))
        row.outcome = Outcome.NEW if written.made_assignment else Outcome.UNCHANGED
        row.changes = assignment_changes(key, self.all_states) if written.made_assignment else {}
        return written

    def _look_elsewhere(self, row: UploadRow, npn: str, survey: PeopleSurvey) -> None:
        ssn = row.values.get("agent_ssn", "")
        guessed = self._guessed(ssn)
        for column, sentence in survey.contradictions(npn, row.number):
            if not (guessed and column == "agent_ssn"):
                row.fault(column, "contradicts", sentence)
        if guessed:
            row.fault("agent_ssn", "same_end", guessed)
        elif ssn and (sentence := survey.shared_ssn(ssn, npn)):
            row.fault("agent_ssn", "same_ssn", sentence)
        if npn not in self.batch.people and npn != row.values.get("agency_npn"):
            self._refuse_both_kinds(row, "agent_npn", survey.rows_as_agency(npn), "an agency’s")

    def _refuse_both_kinds(self, row: UploadRow, column: str, rows: Sequence[int], as_whose: str) -> None:
        """An NPN nobody knows yet is a person's or an agency's; which, only the uploader can say."""
        if rows:
            others = named_rows(rows, row.number)
            message = f"The same NPN stands in {others} as {as_whose}. Correct whichever is wrong."
            row.fault(column, "person_or_agency", message)

    def _refuse_firm(self, row: UploadRow, npn: str) -> None:
        person = self.batch.people.get(npn)
        if person is not None and person.is_firm:
            message = f"NPN {npn} belongs to the agency {person.display_name}; a person’s NPN is needed here."
            row.fault("agent_npn", "is_an_agency", message)

    def _guessed(self, ssn: str) -> str:
        """Why nothing is said of a number: whether it is on file or elsewhere in the file would tell whose it is."""
        return self.survey.guessed(ssn) if ssn and self.survey is not None else ""

    def _refuse_ssn(self, row: UploadRow, npn: str, ssn: str) -> None:
        if fault := self.batch.ssn_fault(ssn, npn):
            row.fault("agent_ssn", fault["code"], fault["message"])

    def _agency(self, row: UploadRow) -> Person | None:
        npn = row.values.get("agency_npn")
        if npn is None:
            return None
        if npn == row.values.get("agent_npn"):
            row.fault("agency_npn", "own_agency", "A producer cannot be its own agency.")
            return None
        agency = self.batch.people.get(npn)
        if agency is None:
            return self._new_agency(row, npn)
        if not agency.is_firm:
            message = f"NPN {npn} belongs to {agency.display_name}, an individual, not an agency."
            row.fault("agency_npn", "not_an_agency", message)
            return None
        name, on_file = row.values.get("agency_name"), agency.values["company_name"]
        if name and not agency.is_new and not same_to_a_reader(name, on_file):
            message = f"The agency with this NPN is called “{on_file}” here; that stays as it is."
            row.warn("agency_name", "other_name", message)
        return agency

    def _new_agency(self, row: UploadRow, npn: str) -> Person | None:
        """An agency that is not on file, as it would come on file; not in the batch yet."""
        name = row.effect.get("agency_name") or row.values.get("agency_name", "")
        if self.survey is not None:
            self._refuse_both_kinds(row, "agency_npn", self.survey.rows_as_person(npn), "a person’s")
            seen = self.survey.agencies[npn]
            if seen.several:
                said = " and ".join(f"“{each}” in row {number}" for each, number in seen.several.values())
                message = f"The new agency with NPN {npn} is called {said}. Give it one name."
                row.fault("agency_name", "several_names", message)
                return None
            name = seen.name
        if not name:
            message = f"No agency with NPN {npn} is on file. Fill agency_name to add it, or correct the NPN."
            row.fault("agency_npn", "unknown_agency", message)
            return None
        return new_agency(npn, name)

    def _decide(self, row: UploadRow, npn: str, agency: Person | None) -> Decision:
        values = row.values
        fields: dict[str, Any] = {"npn": npn}
        for column, name in FIELDS.items():
            if column in values:
                fields[name] = values[column]
        decision = self.batch.judge(fields, agency)  # type: ignore[arg-type]  # names of ProducerFields, chosen above
        for fault in decision.faults:
            row.fault(_COLUMN_OF.get(fault["path"], fault["path"]), fault["code"], fault["message"])
        registry_name = decision.person.registry_name
        if registry_name and not same_to_a_reader(values["last_name"], registry_name):
            message = f"The last name at the registry is “{registry_name}”. Check the name and the NPN."
            row.warn("last_name", "registry_name", message)
        return decision

    def _carry_out(
        self, row: UploadRow, decision: Decision, agency: Person | None, key: AssignmentKey | None
    ) -> Written:
        batch = self.batch
        is_first = decision.person.is_fresh
        written = Written(row, decision.person, agency, key, made_person=is_first)
        if agency is not None and agency.is_new and agency.npn not in batch.people:
            batch.add(agency)
            written.made_agency = True
        person = batch.carry_out(decision)
        if key is not None:
            written.made_assignment = batch.assign(person, key)
        row.changes = changes_of(written, decision, self.all_states)
        row.outcome = Outcome.NEW if is_first else Outcome.UPDATE if row.changes else Outcome.UNCHANGED
        return written

    def _assignment(self, row: UploadRow) -> AssignmentKey | None:
        """The assignment a row asks for, None for none. What is missing or unknown is said at once."""
        values, cells = row.values, row.cells
        if not any(cells.get(column) for column in ASSIGNMENT_COLUMNS):
            return None
        missing = [column for column in _NEEDED if not cells.get(column)]
        for column in missing:
            if not any(each["column"] == column for each in row.problems):
                row.fault(column, "required", f"An assignment needs {_NEEDED[column]}.")
        states = values.get("states", ())
        key: AssignmentKey = (
            self.all_states if states is ALL_STATES or states == ALL_STATES else states,
            values.get("loa_category", ()),
            values.get("cocodes", ()),
            values.get("agent_type", AgentType.PRODUCER.value),
            values.get("scorecard_type", ""),
        )
        for fault in self.batch.assignment_faults(key):
            column = _COLUMN_OF.get(fault["path"], fault["path"])
            # A cell that is missing or could not be read has been spoken of.
            if column in values or (column == "cocodes" and not cells.get(column)):
                row.fault(column, fault["code"], fault["message"] + _RIGHT_WOULD_BE.get(fault["code"], ""))
        return key


def new_agency(npn: str, name: str) -> Person:
    """An agency that is not on file."""
    fields: ProducerFields = {"entity_type": EntityType.FIRM, "npn": npn, "company_name": name}
    return Person.newcomer(fields)


def names_in(rows: Iterable[UploadRow]) -> tuple[set[str], set[str], set[str]]:
    """NPNs, social security numbers and CoCodes that rows name."""
    npns: set[str] = set()
    ssns: set[str] = set()
    cocodes: set[str] = set()
    for row in rows:
        values = row.values
        npns.update(values[column] for column in ("agent_npn", "agency_npn") if column in values)
        if "agent_ssn" in values:
            ssns.add(values["agent_ssn"])
        cocodes.update(values.get("cocodes", ()))
    return npns, ssns, cocodes


def _label(values: Mapping[str, Any]) -> str:
    name = " ".join(values[column] for column in ("first_name", "last_name") if column in values)
    npn = values.get("agent_npn")
    return f"{name} (NPN {npn})".strip() if npn else name
