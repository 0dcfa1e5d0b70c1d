"""Four states that differ, companies that differ, and producers who may or may not be appointed there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from appointments.models import Company, GatewayBusinessRule, Transaction
from appointments.services import create_company
from core import clock
from core.jobs.models import Job
from core.jobs.runner import run_job
from producers.models import License, LicenseLine, Producer
from rulebook.models import Fee, Jurisdiction, LineOfAuthority, StateRule, TerminationReason
from tests.appointments.conftest import appoint
from tests.core.api.machine import Machine
from tests.producers.cast import TESTER

HERON, EGRET, STORK, IBIS = "77001", "77002", "77003", "77004"
"""Appoints for all; for health only; only within an assignment; internally where the state does not appoint."""
LIFE, HEALTH = ("16", "Life"), ("935", "Health")
RULES = {
    # Files; takes two reasons, and a date up to thirty days back.
    "CA": {
        "appoints_individuals": "yes",
        "appoints_firms": "yes",
        "appointment_fee_usd": "16.00",
        "appointment_fee_per_line": "yes",
        "termination_fee_usd": "5.00",
        "termination_reason_codes": "VOLUNTARY|FRAUD",
        "backdate_termination_days": "30",
    },
    # Just in time; takes no reason and sets the date itself; what it charges for appointments is not known.
    "TX": {
        "appoints_individuals": "yes",
        "jit_allowed": "yes",
        "jit_days": "30",
        "termination_reason_codes": "NOT_REQUIRED",
        "backdate_termination_days": "0",
    },
    # A registry state for individuals.
    "OR": {"appoints_individuals": "registry", "appoints_firms": "yes"},
    # Appoints firms only.
    "PA": {"appoints_individuals": "no", "appoints_firms": "yes"},
}
NAMES = {"CA": "California", "TX": "Texas", "OR": "Oregon", "PA": "Pennsylvania", "NV": "Nevada"}


def open_market() -> None:
    """Rules, fees, lines and companies. Nobody is on file yet."""
    for code, name in NAMES.items():
        Jurisdiction.objects.create(code=code, name=name)
        GatewayBusinessRule.objects.create(state=code, loa_code=LIFE[0])
        GatewayBusinessRule.objects.create(state=code, loa_code=HEALTH[0])
    Jurisdiction.objects.create(code="US", name="United States", is_country=True)
    for state, fields in RULES.items():
        for field, value in fields.items():
            StateRule.objects.create(jurisdiction_id=state, field=field, value=value)
    for (code, name), category in ((LIFE, "life"), (HEALTH, "health")):
        LineOfAuthority.objects.create(
            jurisdiction_id="US", code_system="NIPR_PDB", code=code, name=name, categories=category
        )
    Fee.objects.create(
        item="Appointment or termination, programmed", payee="registry", amount_cents=153, amount_text="1.53"
    )
    TerminationReason.objects.create(slug="VOLUNTARY", label="Voluntary termination", for_cause="no")
    TerminationReason.objects.create(slug="FRAUD", label="Fraud", for_cause="yes")
    _company(HERON, "Heron Life", ["life", "health"], ["CA", "TX", "OR", "PA"], just_in_time="TX")
    _company(EGRET, "Egret Health", ["health"], ["CA"])
    _company(STORK, "Stork Mutual", ["life"], ["CA"], appointment_producer_assignment_required=True)
    _company(IBIS, "Ibis Life", ["life"], ["PA"], create_internal_appointment=True)


def _company(
    cocode: str, name: str, categories: list[str], states: list[str], just_in_time: str = "", **fields: Any
) -> Company:
    told = {"name": name, "cocode": cocode, "loa_categories": categories} | fields
    settings = [{"state": state, "just_in_time": state == just_in_time} for state in states]
    return create_company(told, settings, actor=TESTER)  # type: ignore[arg-type]


def agent(
    npn: str = "88100001", *, home: str = "CA", licensed: str = "CA TX OR PA", **fields: Any
) -> Producer:
    """Synced and tracked; licensed for life in these states and resident in one of them."""
    given = {"last_name": f"A{npn}", "last_synced_at": clock.now(), "sync_status": "success"} | fields
    producer = Producer.objects.create(npn=npn, **given)
    for state in licensed.split():
        license_(producer, state, residency="R" if state == home else "NR")
    return producer


def license_(
    producer: Producer, state: str = "CA", *, line: tuple[str, str] = LIFE, **fields: Any
) -> License:
    """In force, with one line."""
    key = {
        "producer": producer,
        "state": state,
        "license_number": f"{state}-{producer.npn}-{line[0]}",
        "license_class_code": "1",
        "known_from": clock.now(),
    }
    given = {
        "license_class": "Insurance Producer",
        "residency": "R",
        "active": True,
        "expiration_date": clock.today() + timedelta(days=400),
    } | fields
    LicenseLine.objects.create(**key, loa_code=line[0], loa=line[1], status="Active")
    return License.objects.create(**key, **given)


def appointed(producer: Producer, state: str = "CA", line: tuple[str, str] = LIFE, **fields: Any) -> None:
    given = {"loa_code": line[0], "loa": line[1], "status_date": date(2025, 1, 2)} | fields
    appoint(producer, state, **given)


def one(**changes: Any) -> dict[str, Any]:
    """A request for an appointment that may be had."""
    asked = {"npn": "88100001", "state": "CA", "cocode": HERON, "loa_categories": ["life"]}
    return {**asked, **changes}


def end(**changes: Any) -> dict[str, Any]:
    """A request for a termination that may be had."""
    asked = {"npn": "88100001", "state": "CA", "cocode": HERON, "lines": ["16"], "reason": "VOLUNTARY"}
    return {**asked, **changes}


def ask(api: Machine, *requests: dict[str, Any], what: str = "appointments", **flags: Any) -> Any:
    """The answer, at once."""
    body = {**flags, "requests": list(requests)}
    return api.send("POST", f"/bulk-{what}", body, Prefer="respond-sync")


def asked(
    api: Machine, *requests: dict[str, Any], what: str = "appointments", **flags: Any
) -> dict[str, Any]:
    """What came of the first request."""
    answer = ask(api, *requests, what=what, **flags)
    assert answer.status_code == 200, answer.content
    first: dict[str, Any] = answer.json()["requests"][0]
    return first


def ready(api: Machine, *requests: dict[str, Any]) -> list[str]:
    """The numbers of what was asked for."""
    answer = ask(api, *requests).json()
    return [each["id"] for request in answer["requests"] for each in request["transactions"]]


def run_jobs() -> None:
    for job in Job.objects.filter(status="queued"):
        run_job(job.pk)


def status_of(number: str) -> str:
    return Transaction.objects.get(pk=int(number[3:])).status
