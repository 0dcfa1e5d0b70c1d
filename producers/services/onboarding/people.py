"""Producers as onboarding knows them: what is on file of them, read for many at once, or what is about to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from core.errors import InvalidInput
from producers.enums import EntityType
from producers.models import Producer, ProducerAssignment, SyncState
from producers.models.producer import shown_name
from producers.services.assignments import SAME_WHEN
from producers.services.validation import ProducerFields, check_fields

_FIRM = EntityType.FIRM.value

AssignmentKey = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str]
"""What an assignment says, in the order of ``SAME_WHEN``: equal for the same assignment."""

READ = (
    "entity_type",
    "npn",
    "dummy_npn",
    "external_id",
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "company_name",
    "email",
    "ssn_hash",
    "ssn_last4",
    "agency_id",
    "tracking",
)
"""What is looked at of a producer on file. The number itself is not decrypted: its hash says whether it is the same."""

NEW: Mapping[str, Any] = {
    field.attname: field.get_default() for field in Producer._meta.concrete_fields if field.attname in READ
} | {"npn": ""}
"""A producer of whom nothing has been said."""


@dataclass(slots=True, eq=False)
class Person:
    """An individual or an agency. ``pk`` is None until it is on file."""

    pk: int | None
    values: dict[str, Any]
    version: int = 1
    registry_name: str = ""
    """The surname the registry last gave; blank while it has not been read."""
    agency: Person | None = None
    """Who stands behind ``agency_id``, or will."""
    assignments: dict[AssignmentKey, int | None] = field(default_factory=dict)
    """Running ones, with their ids; None for those about to be."""
    before: dict[str, Any] | None = None
    """The values on file, once some were changed; None while nothing was."""
    record: Producer | None = None

    @property
    def npn(self) -> str:
        """Blank for an agency that has none."""
        return self.values["npn"] or ""

    @classmethod
    def newcomer(cls, fields: ProducerFields) -> Self:
        """Somebody who is not on file. Raises InvalidInput like the service for one."""
        checked = check_fields(fields, NEW, pk=None)
        if checked.faults:
            raise InvalidInput(checked.faults)
        return cls(None, {**NEW, **checked.values})

    @property
    def is_new(self) -> bool:
        return self.pk is None

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has been decided of somebody new."""
        return self.pk is None and not self.values["npn"]

    @property
    def is_firm(self) -> bool:
        return bool(self.values["entity_type"] == _FIRM)

    @property
    def display_name(self) -> str:
        """As screens show it."""
        values = self.values
        parts = (values["first_name"], values["middle_name"], values["last_name"], values["suffix"])
        return shown_name(values["company_name"] if self.is_firm else None, parts, self.npn or self.pk)

    def as_agency(self) -> Producer:
        """As rules about agencies want it; made once."""
        if self.record is None:
            names = ("entity_type", "npn", "company_name", "first_name", "last_name")
            self.record = Producer(pk=self.pk, **{name: self.values[name] for name in names})
        return self.record


def assignment_key(said: Mapping[str, Any]) -> AssignmentKey:
    """The key of an assignment's fields."""
    states, categories, cocodes, agent_type, scorecard_type = (said[name] for name in SAME_WHEN)
    return tuple(states), tuple(categories), tuple(cocodes), agent_type, scorecard_type


def read_people(npns: Collection[str], *, lock: bool) -> dict[str, Person]:
    """Producers by NPN with their agencies, running assignments and what the registry calls them: four queries.

    ``lock`` keeps everybody else from changing them until the transaction ends.
    """
    rows = Producer.objects.filter(npn__among=npns).order_by("pk")
    if lock:
        rows = rows.select_for_update()
    people = {person.npn: person for person in _persons(rows)}
    by_id = {person.pk: person for person in people.values()}
    further = {person.values["agency_id"] for person in people.values()} - by_id.keys() - {None}
    if further:
        by_id |= {person.pk: person for person in _persons(Producer.objects.filter(pk__in=further))}
    for person in people.values():
        person.agency = by_id.get(person.values["agency_id"])
    _read_assignments(by_id)
    _read_registry_names(by_id)
    return people


def _persons(rows: Any) -> Iterable[Person]:
    for pk, version, *values in rows.values_list("pk", "version", *READ):
        yield Person(pk, dict(zip(READ, values, strict=True)), version)


def _read_assignments(by_id: Mapping[int | None, Person]) -> None:
    running = ProducerAssignment.objects.filter(producer__pk__among=by_id.keys(), ended_at=None).order_by(
        "-pk"
    )
    for pk, producer_id, *said in running.values_list("pk", "producer_id", *SAME_WHEN):
        # The oldest of equal ones is the one that the others repeat.
        by_id[producer_id].assignments[assignment_key(dict(zip(SAME_WHEN, said, strict=True)))] = pk


def _read_registry_names(by_id: Mapping[int | None, Person]) -> None:
    read = SyncState.objects.filter(producer__pk__among=by_id.keys(), producer__last_report_at__isnull=False)
    for producer_id, values in read.values_list("producer_id", "registry_values"):
        by_id[producer_id].registry_name = values.get("last_name", "")
