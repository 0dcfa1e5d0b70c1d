"""A small world for asking: two states, a firm, two producers, two carriers, and the lines done business in."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from appointments.models import (
    Appointment,
    BulkRequest,
    Company,
    GatewayBusinessRule,
    Transaction,
)
from appointments.services import create_company
from appointments.services.asking.answer import answer_of
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.terminations import ask_terminations
from core import clock
from producers.models import License, LicenseLine, Producer
from rulebook.models import Edition, Fee, Jurisdiction, LineOfAuthority, Payee, StateRule, TerminationReason
from tests.producers.cast import TESTER, put_on_file

NPN, FIRM = "88100001", "88100009"
HERON, FOX = "77001", "77002"
LIFE = ("16", "Life")
SICKNESS = ("935", "Accident & Health or Sickness (including Disability)")
HEALTH = ("936", "Health and Sickness (excluding Disability)")
FRATERNAL = ("1081", "Part time fraternal")
LINES = (LIFE, SICKNESS, HEALTH, FRATERNAL)
CATEGORIES = {"16": "life", "935": "health", "936": "health", "1081": "life|fraternal"}
RATE_CENTS = 153

RULES = {
    "CA": {
        "appoints_individuals": "yes",
        "appoints_firms": "no",
        "jit_allowed": "yes",
        "appointment_fee_usd": "16",
        "appointment_fee_nonresident_usd": "58",
        "appointment_fee_per_line": "yes",
        "termination_fee_usd": "0",
        "termination_reason_codes": "VOLUNTARY|FRAUD",
        "backdate_termination_days": "0",
    },
    "TX": {
        "appoints_individuals": "yes",
        "appoints_firms": "yes",
        "appointment_fee_usd": "10",
        "termination_reason_codes": "VOLUNTARY|FRAUD|DEATH",
        "backdate_termination_days": "30",
    },
    "OR": {"appoints_individuals": "registry", "appoints_firms": "registry"},
}
NAMES = {"CA": "California", "TX": "Texas", "OR": "Oregon"}


def build() -> None:
    """States with their rules, carriers, and business rules for every line."""
    Jurisdiction.objects.create(code="US", name="United States", is_country=True)
    for state, rules in RULES.items():
        Jurisdiction.objects.create(code=state, name=NAMES[state])
        for field, value in rules.items():
            StateRule.objects.create(jurisdiction_id=state, field=field, value=value)
        for code, name in LINES:
            LineOfAuthority.objects.create(
                jurisdiction_id=state,
                code_system="NIPR_PDB",
                code=code,
                name=name,
                categories=CATEGORIES[code],
            )
            GatewayBusinessRule.objects.create(state=state, loa_code=code)
    _reasons_and_rates()
    for cocode, name in ((HERON, "Heron Life Insurance Co"), (FOX, "Fox Mutual")):
        carrier(cocode, name)
    Edition.objects.create()


def _reasons_and_rates() -> None:
    for slug, label, cause in (
        ("VOLUNTARY", "Voluntary termination", "no"),
        ("DEATH", "Death", "no"),
        ("FRAUD", "Fraud", "yes"),
    ):
        TerminationReason.objects.create(slug=slug, label=label, for_cause=cause)
    Fee.objects.create(
        item="Appointment or termination, programmed",
        payee=Payee.REGISTRY,
        amount_cents=RATE_CENTS,
        amount_text="1.53",
    )


def carrier(cocode: str, name: str, **fields: Any) -> Company:
    """A company active in every state, for life and health."""
    given = {"name": name, "cocode": cocode, "loa_categories": ["life", "health"]} | fields
    return create_company(given, [{"state": state} for state in RULES], actor=TESTER)  # type: ignore[arg-type, typeddict-item]


def producer(npn: str = NPN, **fields: Any) -> Producer:
    """A synced and tracked producer without licenses."""
    given = {"tracking": "active"} | fields
    made = put_on_file(npn, **given)
    Producer.objects.filter(pk=made.pk).update(sync_status="success", last_synced_at=clock.now())
    made.refresh_from_db()
    return made


def license_of(
    holder: Producer, state: str = "CA", *, lines: tuple[tuple[str, str], ...] = LINES, **fields: Any
) -> License:
    """A license in force with the lines given, known since now."""
    known = {
        "producer": holder,
        "state": state,
        "license_number": fields.pop("license_number", f"{state}-{holder.npn}"),
        "license_class_code": fields.pop("license_class_code", "1"),
        "known_from": clock.now(),
    }
    given = {
        "license_class": "Insurance Producer",
        "residency": "R",
        "active": True,
        "expiration_date": clock.today() + timedelta(days=400),
    }
    made = License.objects.create(**known, **(given | fields))
    for code, name in lines:
        LicenseLine.objects.create(**known, loa_code=code, loa=name, status="Active")
    return made


def licensed(npn: str = NPN, **fields: Any) -> Producer:
    """A producer with a resident license of California that carries every line."""
    made = producer(npn, **fields)
    license_of(made)
    return made


def appointed(
    holder: Producer, state: str = "CA", line: tuple[str, str] = LIFE, **fields: Any
) -> Appointment:
    """An appointment at the registry, known since now."""
    given = {
        "company_key": HERON,
        "company_name": "Heron Life Insurance Co",
        "cocode": HERON,
        "loa_code": line[0],
        "loa": line[1],
        "status": "Appointed",
        "status_date": date(2025, 1, 1),
        "known_from": clock.now(),
    }
    return Appointment.objects.create(producer=holder, state=state, **(given | fields))


def rule(state: str, field: str, value: str, **period: Any) -> None:
    """Put a rule in place of the one there is; the book is read anew."""
    StateRule.objects.filter(jurisdiction=state, field=field).delete()
    StateRule.objects.create(jurisdiction_id=state, field=field, value=value, **period)
    Edition.objects.update(token=uuid.uuid4())


def rule_that_changes(state: str, field: str, before: str, after: str, on: date) -> None:
    """One value to the eve of a day, another from that day on."""
    rule(state, field, before, effective_to=on - timedelta(days=1))
    StateRule.objects.create(jurisdiction_id=state, field=field, value=after, effective_from=on)
    Edition.objects.update(token=uuid.uuid4())


def request(**fields: Any) -> dict[str, Any]:
    """A request for life in California by Heron."""
    return {"npn": NPN, "state": "CA", "cocode": HERON, "loa_categories": ["life"]} | fields


def ending(**fields: Any) -> dict[str, Any]:
    """A request to end Heron's appointment for life in California."""
    return {"npn": NPN, "state": "CA", "cocode": HERON, "lines": ["16"], "reason": "VOLUNTARY"} | fields


