"""Producers and what the registry says of them, for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from core import clock
from core.actor import Actor
from producers.models import Change, License, LicenseLine, Producer
from producers.services import ProducerFields, create_producer

TESTER = Actor.task("tests")


def put_on_file(npn: str | None = None, **fields: Any) -> Producer:
    """A producer written by the service, not tracked unless asked for: nothing is synced."""
    given: dict[str, Any] = {"entity_type": "individual", "npn": npn, "tracking": "inactive"} | fields
    named = (
        {"company_name": "Blue Harbor Agency"}
        if given["entity_type"] == "firm"
        else {"last_name": "Abernathy"}
    )
    fields_given: ProducerFields = {**named, **given}  # type: ignore[typeddict-item]
    return create_producer(fields_given, actor=TESTER)


def give_license(producer: Producer, state: str = "OR", *, lines: int = 1, **fields: Any) -> License:
    """A licence in force with some lines, known since now unless told otherwise."""
    known: datetime = fields.pop("known_from", clock.now())
    key = {
        "producer": producer,
        "state": state,
        "license_number": fields.pop("license_number", f"{state}-{producer.npn}"),
        "license_class_code": "1",
        "known_from": known,
    }
    given = {
        "license_class": "Insurance Producer",
        "residency": "R",
        "active": True,
        "issue_date": date(2020, 1, 1),
        "expiration_date": clock.today() + timedelta(days=400),
    }
    license_ = License.objects.create(**key, **(given | fields))
    for index in range(lines):
        LicenseLine.objects.create(**key, loa_code=str(16 + index), loa=f"Line {index}", status="Active")
    return license_


def find_change(producer: Producer, **fields: Any) -> Change:
    """Something a sync found."""
    given = {
        "kind": "license",
        "effect": "changed",
        "state": "OR",
        "subject": "OR Insurance Producer",
        "fields": {"expiration_date": ["2026-01-31", "2028-01-31"]},
        "known_at": clock.now(),
    }
    return Change.objects.create(producer=producer, **(given | fields))
