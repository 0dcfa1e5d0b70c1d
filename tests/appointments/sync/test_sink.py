"""Appointments as the sync hands them on."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Appointment
from appointments.sync import keep_appointments
from producers.enums import ChangeEffect, ChangeKind
from producers.models import Producer
from producers.sinks import Applied, SyncedEntity, fact_sinks
from tests.producers.sync.documents import MONDAY, TUESDAY, appointment_in

pytestmark = pytest.mark.django_db


def keep(producer: Producer, *rows, at=MONDAY, states=None) -> Applied:
    entity = SyncedEntity(producer.pk, rows, frozenset(states) if states is not None else None)
    return keep_appointments([entity], known_at=at, sync_run_id=None)


@pytest.fixture
def ida() -> Producer:
    return Producer.objects.create(npn="100")


def test_the_sync_knows_this_room():
    assert fact_sinks()["appointments"] is keep_appointments


def test_a_company_with_three_lines_gives_three_rows(ida: Producer):
    keep(ida, *(appointment_in("OR", loa_code=code) for code in ("16", "39", "12")))
    assert Appointment.objects.count() == 3


def test_terminated_rows_stay_beside_current_ones(ida: Producer):
    ended = appointment_in("OR", status="Terminated", status_date=date(2020, 1, 1))
    keep(ida, appointment_in("OR"), ended)
    rows = Appointment.objects.order_by("position").values_list("position", "status")
    assert list(rows) == [(0, "Terminated"), (1, "Appointed")]


def test_carriers_without_a_cocode_are_told_apart_by_fein(ida: Producer):
    keep(ida, appointment_in("OR", "", fein="00-0000101"), appointment_in("OR", "", fein="00-0000102"))
    assert set(Appointment.objects.values_list("company_key", flat=True)) == {
        "fein:000000101",
        "fein:000000102",
    }


def test_a_termination_is_a_change_in_words(ida: Producer):
    keep(ida, appointment_in("OR"))
    applied = keep(ida, appointment_in("OR", status="Terminated", termination_reason="For Cause"), at=TUESDAY)
    [change] = applied.changes
    assert (change.kind, change.effect, change.subject) == (
        ChangeKind.APPOINTMENT,
        ChangeEffect.CHANGED,
        "OR Lanternfish Life Assurance Co: Life",
    )
    assert change.fields["status"] == ["Appointed", "Terminated"]


def test_only_the_states_spoken_of_are_touched(ida: Producer):
    keep(ida, appointment_in("OR"), appointment_in("FL"))
    applied = keep(ida, at=TUESDAY, states=["OR"])
    assert (applied.removed, applied.losers) == (1, {ida.pk})
    assert [row.state for row in Appointment.objects.filter(known_to=None, removed_at=None)] == ["FL"]


def test_queries_do_not_grow_with_the_rows(ida: Producer):
    counts = []
    for number in (1, 3, 200):
        rows = [appointment_in("OR", f"{place:05}") for place in range(number)]
        with CaptureQueriesContext(connection) as queries:
            keep(Producer.objects.create(), *rows)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