def ask(*requests: dict[str, Any], **flags: Any) -> dict[str, Any]:
    """Ask now; the answer as the API gives it."""
    bulk = ask_appointments(requests, actor=flags.pop("actor", TESTER), wait=True, **flags)
    return answer_of(BulkRequest.objects.get(pk=bulk.pk))


def end(*requests: dict[str, Any], **flags: Any) -> dict[str, Any]:
    """Ask for terminations now; the answer as the API gives it."""
    bulk = ask_terminations(requests, actor=flags.pop("actor", TESTER), wait=True, **flags)
    return answer_of(BulkRequest.objects.get(pk=bulk.pk))


def reasons(answer: dict[str, Any], row: int = 0) -> dict[str, str]:
    """Reason codes by line of one row of an answer."""
    return {
        line["loa_code"] or line["loa"]: line["eligibility_reason"]["code"]
        for line in answer["requests"][row]["transactions"]
    }


def statuses(answer: dict[str, Any], row: int = 0) -> list[str]:
    return [line["status"] for line in answer["requests"][row]["transactions"]]


def only(answer: dict[str, Any]) -> Transaction:
    """The one transaction that was written."""
    (entry,) = answer["requests"]
    (line,) = entry["transactions"]
    return Transaction.objects.get(pk=int(line["id"][3:]))
