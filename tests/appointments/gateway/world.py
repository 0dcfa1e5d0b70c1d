"""Transactions that are due, and a gateway to send them to."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from django.db import transaction as database

from appointments import moves
from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.gateway import crashpoints, reconcile, relay, send
from appointments.gateway import settings as gateway_settings
from appointments.models import (
    Company,
    GatewaySettings,
    GatewayState,
    SubmissionAttempt,
    Transaction,
    TransactionBatch,
)
from core import clock
from nipr.simulator.testing import RunningSimulator
from producers.models import Producer
from tests.producers.cast import TESTER

S = TransactionStatus
SETTINGS = {
    "customer": "00DEMO",
    "payment_account": "001",
    "first_name": "Ida",
    "last_name": "Clerk",
    "title": "Licensing Analyst",
    "email": "ida@heron.example",
    "phone": "555-010-0100",
    "address_line_1": "1 Fiction Plaza",
    "city": "Nowhere",
    "state": "OR",
    "zip_code": "97000",
    "polling": True,
    "document_size": 25,
}
_numbers = itertools.count(1)


def set_gateway(**changes: Any) -> GatewaySettings:
    """The gateway settings, complete, with some of them set otherwise."""
    gateway_settings.current()
    GatewaySettings.objects.update(**(SETTINGS | changes))
    return gateway_settings.current()


def heron_company() -> Company:
    return Company.objects.get_or_create(
        cocode="77001", defaults={"name": "Heron Life Insurance Co", "fein": "911234567"}
    )[0]


def queue(count: int = 1, status: str = S.QUEUED, **fields: Any) -> list[Transaction]:
    """So many appointments of different producers, due since a second ago unless told otherwise."""
    company, now = heron_company(), clock.now()
    numbers = [next(_numbers) for _ in range(count)]
    producers = Producer.objects.bulk_create(
        Producer(npn=str(70_000_000 + number), first_name="Ines", last_name="Abernathy") for number in numbers
    )
    batches = TransactionBatch.objects.bulk_create(
        TransactionBatch(
            id=number,
            producer=producer,
            state="CA",
            company=company,
            gateway_key=f"B{number:09d}",
            created_at=now,
        )
        for number, producer in zip(numbers, producers, strict=True)
    )
    given: dict[str, Any] = {
        "kind": TransactionKind.APPOINTMENT,
        "entity_type": "individual",
        "state": "CA",
        "company": company,
        "cocode": company.cocode,
        "loa_code": "16",
        "loa": "Life",
        "license_number": "CA-1",
        "license_class_code": "1",
        "residency": "R",
        "status": status,
        "eligibility_reason": "in_good_standing",
        "eligibility_text": "In good standing.",
        "state_fee_cents": 2400,
        "nipr_fee_cents": 153,
        "prepared_by_kind": "task",
        "prepared_by_label": "tests",
        "created_at": now,
        "status_at": now,
        "is_open": status in moves.OPEN,
        "send_after": now - timedelta(seconds=1),
    } | fields
    return Transaction.objects.bulk_create(
        Transaction(
            id=number,
            batch=batch,
            producer=batch.producer,
            npn=given.get("npn", batch.producer.npn),
            gateway_key=f"T{number:09d}",
            **{name: value for name, value in given.items() if name != "npn"},
        )
        for number, batch in zip(numbers, batches, strict=True)
    )


def statuses(rows: list[Transaction]) -> Counter[str]:
    """How many are in which status."""
    found = Transaction.objects.filter(pk__in=[row.pk for row in rows]).values_list("status", flat=True)
    return Counter(found)


def now_of(row: Transaction) -> Transaction:
    return Transaction.objects.select_related("batch").get(pk=row.pk)


def effects(simulator: RunningSimulator, rows: list[Transaction]) -> list[int]:
    """How often the registry let each take effect."""
    book = simulator.gateway.book()["transactions"]
    keys = Transaction.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    found = (book.get(f"{row.batch.gateway_key}/{row.gateway_key}") for row in keys.select_related("batch"))
    return [entry["times_effected"] if entry else 0 for entry in found]


def attempts(purpose: str = "") -> list[SubmissionAttempt]:
    found = SubmissionAttempt.objects.order_by("claimed_at", "pk")
    return list(found.filter(purpose=purpose) if purpose else found)


def take_back(row: Transaction) -> bool:
    """As a person does within the cool-off time; whether it was in time."""
    with database.atomic():
        moved = moves.move_many(moves.locked([row.pk]), "take_back", actor=TESTER)
    return bool(moved.rows)


@contextmanager
def later(**by: float):
    """The same, some time later."""
    with time_machine.travel(clock.now() + timedelta(**by), tick=True):
        yield


class Stopped(BaseException):
    """A sender that dies at a named point. No handler of the product catches it."""


@contextmanager
def dying_at(point: crashpoints.Point):
    """Every sender in here dies at that point, once."""

    def hook(reached: crashpoints.Point) -> None:
        if reached is point:
            crashpoints.hook = None
            raise Stopped(point)

    crashpoints.hook = hook
    try:
        yield
    except Stopped:
        pass
    finally:
        crashpoints.hook = None


def converge(most: int = 40) -> None:
    """Let the clock go on, with all of them at work, until nothing waits to be sent or found out."""
    waits = Transaction.objects.filter(status__in=[S.QUEUED, S.SUBMITTING, S.UNKNOWN]).exclude(
        status_detail=StatusDetail.NEEDS_PERSON
    )
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(most):
            relay.run()
            send.send_due()
            reconcile.run()
            if not waits.exists():
                return
            traveller.shift(next_moment())
    raise AssertionError(
        f"Still waiting: {list(waits.values_list('status', 'status_detail', 'check_after'))}"
    )


def next_moment() -> float:
    """Seconds until the next time that anything waits for."""
    moments = [
        *Transaction.objects.filter(status=S.QUEUED).values_list("send_after", flat=True),
        *Transaction.objects.filter(status=S.UNKNOWN).values_list("check_after", flat=True),
        *SubmissionAttempt.objects.filter(outcome="").values_list("lease_until", flat=True),
        *GatewayState.objects.values_list("paused_until", flat=True),
    ]
    ahead = [(moment - clock.now()).total_seconds() for moment in moments if moment]
    return min((seconds for seconds in ahead if seconds > 0), default=0) + 1
