"""The demonstration's transactions: an account at the gateway, rules to appoint by, and requests at every stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import httpx

from agentsync.demo import ACTOR, DemoFailed, Say, Simulator, make_people
from appointments.enums import AppointmentStatus, TransactionStatus
from appointments.models import Appointment, BulkRequest, Company, Transaction
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.terminations import ask_terminations
from appointments.services.companies import CompanyStateFields, set_company_states
from appointments.services.handling.submit import cost_of, submit
from appointments.services.settings.gateway import GatewayFields, update_gateway_settings
from appointments.services.settings.reasons import offered_reasons, set_default_reasons
from appointments.services.settings.rules import seed_business_rules
from core.accounts.models import User
from core.actor import Actor
from producers.states import state_names
from scorecards.doing import appointment_requests
from scorecards.models import Scorecard

APPOINTMENTS = 40
TERMINATIONS = 4
FEW = 12
LIKED_REASONS = ("VOLUNTARY", "CANCELLED")
JUST_IN_TIME_STATES = ("TX", "FL", "GA")
ACCOUNT: Final[GatewayFields] = {
    "customer": "00DEMO",
    "entity": "00DEMO",
    "payment_account": "001",
    "first_name": "Leo",
    "last_name": "Marchetti",
    "title": "Licensing Analyst",
    "email": "licensing@demo.example",
    "phone": "555-010-0100",
    "address_line_1": "1 Fiction Plaza",
    "city": "Nowhere",
    "state": "OR",
    "zip_code": "97000",
    "cool_off_seconds": 10,
    "settle_seconds": 60,
    "second_key_above_cents": 50_000,
    "polling": True,
}
REGISTRY: Final = {
    "review_by_state": {"OH": "poll", "PA": 2},
    "decline": [{"state": "AL", "text": "The state has an open question about this producer."}],
}
"""Most states answer at once; Ohio when asked again, Pennsylvania after two days, and Alabama says no."""


def seed(simulator: Simulator, say: Say) -> None:
    """Everything below, once; the registry is told anew at each start."""
    configure(simulator)
    if not Transaction.objects.exists():
        prepare_gateway()
        ask_for_some(make_people(), say)


def prepare_gateway() -> None:
    """What an organisation sets up once."""
    seed_business_rules(list(state_names()), actor=ACTOR)
    update_gateway_settings(ACCOUNT, actor=ACTOR)
    set_default_reasons(_usual_reasons(), actor=ACTOR)
    for company in Company.objects.order_by("pk")[:2]:
        states: list[CompanyStateFields] = [
            {"state": state, "just_in_time": True} for state in JUST_IN_TIME_STATES
        ]
        set_company_states(company.pk, states, actor=ACTOR)


def configure(simulator: Simulator) -> None:
    """Tell the registry how to answer; it forgets that with every start."""
    try:
        httpx.post(
            f"{simulator.url}/_simulator/gateway", json=REGISTRY, timeout=30, trust_env=False
        ).raise_for_status()
    except httpx.HTTPStatusError as error:
        raise DemoFailed(
            f"The simulated gateway would not be configured: {error.response.text[:200]}"
        ) from error


def ask_for_some(people: Mapping[str, User], say: Say) -> None:
    """Appointments that scorecards ask for, some of them submitted, and the end of a few others."""
    leo, sue = (Actor.person(people[key]) for key in ("specialist", "submitter"))
    wanted = appointment_requests(Scorecard.objects.filter(assignment__ended_at=None))[:APPOINTMENTS]
    if wanted:
        _submit_some(ask_appointments(wanted, actor=leo, wait=True), sue)
    ending = list(_ending())
    if ending:
        ask_terminations(ending, actor=leo, wait=True)
    say(
        f"{Transaction.objects.count()} transactions are prepared; half of those that may leave are on their way."
    )


def _usual_reasons() -> dict[str, str]:
    usual: dict[str, str] = {}
    for state in state_names():
        offered = {slug for slug, _label in offered_reasons(state)}
        if liked := next((slug for slug in LIKED_REASONS if slug in offered), ""):
            usual[state] = liked
    return usual


def _submit_some(asked: BulkRequest, actor: Actor) -> None:
    """A few that leave, many at once that want a second key; the others stay ready."""
    ready = Transaction.objects.filter(bulk_request=asked, status=TransactionStatus.READY_TO_SUBMIT)
    ids = list(ready.order_by("pk").values_list("pk", flat=True))
    for chosen in (ids[:FEW], ids[FEW : len(ids) // 2 + FEW]):
        if chosen:
            submit(chosen, confirm_cents=cost_of(chosen).total_cents, actor=actor)


def _ending() -> Iterable[dict[str, Any]]:
    """A few current appointments with companies on file."""
    companies = Company.objects.values_list("cocode", flat=True)
    current = Appointment.objects.filter(
        known_to=None, removed_at=None, status=AppointmentStatus.APPOINTED, cocode__in=companies
    )
    for row in (
        current.select_related("producer")
        .only("state", "cocode", "producer__npn")
        .order_by("pk")[:TERMINATIONS]
    ):
        yield {"npn": row.producer.npn, "state": row.state, "cocode": row.cocode, "appointment_id": row.pk}
