"""Appointments and companies as the facts that rules are asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.facts import appointment_facts, company_facts, full_facts
from appointments.models import Appointment, Company, CompanyState
from core import clock
from producers.models import Producer


@pytest.fixture
def ines(db) -> Producer:
    return Producer.objects.create(npn="88100001", last_name="Abernathy")


def appoint(producer: Producer, **fields) -> Appointment:
    given = {
        "state": "CA",
        "cocode": "77001",
        "company_key": "77001",
        "company_name": "Heron Life",
        "loa_code": "16",
        "status": "Appointed",
        "status_date": clock.today(),
        "known_from": clock.now(),
    }
    return Appointment.objects.create(producer=producer, **(given | fields))


def test_an_appointment_keeps_what_the_registry_said(ines):
    appoint(ines, county_code="013", loa="Life", renewal_date=clock.today())
    fact = full_facts([ines.pk])[ines.pk].appointments[0]
    assert (fact.cocode, fact.loa_code, fact.loa, fact.county) == ("77001", "16", "Life", "013")
    assert (fact.status_date, fact.renewal_date, fact.company_name) == (
        clock.today(),
        clock.today(),
        "Heron Life",
    )
    assert fact.current


def test_a_terminated_appointment_is_a_fact_that_is_not_current(ines):
    appoint(ines, status="Terminated", termination_reason="Voluntary")
    fact = appointment_facts([ines.pk])[ines.pk][0]
    assert (fact.current, fact.termination_reason) == (False, "Voluntary")


@pytest.mark.parametrize("column", ["removed_at", "known_to"])
def test_what_is_gone_or_was_corrected_is_not_a_fact(ines, column):
    appoint(ines, **{column: clock.now()})
    assert full_facts([ines.pk])[ines.pk].appointments == ()


def test_appointments_as_they_were_known(ines):
    then = clock.now() - timedelta(days=9)
    appoint(ines, known_from=then, known_to=clock.now())
    assert len(appointment_facts([ines.pk], known_at=then + timedelta(days=1))[ines.pk]) == 1


def test_a_company_has_its_state_settings(db):
    company = Company.objects.create(
        name="Heron Life", cocode="77001", loa_categories=["life"], fein="000000771"
    )
    CompanyState.objects.create(company=company, state="CA", just_in_time=True, agent_types=["producer"])
    fact = company_facts()["77001"]
    assert (fact.name, fact.fein, fact.loa_categories) == ("Heron Life", "000000771", frozenset({"life"}))
    assert fact.states["CA"].just_in_time
    assert fact.states["CA"].agent_types == ("producer",)


def test_a_company_that_is_not_in_use_or_not_asked_for_is_left_out(db):
    Company.objects.create(name="Old", cocode="77003", active=False)
    Company.objects.create(name="Other", cocode="77004")
    assert company_facts(["77003"]) == {}
    assert list(company_facts()) == ["77004"]


def test_queries_do_not_grow(ines):
    other = Producer.objects.create(npn="88100002", last_name="Brook")
    for producer in (ines, other):
        appoint(producer)

    def counted(*some):
        with CaptureQueriesContext(connection) as queries:
            full_facts([producer.pk for producer in some])
        return len(queries)

    assert counted(ines) == counted(ines, other) == 6
