"""Some hundred or thousand producers and assignments, decided one by one and written together.

The rules are those of the services for one (``producers.services.validation``, ``producers.services.assignments``).
Deciding only reads, so a preview decides in the same way and then does not save.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.bulk import insert_values, reserve_ids, update_values
from core.errors import FieldError
from producers.models import Producer, ProducerAssignment
from producers.services.assignments import SAME_WHEN, KnownCodes, assignment_faults, known_codes
from producers.services.onboarding.people import NEW, READ, AssignmentKey, Person, read_people
from producers.services.validation import (
    SSN_ON_FILE,
    ProducerFields,
    check_clean_fields,
    ssn_hash,
)
from producers.signals import assignments_changed

EDITED = ("external_id", "first_name", "last_name", "email")
"""What may be changed of a producer on file, besides its agency and its social security number."""
WRITTEN = (*EDITED, "sort_name", "agency_id")
SSN_FIELDS = ("ssn", "ssn_hash", "ssn_last4")
_TOLD = [name for name in ProducerFields.__annotations__ if name != "agency"]
"""What the trail says of somebody new; it hides the number by itself."""
_PRODUCER = Producer._meta.label_lower


@dataclass(slots=True)
class Decision:
    """What becomes of a producer. Nothing has been changed by it yet; ``Batch.carry_out`` does that, in memory."""

    person: Person
    values: dict[str, Any]
    changes: dict[str, list[Any]]
    """``{field: [old, new]}``, agencies as Person or None, of a number on file and a new one the last four digits."""
    faults: list[FieldError]
    agency: Person | None = None


@dataclass(slots=True)
class Batch:
    """Producers by NPN, on file or about to be, and what they are judged with."""

    people: dict[str, Person]
    known: KnownCodes
    ssn_owners: dict[str, str | None]
    """NPNs by hash, of the numbers that were asked about and are on file or were given since."""
    ssn_hashes: dict[str, str] = field(default_factory=dict)
    created: list[Person] = field(default_factory=list)
    changed: dict[str, Person] = field(default_factory=dict)
    assigned: list[tuple[Person, AssignmentKey]] = field(default_factory=list)
    _verdicts: dict[AssignmentKey, list[FieldError]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, npns: Collection[str], *, ssns: Iterable[str] = (), cocodes: Collection[str] = (), lock: bool
    ) -> Batch:
        """Look up everybody and everything that rows name, with a constant number of queries."""
        people = read_people(npns, lock=lock)
        hashes = {ssn: ssn_hash(ssn) for ssn in ssns}
        owners = Producer.objects.filter(ssn_hash__among=hashes.values()).values_list("ssn_hash", "npn")
        return cls(people, known_codes(cocodes), dict(owners) if hashes else {}, hashes)

    def judge(self, fields: ProducerFields, agency: Person | None = None) -> Decision:
        """What these fields make of the producer with their NPN. ``agency`` goes beside them: it may be new itself.

        The fields are normalised, as the columns of an upload read them.
        """
        person = self.people.get(str(fields["npn"])) or Person(None, dict(NEW))
        values: dict[str, Any] = dict(fields)
        ssn = values.get("ssn")
        if ssn:
            values["ssn_hash"] = self.ssn_hashes.get(ssn) or ssn_hash(ssn)
        if agency is not None:
            values["agency"] = agency.as_agency()
        checked = check_clean_fields(values, person.values, pk=person.pk)
        values.pop("agency", None)
        if ssn and (fault := self.ssn_fault(ssn, values["npn"])):
            checked.faults.append(fault)
        changes = {
            name: [person.values[name], values[name]]
            for name in fields
            if name not in ("ssn", "agency") and (person.values[name] or "") != (values[name] or "")
        }
        if ssn and person.values["ssn_hash"] != values["ssn_hash"]:
            changes["ssn"] = [person.values["ssn_last4"], values["ssn_last4"]]
        if agency is not None and not _same(agency, person.agency):
            changes["agency"] = [person.agency, agency]
        return Decision(person, values, changes, checked.faults, agency)

    def ssn_fault(self, ssn: str, npn: str | None) -> FieldError | None:
        """A fault when somebody else has this social security number; it names nobody."""
        found = self.ssn_hashes.get(ssn) or ssn_hash(ssn)
        if found not in self.ssn_owners or (npn and self.ssn_owners[found] == npn):
            return None
        return {"path": "ssn", "code": "duplicate", "message": SSN_ON_FILE}

    def add(self, person: Person) -> None:
        """Take in somebody new."""
        self.people[person.npn] = person
        self.created.append(person)

    def carry_out(self, decision: Decision) -> Person:
        """Let the decision stand in this batch, so that the next one builds on it."""
        person = decision.person
        if not decision.changes:
            return person
        is_fresh = person.is_fresh
        if not person.is_new and person.before is None:
            person.before = {**person.values, "agency": person.agency}
            self.changed[person.npn] = person
        if person.before is not None and "ssn" in decision.changes:
            person.before.setdefault("ssn", person.values["ssn_last4"])
        person.values.update(decision.values)
        person.agency = decision.agency or person.agency
        if found := decision.values.get("ssn_hash"):
            self.ssn_owners[found] = person.npn
        if is_fresh:
            self.add(person)
        return person

    def assignment_faults(self, key: AssignmentKey) -> list[FieldError]:
        """What is wrong with an assignment; worked out once for all that say the same."""
        if key not in self._verdicts:
            self._verdicts[key] = assignment_faults(dict(zip(SAME_WHEN, key, strict=True)), self.known)
        return self._verdicts[key]

    def assign(self, person: Person, key: AssignmentKey) -> bool:
        """Give the producer an assignment, and say whether that is a new one."""
        if key in person.assignments:
            return False
        person.assignments[key] = None
        self.assigned.append((person, key))
        return True

    @transaction.atomic
    def save(self, *, actor: Actor, operation_id: UUID) -> None:
        """Write what was carried out: rows, audit entries, signal. Those who are new get their keys.

        Raises IntegrityError when somebody took an NPN or a social security number meanwhile: then nothing was
        written, and a fresh batch decides anew.
        """
        records = [*self._insert(), *self._update(), *self._assign()]
        subject = cache(_subject)  # most people have two entries
        audit.record_many(
            audit.AuditRecord(action, actor, subject(person), changes, operation_id=operation_id)
            for action, person, changes in records
        )
        if self.assigned:
            ids = {person.pk for person, _key in self.assigned}
            assignments_changed.send(ProducerAssignment, producer_ids=ids)

    def _insert(self) -> Iterator[Entry]:
        """In the order of their NPNs: two uploads of the same producers wait for one another, and never in a circle."""
        now = clock.now()
        newcomers = sorted(self.created, key=lambda person: person.npn)
        for person, pk in zip(newcomers, reserve_ids(Producer, len(newcomers)), strict=True):
            person.pk = pk
        rows = []
        for person in newcomers:
            values = _settled(person)
            rows.append(
                (
                    person.pk,
                    *map(values.__getitem__, READ),
                    values.get("ssn", ""),
                    values["sort_name"],
                    now,
                    now,
                )
            )
            yield "producer.created", person, _first_said(person)
        insert_values(Producer, ("id", *READ, "ssn", "sort_name", "created_at", "updated_at"), rows)

    def _update(self) -> Iterator[Entry]:
        now = clock.now()
        rows, numbers = [], []
        for person in self.changed.values():
            person.version += 1
            values = _settled(person)
            rows.append((person.pk, *map(values.__getitem__, WRITTEN), person.version, now))
            if "ssn" in (person.before or {}):
                numbers.append((person.pk, *map(values.__getitem__, SSN_FIELDS)))
            yield "producer.updated", person, _changes(person)
        update_values(Producer, (*WRITTEN, "version", "updated_at"), rows)
        update_values(Producer, SSN_FIELDS, numbers)

    def _assign(self) -> Iterator[Entry]:
        now = clock.now()
        rows = []
        ids = reserve_ids(ProducerAssignment, len(self.assigned))
        for pk, (person, key) in zip(ids, self.assigned, strict=True):
            person.assignments[key] = pk
            rows.append((pk, person.pk, *key, now, now))
            said = {name: [None, value] for name, value in zip(SAME_WHEN, key, strict=True)}
            yield "assignment.created", person, said
        insert_values(ProducerAssignment, ("id", "producer_id", *SAME_WHEN, "created_at", "updated_at"), rows)


Entry = tuple[str, Person, Mapping[str, list[Any]]]
"""An action, whom it is about, and what changed: an entry of the audit trail."""


def _settled(person: Person) -> dict[str, Any]:
    """The values to be written, now that whoever is new has a key."""
    person.values["agency_id"] = person.agency.pk if person.agency else None
    return person.values


def _subject(person: Person) -> audit.Subject:
    return audit.Subject(_PRODUCER, str(person.pk), person.display_name)


def _first_said(person: Person) -> dict[str, list[Any]]:
    said = {name: [None, value] for name in _TOLD if (value := person.values.get(name))}
    if person.agency:
        said["agency"] = [None, person.agency.display_name]
    return said


def _changes(person: Person) -> dict[str, list[Any]]:
    before = person.before or {}
    changes = {
        name: [before[name], person.values[name]] for name in EDITED if before[name] != person.values[name]
    }
    if before["agency"] is not person.agency and not _same(person.agency, before["agency"]):
        changes["agency"] = [_name(before["agency"]), _name(person.agency)]
    if "ssn" in before:
        changes["ssn"] = [before["ssn"], person.values["ssn_last4"]]
    return changes


def _same(agency: Person | None, other: Person | None) -> bool:
    """By NPN: an agency on file may have been read more than once."""
    return agency is not None and other is not None and agency.npn == other.npn


def _name(agency: Person | None) -> str:
    return agency.display_name if agency else ""
