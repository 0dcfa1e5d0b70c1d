"""Approved transactions are tied to what the registry shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from appointments.enums import RegistryShows
from appointments.models import Appointment, GatewaySettings, Transaction
from appointments.services.ties.reports import after_approval
from appointments.services.ties.tying import Tied, tie, tie_waiting
from core import clock
from core.audit.models import AuditEntry
from producers.models import Change, Producer, SyncItem
from tests.appointments.conftest import appoint
from tests.appointments.handling.cast import transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

TOLD = date(2026, 11, 3)


def approved(**fields: Any) -> Transaction:
    given = {"final_at": clock.now(), "effective_date": TOLD} | fields
    return transactions(1, "approved", **given)[0]


def shown(row: Transaction, **fields: Any) -> Appointment:
    return appoint(row.producer, "OR", **({"status_date": TOLD} | fields))


def stands(row: Transaction) -> tuple[str, str, bool]:
    row.refresh_from_db()
    return row.registry_shows, row.status_detail, row.is_open


def test_an_appointment_that_the_registry_shows_is_tied_and_open_no_more():
    row = approved()
    fact = shown(row)
    assert tie([row.producer_id]) == Tied(shown=1)
    assert stands(row) == ("shown", "shown", False)
    assert row.registry_fact == fact
    assert not Change.objects.exists()
    assert AuditEntry.objects.get(action="transaction.tied").changes == {"registry_shows": ["", "shown"]}
    assert tie([row.producer_id]) == Tied()


@pytest.mark.parametrize(
    "fields",
    [
        {"loa_code": "9016", "loa": "LIFE"},
        {"loa_code": "16", "loa": "Life insurance"},
        {"cocode": "", "fein": "990000771", "company_key": "fein:990000771"},
    ],
)
def test_a_line_counts_by_code_or_name_and_a_company_by_cocode_or_fein(fields):
    row = approved()
    row.company.fein = "990000771"
    row.company.save()
    shown(row, **fields)
    assert tie([row.producer_id]) == Tied(shown=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"loa_code": "935", "loa": "Health"},
        {"cocode": "77002", "company_key": "77002"},
        {"status": "Terminated"},
        {"removed_at": clock.now()},
        {"known_to": clock.now()},
    ],
)
def test_another_fact_does_not_tie_it(fields):
    row = approved()
    shown(row, **fields)
    assert tie([row.producer_id]) == Tied()
    assert stands(row) == ("", "", True)


def test_in_a_state_that_names_no_line_the_appointment_without_one_is_it():
    row = approved()
    shown(row, loa_code="", loa="")
    assert tie([row.producer_id]) == Tied(shown=1)


def test_a_termination_of_what_has_no_line_ends_only_that():
    row = approved(kind="termination", reason="VOLUNTARY", loa_code="", loa="")
    shown(row, loa_code="", loa="", status="Terminated")
    shown(row)
    assert tie([row.producer_id]) == Tied(shown=1)


def test_another_state_does_not_tie_it():
    row = approved()
    appoint(row.producer, "TX", status_date=TOLD)
    assert tie([row.producer_id]) == Tied()


def test_another_day_than_told_goes_to_changes():
    row = approved()
    shown(row, status_date=TOLD + timedelta(days=2))
    assert tie([row.producer_id]) == Tied(differs=1)
    assert stands(row) == ("differs", "shown", False)
    change = Change.objects.get()
    assert change.subject == (
        f"{row.number} OR Heron Life Insurance Co: Life. "
        "NIPR told: effective date 3 Nov 2026. The registry shows: 5 Nov 2026."
    )
    assert change.fields == {
        "transaction": [None, row.number],
        "effective_date": ["2026-11-03", "2026-11-05"],
    }
    assert change.acknowledged_at is None


def test_a_termination_shows_as_terminated_or_by_being_gone():
    ended = approved(kind="termination", reason="VOLUNTARY")
    gone = approved(kind="termination", reason="VOLUNTARY")
    shown(ended, status="Terminated", termination_reason="Voluntary Termination")
    assert tie([ended.producer_id, gone.producer_id]) == Tied(shown=2)
    assert ended.pk != gone.pk
    assert not Change.objects.exists()


def test_a_termination_waits_while_the_appointment_stands_beside_an_older_end():
    row = approved(kind="termination", reason="VOLUNTARY")
    shown(row, status="Terminated", position=1)
    shown(row, status="Appointed", position=2)
    assert tie([row.producer_id]) == Tied()


def test_another_reason_than_told_goes_to_changes():
    row = approved(kind="termination", reason="VOLUNTARY")
    shown(row, status="Terminated", termination_reason="Fraud")
    assert tie([row.producer_id]) == Tied(differs=1)
    assert "“Voluntary termination”. The registry shows: “Fraud”." in Change.objects.get().subject


def synced(row: Transaction, after: timedelta) -> None:
    Producer.objects.filter(pk=row.producer_id).update(last_synced_at=row.final_at + after)


def test_what_is_not_shown_three_days_after_is_missing_and_told_once():
    row = approved()
    synced(row, timedelta(days=2, hours=23))
    assert tie_waiting() == Tied()
    synced(row, timedelta(days=3))
    assert tie_waiting() == Tied(missing=1)
    assert stands(row) == ("missing", "not_shown", False)
    assert "the registry does not show it" in Change.objects.get().subject
    assert tie([row.producer_id]) == Tied()
    assert Change.objects.count() == 1


def test_what_was_missing_and_shows_up_is_tied_then():
    row = approved(registry_shows=RegistryShows.MISSING)
    shown(row)
    assert tie([row.producer_id]) == Tied(shown=1)
    assert stands(row)[0] == "shown"


def test_an_appointment_that_will_not_end_is_missing_its_end():
    row = approved(kind="termination", reason="VOLUNTARY")
    shown(row)
    synced(row, timedelta(days=4))
    assert tie_waiting() == Tied(missing=1)
    assert "still shows the appointment" in Change.objects.get().subject


def test_what_is_recorded_here_is_not_looked_for():
    row = transactions(1, "recorded")[0]
    shown(row)
    assert tie([row.producer_id]) == Tied()


def test_many_are_tied_with_the_queries_of_few(connection_queries):
    def ready(count):
        rows = transactions(count, "approved", final_at=clock.now(), effective_date=TOLD)
        for row in rows:
            shown(row)
        return [row.producer_id for row in rows]

    few, many = ready(3), ready(40)
    assert connection_queries(lambda: tie(few)) == connection_queries(lambda: tie(many))


# Reports


def test_one_report_is_asked_for_each_producer_with_an_approval():
    row, other = approved(), approved()
    ids = [row.producer_id, other.producer_id, transactions(1, "declined")[0].producer_id]
    assert after_approval(ids) == 2
    after_approval(ids)
    assert SyncItem.objects.count() == 2


def test_who_has_more_on_the_way_is_asked_about_when_that_is_answered():
    row = approved()
    sibling = transactions(1, "submitting", loa_code="935", loa="Health")[0]
    Transaction.objects.filter(pk=sibling.pk).update(producer=row.producer)
    assert after_approval([row.producer_id]) == 0


def test_a_report_read_since_is_not_bought_again():
    row = approved()
    Producer.objects.filter(pk=row.producer_id).update(last_report_at=row.final_at + timedelta(minutes=1))
    assert after_approval([row.producer_id]) == 0


def test_nothing_is_bought_when_it_is_switched_off_or_nobody_is_to_be_asked():
    row = approved()
    Producer.objects.filter(pk=row.producer_id).update(dummy_npn=True)
    assert after_approval([row.producer_id]) == 0
    Producer.objects.filter(pk=row.producer_id).update(dummy_npn=False)
    GatewaySettings.objects.update(sync_after_approval=False)
    assert after_approval([row.producer_id]) == 0
