"""From records to the facts that rules are asked about: many producers at once, with a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from core.versioned import as_known_at
from producers.models import License, LicenseLine, Producer, ProducerAssignment
from rulebook.rules.facts import AssignmentFact, LicenseFact, LineFact, ProducerFact

LicenseKey = tuple[int, str, str, str, str, int]
"""What joins a line to its license: the registry gives no ids."""

CHUNK = 5000
COMPLIANCE = {"y": True, "yes": True, "compliant": True, "n": False, "no": False, "non-compliant": False}


def producer_facts(
    producer_ids: Collection[int], *, known_at: datetime | None = None
) -> dict[int, ProducerFact]:
    """What is known of these producers, by id: four queries. Appointments are a higher room's to add."""
    licenses = license_facts(producer_ids, known_at=known_at)
    assignments = assignment_facts(producer_ids)
    rows = Producer.objects.filter(pk__in=producer_ids).values_list("pk", "npn", "entity_type")
    return {
        pk: ProducerFact(
            npn=npn or "",
            entity_type=entity_type,
            licenses=tuple(licenses.get(pk, ())),
            assignments=tuple(assignments.get(pk, ())),
        )
        for pk, npn, entity_type in rows
    }


def license_facts(
    producer_ids: Collection[int], *, known_at: datetime | None = None
) -> dict[int, list[LicenseFact]]:
    """Licenses with their lines. What the registry no longer shows is not held."""
    lines = _lines(producer_ids, known_at)
    rows = as_known_at(
        License.objects.filter(producer__in=producer_ids, removed_at=None), known_at
    ).values_list(
        "producer_id",
        "state",
        "license_number",
        "license_class_code",
        "branch_id",
        "position",
        "license_class",
        "residency",
        "active",
        "issue_date",
        "expiration_date",
    )
    found: dict[int, list[LicenseFact]] = defaultdict(list)
    for row in rows.order_by("producer_id", "state", "license_number", "pk").iterator(CHUNK):
        producer_id, state, number, class_code = row[:4]
        class_name, residency, active, issued, expires = row[6:]
        held = lines.get(row[:6], ())
        found[producer_id].append(
            LicenseFact(
                state, number, class_code, class_name, residency, active, issued, expires, tuple(held)
            )
        )
    return found


def _lines(producer_ids: Collection[int], known_at: datetime | None) -> dict[LicenseKey, list[LineFact]]:
    current = as_known_at(LicenseLine.objects.filter(producer__in=producer_ids, removed_at=None), known_at)
    rows = current.values_list(
        "producer_id",
        "state",
        "license_number",
        "license_class_code",
        "branch_id",
        "license_position",
        "loa_code",
        "loa",
        "status",
        "issue_date",
        "status_reason",
        "status_reason_date",
        "ce_compliance",
        "ce_renewal_date",
    )
    found: dict[LicenseKey, list[LineFact]] = defaultdict(list)
    for row in rows.order_by("producer_id", "pk").iterator(CHUNK):
        code, name, status, issued, reason, reason_date, compliance, ce_renewal = row[6:]
        found[row[:6]].append(
            LineFact(
                code,
                name,
                status.casefold() == "active",
                issued,
                status,
                reason,
                reason_date,
                COMPLIANCE.get(compliance.casefold()),
                ce_renewal,
            )
        )
    return found


def assignment_facts(producer_ids: Collection[int]) -> dict[int, list[AssignmentFact]]:
    """The running assignments."""
    found: dict[int, list[AssignmentFact]] = defaultdict(list)
    running = ProducerAssignment.objects.filter(producer__in=producer_ids, ended_at=None)
    for assignment in running.order_by("pk"):
        found[assignment.producer_id].append(assignment_fact(assignment))
    return found


def assignment_fact(assignment: ProducerAssignment) -> AssignmentFact:
    return AssignmentFact(
        states=tuple(assignment.states),
        loa_categories=tuple(assignment.loa_categories),
        cocodes=tuple(assignment.cocodes),
        agent_type=assignment.agent_type,
        scorecard_type=assignment.scorecard_type,
    )
