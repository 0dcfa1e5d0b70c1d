"""The world of asking, with what licenses need: renewal windows, fees, and producers whose forms are complete."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from appointments.enums import TransactionKind
from appointments.models import BackgroundAnswers, BulkRequest, Transaction
from appointments.services.asking.answer import answer_of
from appointments.services.licensing.asking import ask_license_requests
from appointments.services.licensing.questions import QUESTIONS
from core import clock
from producers.models import Address, License, Producer
from rulebook.models import Fee, Payee
from tests.appointments.asking import world
from tests.producers.cast import TESTER

NPN = world.NPN
APPLICATION, RENEWAL = TransactionKind.LICENSE_APPLICATION, TransactionKind.LICENSE_RENEWAL
FEES = {
    "Resident license/renewal": 560,
    "Non-resident license": 561,
    "Non-resident renewal": 562,
}


def build() -> None:
    """California renews 90 days ahead and 30 days late; what Texas does is not known."""
    world.build()
    for field, value in (
        ("renewal_window_days", "90"),
        ("late_renewal_days", "30"),
        ("reinstatement_days", "365"),
    ):
        world.rule("CA", field, value)
    for item, cents in FEES.items():
        Fee.objects.create(item=item, payee=Payee.REGISTRY, amount_cents=cents, amount_text=str(cents / 100))


def complete(producer: Producer, *, agent_type: str = "producer", yes: str = "", **fields: Any) -> Producer:
    """Everything that a form asks is on file; ``yes`` names a question answered so."""
    given = {
        "email": "ines@example.com",
        "phone": "555-010-0101",
        "ssn": "",
        "ssn_last4": "1234",
        "birth_date": date(1980, 5, 4),
        "resident_state": "CA",
    }
    for name, value in (given | fields).items():
        setattr(producer, name, value)
    producer.save()
    Address.objects.get_or_create(
        producer=producer,
        state="CA",
        type_code="1",
        defaults={
            "line_1": "1 Fiction Plaza",
            "city": "Nowhere",
            "address_state": "CA",
            "zip_code": "90001",
            "known_from": clock.now(),
        },
    )
    answer(producer, agent_type, yes)
    return producer


def answer(
    producer: Producer, agent_type: str = "producer", yes: str = "", **fields: Any
) -> BackgroundAnswers:
    """Answers of today, all no but the one named."""
    given = {
        each.number: {
            "yes": each.number == yes,
            "explanation": "It was long ago." if each.number == yes else "",
        }
        for each in QUESTIONS
    }
    defaults = {
        "answers": json.dumps(given),
        "any_yes": bool(yes),
        "answered_on": clock.today(),
        "recorded_by_label": TESTER.label,
        "recorded_at": clock.now(),
    }
    return BackgroundAnswers.objects.update_or_create(
        producer=producer, agent_type=agent_type, defaults=defaults | fields
    )[0]


def expiring(holder: Producer, state: str = "CA", in_days: int = 30, **fields: Any) -> License:
    """A license that expires so many days from today; it may be over."""
    expires = clock.today() + timedelta(days=in_days)
    return world.license_of(holder, state, expiration_date=expires, **fields)


def application(**fields: Any) -> dict[str, Any]:
    """A request for a license for life in Texas."""
    return {"npn": NPN, "state": "TX", "loa_categories": ["life"]} | fields


def renewal(**fields: Any) -> dict[str, Any]:
    """A request to renew the license of California."""
    return {"npn": NPN, "state": "CA", "license_number": f"CA-{NPN}"} | fields


def ask(kind: TransactionKind, *requests: dict[str, Any], **flags: Any) -> dict[str, Any]:
    """Ask now; the answer as the API gives it."""
    bulk = ask_license_requests(kind, requests, actor=flags.pop("actor", TESTER), wait=True, **flags)
    return answer_of(BulkRequest.objects.get(pk=bulk.pk))


def only(answer: dict[str, Any]) -> Transaction:
    """The one transaction that was written."""
    return world.only(answer)
