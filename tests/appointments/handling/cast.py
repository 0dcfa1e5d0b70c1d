"""Transactions in any state, of producers who may be appointed, in a world whose rules are few."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from appointments.enums import StatusDetail, TransactionStatus
from appointments.models import Company, GatewayBusinessRule, Transaction, TransactionBatch
from appointments.moves import holds_its_key
from appointments.services import create_company
from core import clock
from core.actor import Actor, ActorKind
from producers.models import License, LicenseLine, Producer
from rulebook.models import Fee, Jurisdiction, LineOfAuthority, StateRule, TerminationReason
from tests.producers.cast import TESTER

LEO = Actor(ActorKind.PERSON, 1001, "Leo Marchetti")
"""Prepares."""
SUE = Actor(ActorKind.PERSON, 1002, "Sue Okafor")
"""Submits."""
PIA = Actor(ActorKind.PERSON, 1003, "Pia Novak")
"""Approves."""

STATE_FEE, NIPR_FEE = 1_600, 153


def build_world() -> None:
    """Oregon appoints individuals for Life at $16, and takes two reasons; NIPR takes $1.53."""
    for code, name in (("OR", "Oregon"), ("TX", "Texas"), ("CA", "California")):
        Jurisdiction.objects.create(code=code, name=name)
    Jurisdiction.objects.create(code="US", name="United States", is_country=True)
    rules = {
        "appoints_individuals": "yes",
        "appointment_fee_usd": "16.00",
        "appointment_fee_per_line": "yes",
        "termination_fee_usd": "0",
        "jit_allowed": "yes",
        "jit_days": "15",
        "termination_reason_codes": "VOLUNTARY|FRAUD",
    }
    for field, value in rules.items():
        StateRule.objects.create(jurisdiction_id="OR", field=field, value=value)
    for code, name, category in (("16", "Life", "life"), ("935", "Health", "health")):
        LineOfAuthority.objects.create(
            jurisdiction_id="OR", code_system="NIPR_PDB", code=code, name=name, categories=category
        )
    Fee.objects.create(
        item="Appointment or termination, programmed",
        payee="registry",
        amount_cents=NIPR_FEE,
        amount_text="1.53",
    )
    TerminationReason.objects.create(slug="VOLUNTARY", label="Voluntary termination", for_cause="no")
    TerminationReason.objects.create(slug="FRAUD", label="Fraud", for_cause="yes")
    for code in ("16", "935"):
        GatewayBusinessRule.objects.create(state="OR", loa_code=code)
    create_company(
        {"name": "Heron Life Insurance Co", "cocode": "77001", "loa_categories": ["life", "health"]},
        [{"state": "OR", "just_in_time": True}],
        actor=TESTER,
    )


def transactions(count: int = 1, status: str = "ready_to_submit", **fields: Any) -> list[Transaction]:
    """That many, each of a producer of its own with a license for Life in Oregon; prepared by Leo."""
    start = Transaction.objects.count()
    heron = Company.objects.get(cocode="77001")
    producers = Producer.objects.bulk_create(
        Producer(npn=str(88_200_000 + start + i), first_name="Ines", last_name=f"A{start + i}")
        for i in range(count)
    )
    License.objects.bulk_create(_license(producer) for producer in producers)
    LicenseLine.objects.bulk_create(_line(producer) for producer in producers)
    batches = TransactionBatch.objects.bulk_create(
        TransactionBatch(
            id=start + i + 1,
            producer=producer,
            state="OR",
            company=heron,
            gateway_key=secrets.token_hex(10),
            asked_by_label=LEO.label,
            created_at=clock.now(),
        )
        for i, producer in enumerate(producers)
    )
    rows = [_transaction(batch, heron, status, fields) for batch in batches]
    return Transaction.objects.bulk_create(rows)


def sibling(row: Transaction, **fields: Any) -> Transaction:
    """Another of the same batch, for Health unless said otherwise."""
    pk = Transaction.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    given = {"loa_code": "935", "loa": "Health", "loa_category": "health", "pk": pk} | fields
    batch, company = row.batch, Company.objects.get(cocode="77001")
    other = _transaction(batch, company, str(given.pop("status", "ready_to_submit")), given)
    other.save(force_insert=True)
    return other


def ids_of(rows: list[Transaction]) -> list[int]:
    return [row.pk for row in rows]


def may(*rights: str) -> Callable[[str], bool]:
    """Somebody with only these rights."""
    return lambda right: not right or right in rights


def statuses(rows: list[Transaction]) -> list[str]:
    found = dict(Transaction.objects.filter(pk__in=ids_of(rows)).values_list("pk", "status"))
    return [found[row.pk] for row in rows]


def _license(producer: Producer) -> License:
    return License(
        producer=producer,
        state="OR",
        license_number=f"OR-{producer.npn}",
        license_class_code="1",
        license_class="Insurance Producer",
        residency="R",
        active=True,
        expiration_date=clock.today() + timedelta(days=400),
        known_from=clock.now(),
    )


def _line(producer: Producer) -> LicenseLine:
    return LicenseLine(
        producer=producer,
        state="OR",
        license_number=f"OR-{producer.npn}",
        license_class_code="1",
        loa_code="16",
        loa="Life",
        status="Active",
        known_from=clock.now(),
    )


def _transaction(
    batch: TransactionBatch, company: Company, status: str, fields: dict[str, Any]
) -> Transaction:
    now = clock.now()
    given: dict[str, Any] = {
        "id": fields.get("pk", batch.pk),
        "kind": "appointment",
        "loa_code": "16",
        "loa": "Life",
        "loa_category": "life",
        "agent_type": "producer",
        "license_number": f"OR-{batch.producer.npn}",
        "residency": "R",
        "eligibility_reason": "in_good_standing",
        "eligibility_text": "In Good Standing",
        "state_fee_cents": STATE_FEE,
        "nipr_fee_cents": NIPR_FEE,
        "prepared_by_kind": ActorKind.PERSON,
        "prepared_by_user_id": LEO.user_id,
        "prepared_by_label": LEO.label,
        "status_detail": StatusDetail.NONE,
    }
    row = Transaction(
        batch=batch,
        producer=batch.producer,
        npn=batch.producer.npn,
        entity_type="individual",
        state="OR",
        company=company,
        cocode=company.cocode,
        status=TransactionStatus(status),
        is_open=True,
        gateway_key=secrets.token_hex(10),
        created_at=now,
        status_at=now,
        **(given | {name: value for name, value in fields.items() if name != "pk"}),
    )
    row.is_open = holds_its_key(row)
    return row
