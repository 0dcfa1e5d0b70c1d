"""Transactions in the places where each action finds one, for whoever tries the routes."""

from __future__ import annotations

from typing import Any

from appointments.enums import OPEN, TransactionStatus
from appointments.models import (
    BulkRequest,
    Company,
    GatewayBusinessRule,
    Transaction,
    TransactionBatch,
    TransactionNumber,
)
from core import clock
from producers.models import License, LicenseLine, Producer
from rulebook.models import LineOfAuthority

S = TransactionStatus
BULK_ID = "6d1f1f62-3f8e-4a53-9d43-2f9d3f0c9b11"
ENDING_ID = "0b7d8a52-6a43-4c5e-8f0e-0d7b9a1f6c22"
READY, HELD, AWAITING, QUEUED, DECLINED = (f"GT-0000000{place}" for place in range(1, 6))
STATUSES = (S.READY_TO_SUBMIT, S.HELD, S.AWAITING_APPROVAL, S.QUEUED, S.DECLINED)
ASKED = {
    "npn": "88100001",
    "state": "CA",
    "cocode": "77001",
    "loa_categories": ["life"],
    "agent_type": "producer",
    "effective_date": None,
    "external_id": "hr-1",
}
ENDING = {
    "npn": "88100001",
    "state": "CA",
    "cocode": "77001",
    "lines": ["16"],
    "reason": "",
    "effective_date": None,
    "external_id": "",
    "appointment_id": None,
    "county_code": None,
}


def bulk_request(pk: str, kind: str, rows: list[dict[str, Any]], **fields: Any) -> BulkRequest:
    return BulkRequest.objects.create(
        id=pk,
        kind=kind,
        status="done",
        requests=rows,
        done=len(rows),
        asked_by_kind="person",
        asked_by_label="Leo Marchetti",
        created_at=clock.now(),
        finished_at=clock.now(),
        **fields,
    )


def transaction(number: int, batch: TransactionBatch, status: str, **fields: Any) -> Transaction:
    """Prepared by nobody in the cast, and each for a line of its own."""
    given = {
        "kind": "appointment",
        "producer": batch.producer,
        "npn": batch.producer.npn,
        "entity_type": batch.producer.entity_type,
        "state": batch.state,
        "company": batch.company,
        "cocode": batch.company.cocode if batch.company else "",
        "loa_code": str(200 + number),
        "loa": f"Line {200 + number}",
        "loa_category": "life",
        "agent_type": "producer",
        "license_number": f"CA-{batch.producer.npn}",
        "residency": "R",
        "status": status,
        "is_open": status in OPEN,
        "eligibility_reason": "in_good_standing",
        "eligibility_text": "In Good Standing",
        "decisions": [DECISION],
        "state_fee_cents": 1600,
        "nipr_fee_cents": 153,
        "gateway_key": f"KEY{number:017d}",
        "prepared_by_kind": "person",
        "prepared_by_user_id": 1_000_000,
        "prepared_by_label": "Nora Night",
        "created_at": clock.now(),
        "status_at": clock.now(),
    }
    return Transaction.objects.create(id=number, batch=batch, **(given | fields))


DECISION = {
    "rule": "license_carries_line",
    "outcome": "pass",
    "text": "A license in force carries Life.",
    "facts": {"line": "16"},
    "source": "Registry",
    "effective_from": None,
    "fix": None,
}


def write_transactions(producer: Producer, company: Company) -> None:
    """A bulk request with a transaction in each of ``STATUSES``, numbered from 1; and one for terminations."""
    write_lines(producer)
    bulk = bulk_request(BULK_ID, "appointment", [ASKED])
    bulk_request(ENDING_ID, "termination", [ENDING])
    for number, status in enumerate(STATUSES, 1):
        batch = TransactionBatch.objects.create(
            id=number,
            producer=producer,
            state="CA",
            company=company,
            bulk_request=bulk,
            gateway_key=f"BATCH{number}",
            asked_by_label="Leo Marchetti",
            created_at=clock.now(),
        )
        transaction(number, batch, status, bulk_request=bulk, just_in_time=status == S.HELD)
    Transaction.objects.filter(status=S.QUEUED).update(send_after=clock.now())
    for kind in ("GT", "TB"):
        TransactionNumber.objects.create(kind=kind, last=len(STATUSES))


def write_lines(producer: Producer) -> None:
    """A line for each of the transactions: the license carries it, and it is done business in."""
    held = License.objects.get(producer=producer)
    key = {
        "producer": producer,
        "state": held.state,
        "license_number": held.license_number,
        "known_from": held.known_from,
    }
    for number in range(1, len(STATUSES) + 1):
        line = {"code": str(200 + number), "name": f"Line {200 + number}", "categories": "life"}
        LineOfAuthority.objects.create(
            jurisdiction_id="US", code_system="NIPR_PDB", origin="shipped", confidence="verified", **line
        )
        LicenseLine.objects.create(**key, loa_code=line["code"], loa=line["name"], status="Active")
        GatewayBusinessRule.objects.create(state="CA", loa_code=line["code"])
