"""What a producer should hold is said, changed and ended here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db import transaction

from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict, FieldError, InvalidInput
from producers.directory import company_names
from producers.enums import AgentType, ScorecardType
from producers.identity import plain
from producers.models import Producer, ProducerAssignment
from producers.services.records import refuse_stale
from producers.signals import assignments_changed
from producers.states import state_names
from rulebook.rules.vocabulary import LoaCategory


class AssignmentFields(TypedDict, total=False):
    """What may be said about an assignment. Absent means unchanged, or the default of a new one."""

    states: Collection[str]
    loa_categories: Collection[str]
    cocodes: Collection[str]
    agent_type: str
    scorecard_type: str
    external_id: str


SAME_WHEN = ("states", "loa_categories", "cocodes", "agent_type", "scorecard_type")
"""Two running assignments of a producer that agree in these are one assignment."""

ASSIGNABLE_CATEGORIES = tuple(each for each in LoaCategory if each is not LoaCategory.NOT_APPLICABLE)
_ASSIGNABLE = frozenset(ASSIGNABLE_CATEGORIES)
# Enums make their values anew each time they are asked.
_AGENT_TYPES, _SCORECARD_TYPES = frozenset(AgentType.values), frozenset(ScorecardType.values)


@transaction.atomic
def create_assignment(producer_id: int, fields: AssignmentFields, *, actor: Actor) -> ProducerAssignment:
    """Give a producer an assignment. The same assignment again changes nothing and answers with the first."""
    producer = Producer.objects.select_for_update().defer("ssn", "birth_date").get(pk=producer_id)
    assignment = ProducerAssignment(producer=producer)
    _apply(assignment, fields)
    running = producer.assignments.filter(ended_at__isnull=True).order_by("pk")
    for other in running:
        if _said(other) == _said(assignment):
            return other
    assignment.save(force_insert=True)
    _tell("assignment.created", assignment, actor, {name: [None, v] for name, v in _said(assignment).items()})
    return assignment


@transaction.atomic
def update_assignment(
    assignment_id: int, fields: AssignmentFields, *, actor: Actor, expected_version: int | None = None
) -> ProducerAssignment:
    """Change a running assignment."""
    assignment = _running(assignment_id)
    refuse_stale(assignment, expected_version)
    before, external_id = _said(assignment), assignment.external_id
    _apply(assignment, fields)
    changes = {
        name: [before[name], value] for name, value in _said(assignment).items() if before[name] != value
    }
    if assignment.external_id != external_id:
        changes["external_id"] = [external_id, assignment.external_id]
    if changes:
        assignment.version += 1
        assignment.save()
        _tell("assignment.updated", assignment, actor, changes)
    return assignment


@transaction.atomic
def end_assignment(assignment_id: int, *, actor: Actor, reason: str = "") -> ProducerAssignment:
    """End a running assignment. It stays on file, so that yesterday's scorecard still explains itself."""
    assignment = _running(assignment_id)
    assignment.ended_at = clock.now()
    assignment.version += 1
    assignment.save(update_fields=["ended_at", "version", "updated_at"])
    _tell(
        "assignment.ended", assignment, actor, {"ended_at": [None, assignment.ended_at.isoformat()]}, reason
    )
    return assignment


def check_assignment(fields: AssignmentFields) -> ProducerAssignment:
    """The assignment as it would be saved, for a preview; raises InvalidInput like the writes do."""
    assignment = ProducerAssignment()
    _apply(assignment, fields)
    return assignment


def _running(assignment_id: int) -> ProducerAssignment:
    assignment = ProducerAssignment.objects.select_for_update().get(pk=assignment_id)
    if assignment.ended_at is not None:
        raise Conflict("This assignment has ended.", "Add a new assignment instead.", code="assignment_ended")
    return assignment


def _apply(assignment: ProducerAssignment, fields: AssignmentFields) -> None:
    for name, value in fields.items():
        setattr(assignment, name, plain(value) if isinstance(value, str) else value)
    assignment.states = distinct(state.upper() for state in assignment.states)
    assignment.loa_categories = distinct(assignment.loa_categories)
    assignment.cocodes = distinct(assignment.cocodes)
    faults = assignment_faults(_said(assignment), known_codes(assignment.cocodes))
    if faults:
        raise InvalidInput(faults)


def distinct(codes: Iterable[str]) -> list[str]:
    """Codes as an assignment keeps them: trimmed, each once, in order."""
    return sorted({plain(code) for code in codes} - {""})


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """States there are, and companies on file, with their names by code."""

    states: Mapping[str, str]
    companies: Mapping[str, str]


def known_codes(cocodes: Collection[str]) -> KnownCodes:
    """What assignments that name these companies are judged with: two queries, however many are judged."""
    return KnownCodes(state_names(), company_names(cocodes) if cocodes else {})


def assignment_faults(said: Mapping[str, Any], known: KnownCodes) -> list[FieldError]:
    """Everything wrong with what an assignment says in the fields of :data:`SAME_WHEN`."""
    return [*_unknown_codes(said, known), *_wrong_choices(said)]


def _unknown_codes(said: Mapping[str, Any], known: KnownCodes) -> Iterable[FieldError]:
    unknown_states = [state for state in said["states"] if state not in known.states]
    if unknown_states:
        yield _fault("states", "unknown_state", f"There is no state {_list(unknown_states)}.")
    categories = [name for name in said["loa_categories"] if name not in _ASSIGNABLE]
    if categories:
        yield _fault("loa_categories", "unknown_category", f"There is no LOA category {_list(categories)}.")
    companies = [cocode for cocode in said["cocodes"] if cocode not in known.companies]
    if companies:
        sentence = f"No company with CoCode {_list(companies)} is on file; add the company first."
        yield _fault("cocodes", "unknown_company", sentence)


def _wrong_choices(said: Mapping[str, Any]) -> Iterable[FieldError]:
    if not said["states"]:
        yield _fault("states", "required", "Choose at least one state.")
    if not said["loa_categories"]:
        yield _fault("loa_categories", "required", "Choose at least one LOA category.")
    if said["agent_type"] not in _AGENT_TYPES:
        yield _fault("agent_type", "unknown", f"The agent type is one of {_list(AgentType.values)}.")
    if said["scorecard_type"] not in _SCORECARD_TYPES:
        yield _fault(
            "scorecard_type", "unknown", f"The scorecard type is one of {_list(ScorecardType.values)}."
        )
    elif said["scorecard_type"] == ScorecardType.LICENSE_AND_APPOINTMENT and not said["cocodes"]:
        yield _fault("cocodes", "required", "A license & appointment scorecard needs at least one company.")


def _said(assignment: ProducerAssignment) -> dict[str, Any]:
    return {name: getattr(assignment, name) for name in SAME_WHEN}


def _tell(
    action: str, assignment: ProducerAssignment, actor: Actor, changes: dict[str, list[Any]], reason: str = ""
) -> None:
    """Record it on the producer, whose history people read, and let higher rooms know."""
    audit.record(action, actor=actor, subject=assignment.producer, changes=changes, reason=plain(reason))
    assignments_changed.send(ProducerAssignment, producer_ids={assignment.producer_id})


def _fault(path: str, code: str, message: str) -> FieldError:
    return {"path": path, "code": code, "message": message}


def _list(codes: Iterable[str]) -> str:
    return ", ".join(f"“{code}”" for code in codes)
