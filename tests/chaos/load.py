"""What the run submits: queued transactions, each for a line of its own, so that the book can tell a second one."""

from __future__ import annotations

import secrets
from datetime import timedelta

from appointments.enums import TransactionKind, TransactionStatus
from appointments.models import Company, GatewaySettings, Transaction, TransactionBatch
from core import clock
from core.actor import ActorKind
from producers.enums import SyncStatus
from producers.models import License, LicenseLine, Producer

STATES = ("TX", "OK", "GA", "OH", "FL")
LINES = (("16", "Life"), ("39", "Health"), ("12", "Property"), ("11", "Casualty"))
A_PRODUCER = len(STATES) * len(LINES)


def configure(**settings: object) -> None:
    """An account that signs, asks automatically, and never waits long."""
    given = {
        "customer": "CHAOS", "entity": "CHAOS", "payment_account": "001", "first_name": "Ida", "last_name": "Clerk",
        "title": "Licensing Analyst", "email": "ops@example.com", "phone": "5550100100",
        "address_line_1": "1 Fiction Plaza", "city": "Nowhere", "state": "OR", "zip_code": "97000",
        "cool_off_seconds": 0, "document_size": 5, "lease_seconds": 4, "settle_seconds": 2, "polling": True,
        "automatic_unknowns": True, "hourly_cap": 1_000_000, "hourly_cap_cents": 2_000_000_000,
        "sync_after_approval": False,
    }  # fmt: skip
    GatewaySettings.objects.update_or_create(pk=1, defaults={**given, **settings})


def fill(npns: list[str], count: int) -> None:
    """Queue ``count`` appointments of producers with these NPNs."""
    company, _made = Company.objects.get_or_create(
        cocode="00101", defaults={"name": "Lanternfish Life Assurance Co", "fein": "000000101"}
    )
    producers = [_producer(npn) for npn in npns[: -(-count // A_PRODUCER)]]
    now = clock.now()
    batches, rows = [], []
    for producer in producers:
        for state in STATES:
            batch = TransactionBatch(
                id=len(batches) + 1, producer=producer, state=state, company=company,
                gateway_key=secrets.token_hex(10), asked_by_label="chaos", created_at=now,
            )  # fmt: skip
            batches.append(batch)
            rows += [_row(len(rows) + place, batch, line) for place, line in enumerate(LINES, 1)]
    TransactionBatch.objects.bulk_create(batches, batch_size=500)
    Transaction.objects.bulk_create(rows[:count], batch_size=500)


def _producer(npn: str) -> Producer:
    producer = Producer.objects.create(
        npn=npn, first_name="Maren", last_name=f"Quillfeather {npn}", sort_name=f"quillfeather {npn}", ssn="900000001",
        sync_status=SyncStatus.SUCCESS,
    )  # fmt: skip
    for state in STATES:
        license_ = {
            "state": state,
            "license_number": npn,
            "license_class_code": "3",
            "known_from": clock.now(),
        }
        License.objects.create(
            producer=producer, **license_, license_class="Insurance Producer", residency="NR", active=True
        )
        LicenseLine.objects.bulk_create(
            LicenseLine(producer=producer, **license_, loa_code=code, loa=name, status="Active")
            for code, name in LINES
        )
    return producer


def _row(number: int, batch: TransactionBatch, line: tuple[str, str]) -> Transaction:
    now = clock.now()
    return Transaction(
        id=number, kind=TransactionKind.APPOINTMENT, batch=batch, producer=batch.producer, npn=batch.producer.npn or "",
        entity_type=batch.producer.entity_type, state=batch.state, company=batch.company, cocode="00101",
        loa_code=line[0], loa=line[1], loa_category=line[1].lower(), agent_type="producer",
        license_number=batch.producer.npn or "", license_class_code="3", residency="NR",
        effective_date=clock.today(), status=TransactionStatus.QUEUED, is_open=True,
        eligibility_reason="in_good_standing", eligibility_text="In Good Standing",
        state_fee_cents=1000, nipr_fee_cents=153, gateway_key=secrets.token_hex(10),
        send_after=now - timedelta(seconds=1), prepared_by_kind=ActorKind.TASK, prepared_by_label="chaos",
        created_at=now, status_at=now,
    )  # fmt: skip
