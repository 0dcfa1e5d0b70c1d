"""Approved license transactions are tied to the license that the registry shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Transaction
from appointments.services.licensing.tying import tie_licenses, tie_waiting_licenses
from appointments.services.ties.tying import GRACE, Tied, tie
from core import clock
from core.audit.models import AuditEntry
from producers.models import Change, License, LicenseLine, Producer
from tests.appointments.asking import world as asking
from tests.appointments.licensing.world import APPLICATION, RENEWAL, application, ask, complete, only, renewal

pytestmark = pytest.mark.django_db


def approved(kind, request, **fields):
    row = only(ask(kind, request))
    given = {"status": "approved", "final_at": clock.now(), "is_open": True} | fields
    Transaction.objects.filter(pk=row.pk).update(**given)
    row.refresh_from_db()
    return row


@pytest.fixture
def renewed(ines):
    """An approved renewal, before the registry shows it."""
    License.objects.filter(producer=ines).update(expiration_date=clock.today() + timedelta(days=20))
    return approved(RENEWAL, renewal())


def stands(row):
    row.refresh_from_db()
    return row.registry_shows, row.status_detail, row.is_open


def later(**delta):
    License.objects.update(expiration_date=clock.today() + timedelta(**delta))


def test_a_renewal_is_shown_by_a_later_expiration_and_by_nothing_else(renewed):
    assert tie_licenses([renewed.producer_id]) == Tied()
    later(days=19)
    assert tie_licenses([renewed.producer_id]) == Tied()
    later(days=750)
    assert tie_licenses([renewed.producer_id]) == Tied(shown=1)
    assert stands(renewed) == ("shown", "shown", False)
    assert AuditEntry.objects.get(action="transaction.tied").changes == {"registry_shows": ["", "shown"]}
    assert not Change.objects.exists()
    assert tie_licenses([renewed.producer_id]) == Tied()


def test_the_term_of_another_license_does_not_tie_a_renewal(renewed, ines):
    asking.license_of(ines, "CA", license_number="OTHER", expiration_date=clock.today() + timedelta(days=900))
    assert tie_licenses([ines.pk]) == Tied()


def test_an_application_is_shown_by_a_license_in_force_with_every_line(ines):
    row = approved(APPLICATION, application(loa_categories=["life", "health"]))
    license_ = asking.license_of(ines, "TX", lines=(asking.LIFE,), residency="NR")
    assert tie_licenses([ines.pk]) == Tied()
    for code, name in asking.LINES[1:]:
        LicenseLine.objects.create(
            producer=ines, state="TX", license_number=license_.license_number, license_class_code="1",
            loa_code=code, loa=name, status="Active", known_from=clock.now(),
        )  # fmt: skip
    License.objects.filter(pk=license_.pk).update(active=False)
    assert tie_licenses([ines.pk]) == Tied()
    License.objects.filter(pk=license_.pk).update(active=True)
    assert tie_licenses([ines.pk]) == Tied(shown=1)
    assert stands(row) == ("shown", "shown", False)


def test_a_line_added_is_shown_on_the_license_it_was_asked_for(ines):
    license_ = asking.license_of(ines, "TX", lines=(asking.LIFE,), residency="NR")
    row = approved(APPLICATION, application(loa_categories=["936"]))
    assert tie_licenses([ines.pk]) == Tied()
    LicenseLine.objects.create(
        producer=ines, state="TX", license_number=license_.license_number, license_class_code="1",
        loa_code="936", loa="Health", status="Active", known_from=clock.now(),
    )  # fmt: skip
    assert tie_licenses([ines.pk]) == Tied(shown=1)
    assert not stands(row)[2]


def test_what_a_later_sync_does_not_show_goes_to_changes_once_and_is_tied_when_it_comes(renewed, ines):
    Transaction.objects.update(final_at=clock.now() - GRACE - timedelta(hours=1))
    Producer.objects.update(last_synced_at=clock.now())
    assert tie_licenses([ines.pk]) == Tied(missing=1)
    assert stands(renewed) == ("missing", "not_shown", False)
    change = Change.objects.get()
    assert (change.kind, change.producer_id) == ("license", ines.pk)
    assert "still shows the old term" in change.subject
    assert tie_licenses([ines.pk]) == Tied()
    later(days=750)
    assert tie_waiting_licenses() == Tied()
    assert tie_licenses([ines.pk]) == Tied(shown=1)


def test_the_night_looks_at_everybody_who_waits(renewed):
    later(days=750)
    assert tie_waiting_licenses() == Tied(shown=1)


def test_appointments_are_tied_elsewhere(renewed, ines):
    assert tie([ines.pk]) == Tied()
    Transaction.objects.update(kind="appointment")
    later(days=750)
    assert tie_licenses([ines.pk]) == Tied()


def test_what_is_tied_may_be_asked_for_again_and_not_before(renewed, ines):
    later(days=80)
    answered = ask(RENEWAL, renewal())["requests"][0]["transactions"][0]
    assert answered["eligibility_reason"]["code"] == "duplicate_transaction"
    tie_licenses([ines.pk])
    assert only(ask(RENEWAL, renewal())).status == "ready_to_submit"


def test_queries_do_not_grow_with_producers(place):
    def count(first, many):
        ids = []
        for number in range(many):
            producer = complete(asking.licensed(str(first + number)), ssn_last4="1234")
            ids.append(producer.pk)
            approved(APPLICATION, application(npn=producer.npn))
            asking.license_of(producer, "TX", residency="NR")
        with CaptureQueriesContext(connection) as captured:
            assert tie_licenses(ids) == Tied(shown=many)
        return len(captured)

    assert count(88_400_000, 2) == count(88_410_000, 8)
