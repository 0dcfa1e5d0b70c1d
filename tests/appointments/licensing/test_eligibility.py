"""What was prepared is asked again before it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.services.licensing.eligibility import no_longer_eligible
from core import clock
from producers.models import License, LicenseLine, Producer
from tests.appointments.asking import world as asking
from tests.appointments.licensing.world import (
    APPLICATION,
    RENEWAL,
    answer,
    application,
    ask,
    complete,
    only,
    renewal,
)

pytestmark = pytest.mark.django_db


def codes(*rows):
    return [conflict.code for conflict in no_longer_eligible(rows).values()]


@pytest.fixture
def prepared(ines):
    """A renewal that may leave."""
    License.objects.update(expiration_date=clock.today() + timedelta(days=20))
    return only(ask(RENEWAL, renewal()))


def test_what_has_not_changed_may_leave(ines, prepared):
    assert codes(prepared, only(ask(APPLICATION, application()))) == []
    assert no_longer_eligible([]) == {}


def test_a_license_that_was_renewed_meanwhile_is_not_renewed_again(prepared):
    License.objects.update(expiration_date=clock.today() + timedelta(days=750))
    (conflict,) = no_longer_eligible([prepared]).values()
    assert conflict.code == "not_yet_renewable"
    assert prepared.number in str(conflict)


def test_a_license_that_was_granted_meanwhile_is_not_applied_for(ines):
    row = only(ask(APPLICATION, application()))
    asking.license_of(ines, "TX", residency="NR")
    assert codes(row) == ["already_licensed"]


def test_a_line_that_was_added_meanwhile_is_not_added_again(ines):
    asking.license_of(ines, "TX", lines=(asking.SICKNESS,), residency="NR")
    row = only(ask(APPLICATION, application(loa_categories=["16"])))
    assert codes(row) == []
    LicenseLine.objects.filter(state="TX").update(loa_code="16", loa="Life")
    assert codes(row) == ["already_licensed"]


def test_what_is_missing_since_stops_it(prepared):
    Producer.objects.update(phone="")
    assert codes(prepared) == ["prerequisites_missing"]


def test_a_yes_since_it_was_prepared_stops_it_unless_a_second_person_has_looked(ines, prepared):
    answer(ines, yes="1b")
    assert codes(prepared) == ["documents_required"]
    prepared.approved_by_user_id = 1003
    assert codes(prepared) == []


def test_queries_do_not_grow_with_the_rows(place):
    def count(first, many):
        rows = []
        for number in range(many):
            complete(asking.licensed(str(first + number)), ssn_last4="1234")
            rows.append(only(ask(APPLICATION, application(npn=str(first + number)))))
        with CaptureQueriesContext(connection) as captured:
            assert no_longer_eligible(rows) == {}
        return len(captured)

    assert count(88_500_000, 1) == count(88_510_000, 7)
