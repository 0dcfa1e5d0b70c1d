"""Records that scorecards rest on, written as simply as they can be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from appointments.models import Appointment, Company, CompanyState
from core import clock
from producers.models import License, LicenseLine, Producer, ProducerAssignment
from rulebook.models import Jurisdiction, LicenseClass, LineOfAuthority, StateRule
from scorecards import services
from scorecards.models import Scorecard

RULES = {
    "CA": {
        "renewal_window_days": "90",
        "late_renewal_days": "30",
        "appoints_individuals": "yes",
        "appointment_fee_usd": "16",
    },
    "TX": {"renewal_window_days": "60", "appoints_individuals": "yes"},
}
NAMES = {"CA": "California", "TX": "Texas", "PR": "Puerto Rico", "US": "United States"}


def write_rules() -> None:
    shipped = {"origin": "shipped", "confidence": "verified", "source": "a statute"}
    for code, name in NAMES.items():
        Jurisdiction.objects.create(code=code, name=name, is_country=code == "US", confidence="verified")
    for state, fields in RULES.items():
        for field, value in fields.items():
            StateRule.objects.create(jurisdiction_id=state, field=field, value=value, **shipped)
    for code, name, category in (("16", "Life", "life"), ("935", "Health", "health")):
        LineOfAuthority.objects.create(
            jurisdiction_id="US", code_system="NIPR_PDB", code=code, name=name, categories=category, **shipped
        )
    LicenseClass.objects.create(
        jurisdiction_id="US",
        name="Insurance Producer",
        kind="producer",
        confidence="verified",
        source="a list",
    )


def company(cocode: str, name: str, categories: list[str], states: list[str]) -> Company:
    made = Company.objects.create(cocode=cocode, name=name, loa_categories=categories)
    CompanyState.objects.bulk_create(CompanyState(company=made, state=state) for state in states)
    return made


def producer(npn: str, *, expires_in: int | None = 40, **fields: Any) -> Producer:
    """Synced, with one resident license in California that carries life."""
    made = Producer.objects.create(
        npn=npn,
        last_synced_at=clock.now(),
        sync_status="success",
        sort_name=fields.get("last_name", npn).casefold(),
        **fields,
    )
    license_(made, expires_in=expires_in)
    return made


def license_(owner: Producer, state: str = "CA", *, expires_in: int | None = 40, **fields: Any) -> License:
    expires = None if expires_in is None else clock.today() + timedelta(days=expires_in)
    known = fields.pop("known_from", clock.now())
    key = {"producer": owner, "state": state, "license_number": f"{state}-{owner.npn}", "known_from": known}
    LicenseLine.objects.create(**key, loa_code="16", loa="Life", status="Active")
    given = {
        "license_class": "Insurance Producer",
        "residency": "R",
        "active": True,
        "expiration_date": expires,
    }
    return License.objects.create(**key, **(given | fields))


def appointment(owner: Producer, state: str = "CA", cocode: str = "77001", **fields: Any) -> Appointment:
    given = {
        "loa_code": "16",
        "loa": "Life",
        "status": "Appointed",
        "status_date": clock.today(),
        "known_from": clock.now(),
    }
    return Appointment.objects.create(
        producer=owner, state=state, cocode=cocode, company_key=cocode, **(given | fields)
    )


def assign(owner: Producer, **fields: Any) -> ProducerAssignment:
    given = {
        "states": ["CA", "TX"],
        "loa_categories": ["life"],
        "cocodes": ["77001"],
        "scorecard_type": "license_and_appointment",
    }
    return ProducerAssignment.objects.create(producer=owner, **(given | fields))


def computed_scorecard(owner: Producer) -> Scorecard:
    services.ensure_scorecards([owner.pk])
    made = Scorecard.objects.filter(producer=owner).latest("pk")
    services.refresh([made.pk])
    made.refresh_from_db()
    return made


def scorecards(count: int) -> list[Scorecard]:
    for index in range(count):
        assign(producer(str(9000 + index), last_name=f"Number {index}"))
    services.ensure_scorecards()
    services.refresh(Scorecard.objects.values_list("pk", flat=True))
    return list(Scorecard.objects.order_by("pk"))
