"""What a transaction says to the gateway."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from appointments.enums import TransactionKind
from appointments.gateway import documents
from appointments.gateway import settings as gateway_settings
from appointments.models import BackgroundAnswers, CompanyState, Transaction, TransactionDocument
from core import clock
from nipr.wire.gateway import GatewayKind, document
from nipr.wire.gateway.requests import read_document
from producers.models import Address
from tests.appointments.gateway.world import queue, set_gateway

pytestmark = pytest.mark.django_db
SSN = "900-55-1234"


def told(row: Transaction):
    """The transaction as the registry reads it."""
    made = documents.kept_or_made([row.pk], gateway_settings.current())
    assert made.faults == {}
    [posted] = read_document(document(made.bodies.values()))
    assert posted.problem is None
    return posted.transaction


@pytest.fixture
def gateway(db: None) -> None:
    set_gateway()


def test_an_appointment_says_who_where_for_what_and_by_whom(gateway):
    [row] = queue(1, effective_date=date(2026, 3, 1))
    CompanyState.objects.create(company=row.company, state="CA", state_company_id="C-77")
    said = told(row)
    assert said.kind is GatewayKind.APPOINTMENT
    assert (said.key.customer, said.key.batch, said.key.trans) == (
        "00DEMO",
        row.batch.gateway_key,
        row.gateway_key,
    )
    assert (said.applicant.npn, said.applicant.last_name, said.state) == (row.npn, "Abernathy", "CA")
    assert (said.loa_codes, said.license_class, said.effective_date) == (("16",), "1", date(2026, 3, 1))
    assert (said.appointer.cocode, said.appointer.state_company_id) == ("77001", "C-77")
    assert (said.authorization.last_name, said.payment.account_id) == ("Clerk", "001")
    assert said.state_fee_cents == 2400


def test_a_termination_says_why(gateway):
    [row] = queue(1, kind=TransactionKind.TERMINATION, reason="voluntary", loa_code="")
    assert (told(row).kind, told(row).reason) == (GatewayKind.TERMINATION, "voluntary")


def test_stamps_are_those_of_the_business_s_day(gateway, settings, monkeypatch):
    settings.TIME_ZONE = "America/New_York"
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
    [row] = queue(1)
    said = told(row)
    assert said.date_stamp == date(2026, 3, 1)
    assert said.time_stamp.hour == 21


def test_a_license_application_brings_answers_address_and_tax_number(gateway):
    [row] = queue(
        1,
        kind=TransactionKind.LICENSE_APPLICATION,
        loa_code="",
        agent_type="producer",
        application={"loa_codes": ["16", "17"]},
    )
    producer = row.producer
    producer.ssn, producer.birth_date = SSN, date(1980, 2, 29)
    producer.save()
    answers = {"1a": {"yes": False}, "2": {"yes": True, "explanation": "Long ago."}}
    BackgroundAnswers.objects.create(
        producer=producer,
        agent_type="producer",
        answers=json.dumps(answers),
        any_yes=True,
        answered_on=clock.today(),
        recorded_by_label="tests",
        recorded_at=clock.now(),
    )
    Address.objects.create(
        producer=producer,
        state="OR",
        line_1="1 Fiction Plaza",
        city="Nowhere",
        address_state="OR",
        zip_code="97000",
        known_from=clock.now(),
    )
    said = told(row)
    assert (said.applicant.tax_number, said.loa_codes) == (SSN, ("16", "17"))
    assert said.application.birth_date == date(1980, 2, 29)
    assert [(each.question, each.yes) for each in said.application.answers] == [("1a", False), ("2", True)]
    assert said.application.address.city == "Nowhere"


def test_an_application_without_answers_is_not_written(gateway):
    [row] = queue(1, kind=TransactionKind.LICENSE_APPLICATION, agent_type="producer")
    made = documents.kept_or_made([row.pk], gateway_settings.current())
    assert made.faults == {row.pk: [documents.NO_ANSWERS]}


def test_no_tax_number_goes_where_none_is_needed(gateway):
    [row] = queue(1)
    row.producer.ssn = SSN
    row.producer.save()
    assert told(row).applicant.tax_number == ""


def test_the_bytes_are_kept_encrypted(gateway):
    [row] = queue(1)
    documents.kept_or_made([row.pk], gateway_settings.current())
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM appointments_transactiondocument")
        [[raw]] = cursor.fetchall()
    assert row.gateway_key.encode() not in bytes(raw)
    assert row.gateway_key in TransactionDocument.objects.get().body


def test_faults_are_told_all_at_once(gateway):
    [row] = queue(1, npn="", loa_code="", company=None, cocode="")
    [faults] = documents.kept_or_made([row.pk], gateway_settings.current()).faults.values()
    assert len(faults) == 3


@pytest.mark.parametrize(
    ("simulated", "chosen", "passed", "automatic"),
    [
        (True, None, False, True),
        (True, False, False, False),
        (True, True, False, True),
        (False, None, True, False),
        (False, True, False, False),
        (False, True, True, True),
    ],
)
def test_unknowns_are_automatic_only_where_that_is_known_to_be_right(
    gateway, settings, simulated, chosen, passed, automatic
):
    settings.NIPR_URL_TEMPLATE = "http://127.0.0.1:8100" if simulated else "https://{service}.api.nipr.com"
    set_gateway(automatic_unknowns=chosen, conformance_passed_at=clock.now() if passed else None)
    assert gateway_settings.unknowns_are_automatic() is automatic
