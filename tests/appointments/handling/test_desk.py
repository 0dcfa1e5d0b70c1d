"""Closing, taking back, holding, making ready again, and the just-in-time clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import access
from appointments.models import Transaction, TransactionDocument
from appointments.services.handling.approving import approve
from appointments.services.handling.desk import close, hold, mend, set_first_business, take_back
from appointments.services.handling.submit import submit
from appointments.services.handling.unknown import attach_number, not_there, write_off
from core import clock
from core.actor import Actor
from core.audit.models import AuditEntry
from core.errors import InvalidInput, NotAllowed
from rulebook.models import StateRule
from tests.appointments.handling.cast import LEO, PIA, SUE, ids_of, may, sibling, statuses, transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


# Closing and taking back


def test_what_is_closed_lets_another_be_asked_for_and_keeps_why():
    row = transactions(1)[0]
    close([row.pk], actor=LEO, reason="Asked twice")
    row.refresh_from_db()
    assert (row.status, row.is_open) == ("closed", False)
    assert row.final_at
    assert AuditEntry.objects.get(action="transaction.close").reason == "Asked twice"


def test_a_thousand_are_closed_in_one_go_each_with_an_answer():
    rows = transactions(1_000)
    handled = close(ids_of(rows), actor=LEO)
    assert len(handled.done) == 1_000
    assert set(statuses(rows)) == {"closed"}


def test_what_has_not_left_is_taken_back():
    row = transactions(1)[0]
    submit([row.pk], confirm_cents=1_753, actor=SUE)
    assert take_back([row.pk], actor=SUE).results[0].status == "ready_to_submit"
    row.refresh_from_db()
    assert (row.status_detail, row.send_after) == ("taken_back", None)


def test_what_may_have_left_before_is_not_taken_back():
    row = transactions(1, "queued", first_sent_at=clock.now())[0]
    refused = take_back([row.pk], actor=SUE).results[0]
    assert (refused.status, refused.message) == (
        "queued",
        "It has been sent before; it cannot be taken back.",
    )


def test_the_same_id_twice_is_answered_once():
    row = transactions(1)[0]
    assert len(close([row.pk, row.pk], actor=LEO).results) == 1


# Holding and the clock


def test_only_just_in_time_appointments_wait_for_first_business():
    plain, waits = transactions(1)[0], transactions(1, just_in_time=True)[0]
    handled = hold([plain.pk, waits.pk], actor=LEO)
    assert [one.code for one in handled.results] == ["not_just_in_time", ""]
    assert statuses([plain, waits]) == ["ready_to_submit", "held"]


def test_the_first_business_starts_the_clock_and_says_until_when():
    row = transactions(1, "held", just_in_time=True)[0]
    answer = set_first_business([row.pk], clock.today(), actor=LEO).results[0]
    row.refresh_from_db()
    assert row.appoint_by == clock.today() + timedelta(days=15)
    assert "15 days from the first business" in answer.message
    set_first_business([row.pk], None, actor=LEO)
    row.refresh_from_db()
    assert (row.first_business_date, row.appoint_by) == (None, None)


def test_where_the_days_are_not_known_the_answer_says_so():
    StateRule.objects.filter(field="jit_days").delete()
    row = transactions(1, "held", just_in_time=True)[0]
    answer = set_first_business([row.pk], clock.today(), actor=LEO).results[0]
    assert (answer.ok, "not known" in answer.message) == (True, True)


def test_business_in_the_future_has_not_been_placed():
    row = transactions(1, "held", just_in_time=True)[0]
    with pytest.raises(InvalidInput):
        set_first_business([row.pk], clock.today() + timedelta(days=1), actor=LEO)


def test_the_clock_is_not_set_where_none_runs():
    sent, plain = transactions(1, "submitted", just_in_time=True)[0], transactions(1, "held")[0]
    handled = set_first_business([sent.pk, plain.pk, 77_777], clock.today(), actor=LEO)
    assert [one.code for one in handled.results] == ["wrong_state", "not_just_in_time", "not_found"]


def test_the_clock_is_set_by_who_may_prepare():
    with pytest.raises(NotAllowed):
        set_first_business([1], clock.today(), actor=LEO, has_right=may(access.VIEW_TRANSACTIONS))


def test_many_clocks_take_the_queries_of_few(connection_queries):
    few, many = transactions(3, "held", just_in_time=True), transactions(60, "held", just_in_time=True)
    today = clock.today()
    assert connection_queries(
        lambda: set_first_business(ids_of(few), today, actor=LEO)
    ) == connection_queries(lambda: set_first_business(ids_of(many), today, actor=LEO))


# Making ready again


def test_what_the_gateway_refused_is_written_anew():
    row = transactions(
        1, "failed", first_sent_at=clock.now(), validation_errors=[{"code": "1", "text": "x"}]
    )[0]
    TransactionDocument.objects.create(transaction=row, body="<TRANSACTION/>", created_at=clock.now())
    mend([row.pk], actor=LEO)
    row.refresh_from_db()
    assert (row.status, row.first_sent_at) == ("ready_to_submit", None)
    assert not TransactionDocument.objects.exists()
    assert row.validation_errors
    submit([row.pk], confirm_cents=None, actor=SUE)
    row.refresh_from_db()
    assert (row.validation_errors, row.status) == ([], "queued")


def test_what_was_asked_for_anew_meanwhile_is_not_made_ready_beside_it():
    row, free = transactions(2, "failed")
    anew = sibling(row, loa_code="16", loa="Life", loa_category="life")
    handled = mend([row.pk, free.pk], actor=LEO)
    assert [one.code for one in handled.results] == ["duplicate_transaction", ""]
    assert handled.results[0].message == f"{anew.number} asks for the same as {row.number} already."
    assert statuses([row, free]) == ["failed", "ready_to_submit"]


def test_of_two_that_ask_for_the_same_the_first_is_made_ready():
    row = transactions(1, "failed")[0]
    other = sibling(row, loa_code="16", loa="Life", loa_category="life", status="failed")
    handled = mend([other.pk, row.pk], actor=LEO)
    assert [one.ok for one in handled.results] == [False, True]


# The second key


def test_neither_who_prepared_nor_who_submitted_turns_the_second_key():
    row = transactions(
        1, "awaiting_approval", submitted_by_user_id=SUE.user_id, submitted_by_label=SUE.label
    )[0]
    assert [approve([row.pk], actor=who).results[0].code for who in (LEO, SUE, PIA)] == [
        "same_person",
        "same_person",
        "",
    ]
    row.refresh_from_db()
    assert (row.status, row.status_detail) == ("ready_to_submit", "approved_here")
    assert (row.approved_by_user_id, row.approved_by_label) == (PIA.user_id, PIA.label)


def test_a_client_does_not_approve_what_it_prepared():
    client, other = Actor.api_client("c-1", "HR system"), Actor.api_client("c-2", "HR system")
    row = transactions(
        1,
        "awaiting_approval",
        prepared_by_kind="api_client",
        prepared_by_user_id=None,
        prepared_by_client_id="c-1",
        prepared_by_label="HR system",
    )[0]
    assert approve([row.pk], actor=client).results[0].code == "same_person"
    assert approve([row.pk], actor=other).results[0].ok


def test_for_cause_waits_for_its_documents():
    row = transactions(1, "awaiting_approval", status_detail="documents_required", for_cause=True)[0]
    refused = approve([row.pk], actor=PIA).results[0]
    assert (refused.code, refused.status) == ("wrong_state", "awaiting_approval")
    assert "Attach them on its page" in refused.message


# Unknown outcomes


def test_a_number_found_at_nipr_is_attached_and_asked_about():
    row = transactions(1, "unknown", unknown_since=clock.now(), checks=11)[0]
    attach_number(row.pk, " 77-1 ", reason="NIPR's help desk", actor=PIA)
    row.refresh_from_db()
    assert (row.status, row.nipr_trans, row.unknown_since, row.checks) == ("submitted", "77-1", None, 0)
    assert row.check_after <= clock.now()
    assert AuditEntry.objects.get(action="transaction.attach").reason == "NIPR's help desk"


def test_who_submitted_does_not_say_that_it_is_not_there():
    row = transactions(1, "unknown", submitted_by_user_id=SUE.user_id, submitted_by_label=SUE.label)[0]
    assert not_there(row.pk, reason="I am sure", actor=SUE).code == "same_person"
    assert not_there(row.pk, reason="NIPR wrote so", actor=PIA).status == "ready_to_submit"


def test_what_is_not_there_keeps_the_bytes_it_was_sent_with():
    row = transactions(1, "unknown", first_sent_at=clock.now())[0]
    TransactionDocument.objects.create(transaction=row, body="<TRANSACTION/>", created_at=clock.now())
    not_there(row.pk, reason="NIPR wrote so", actor=PIA)
    row.refresh_from_db()
    assert row.first_sent_at
    assert TransactionDocument.objects.filter(transaction=row).exists()


@pytest.mark.parametrize(
    "action",
    [
        lambda pk: attach_number(pk, "1", reason=" ", actor=PIA),
        lambda pk: not_there(pk, reason="", actor=PIA),
        lambda pk: write_off(pk, reason="", actor=PIA),
    ],
)
def test_a_word_of_a_person_wants_a_reason(action):
    row = transactions(1, "unknown")[0]
    with pytest.raises(InvalidInput) as refusal:
        action(row.pk)
    assert refusal.value.errors[0]["path"] == "reason"
    assert Transaction.objects.get(pk=row.pk).status == "unknown"


@pytest.mark.parametrize("number", ["", "x" * 41])
def test_a_number_has_1_to_40_characters(number):
    row = transactions(1, "unknown")[0]
    with pytest.raises(InvalidInput) as refusal:
        attach_number(row.pk, number, reason="r", actor=PIA)
    assert refusal.value.errors[0]["path"] == "nipr_trans"


def test_written_off_is_closed():
    row = transactions(1, "unknown", check_after=clock.now())[0]
    assert write_off(row.pk, reason="Nobody knows", actor=PIA).status == "closed"
