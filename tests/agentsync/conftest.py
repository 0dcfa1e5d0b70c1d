"""Records that the pages of the shell show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Company
from core import clock
from producers.enums import EntityType, ScorecardType, SyncStatus
from producers.models import License, Producer, ProducerAssignment
from producers.services.validation import apply_fields
from scorecards.models import Scorecard


def producer(npn: str, first: str, last: str, **fields) -> Producer:
    made = Producer()
    apply_fields(
        made,
        {"entity_type": EntityType.INDIVIDUAL, "npn": npn, "first_name": first, "last_name": last, **fields},
    )
    made.save()
    return made


def agency(npn: str, name: str) -> Producer:
    made = Producer()
    apply_fields(made, {"entity_type": EntityType.FIRM, "npn": npn, "company_name": name})
    made.save()
    return made


def license_of(holder: Producer, number: str, *, state: str = "CA", days: int = 400, **fields) -> License:
    """A current license that expires in so many days."""
    expires = clock.today() + timedelta(days=days)
    row = {"license_number": number, "state": state, "active": True, "expiration_date": expires}
    return License.objects.create(producer=holder, known_from=timezone.now(), **row, **fields)


def scorecard_of(holder: Producer, number: str, **figures) -> Scorecard:
    assignment = ProducerAssignment.objects.create(
        producer=holder, states=["CA"], loa_categories=["life"], scorecard_type=ScorecardType.LICENSE
    )
    return Scorecard.objects.create(assignment=assignment, producer=holder, number=number, **figures)


@pytest.fixture
def book(db: None) -> dict[str, Producer]:
    """Two people named Smith, one agency, three licenses, one company, one scorecard."""
    joan = producer("88100001", "Joan", "Smith", email="joan@example.com")
    jim = producer("88100002", "Jim", "Smithers", external_id="hr-7")
    firm = agency("88200001", "Smith & Daughters")
    Producer.objects.filter(pk=jim.pk).update(sync_status=SyncStatus.NIPR_ERROR)
    license_of(joan, "0K12345", days=20)
    license_of(joan, "TX-998", state="TX", days=70)
    license_of(jim, "0K12999", days=-5)
    Company.objects.create(name="Smithfield Life", cocode="77001")
    scorecard_of(joan, "SCORE-0001", licensed_percent=50, to_do=1)
    return {"joan": joan, "jim": jim, "firm": firm}
