"""What may leave: due, within the caps, while nothing has stopped the gateway; and what cannot be written."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.gateway import fence, send, state
from appointments.gateway.claim import claim
from appointments.models import GatewayState, TransactionDocument
from core import clock
from core.audit.models import AuditEntry
from core.errors import Conflict
from tests.appointments.gateway.far import NOT_SENT, TIMEOUT, answering
from tests.appointments.gateway.world import (
    attempts,
    effects,
    later,
    now_of,
    queue,
    set_gateway,
    statuses,
    take_back,
)
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


def test_what_is_in_its_cool_off_time_does_not_leave_and_can_be_taken_back(registry):
    [row] = queue(1, send_after=clock.now() + timedelta(seconds=30))
    assert send.send_due() == 0
    assert take_back(row)
    with later(seconds=31):
        assert send.send_due() == 0
    assert effects(registry, [row]) == [0]


def test_the_oldest_leave_first(registry):
    young, old = queue(1)[0], queue(1, send_after=clock.now() - timedelta(hours=1))[0]
    set_gateway(document_size=1)
    send.send_due(1)
    assert (now_of(old).status, now_of(young).status) == ("approved", "queued")


def test_the_hourly_count_is_never_exceeded_and_a_person_lets_it_go_on(registry):
    set_gateway(document_size=10, hourly_cap=25)
    rows = queue(60)
    assert send.send_due() == 25
    assert state.current().cap_reached_at
    with later(hours=2):
        assert send.send_due() == 0, "it does not go on by itself"
        state.release_cap(TESTER, "They are meant.")
        assert send.send_due() == 25
    assert sum(effects(registry, rows)) == 50
    assert list(
        AuditEntry.objects.filter(action__startswith="gateway.cap").values_list("action", flat=True)
    ) == [
        "gateway.cap_reached",
        "gateway.cap_released",
        "gateway.cap_reached",
    ]


def test_the_hourly_money_is_never_exceeded(registry):
    set_gateway(hourly_cap_cents=10 * 2553)
    rows = queue(30)
    send.send_due()
    assert sum(effects(registry, rows)) == 10


def test_what_surely_did_not_leave_does_not_count_against_the_cap(registry, monkeypatch):
    set_gateway(hourly_cap=5)
    rows = queue(5)
    with answering(monkeypatch, NOT_SENT):
        send.send_due(1)
    with later(minutes=10):
        assert send.send_due() == 5
    assert statuses(rows) == {"approved": 5}


def test_a_paused_gateway_sends_nothing_until_a_person_resumes(registry):
    [row] = queue(1)
    state.pause("Looking into it.", TESTER)
    with later(days=3):
        assert send.send_due() == 0
        state.resume(TESTER)
        assert send.send_due() == 1
    assert now_of(row).status == "approved"


def test_a_refused_password_pauses_and_says_what_to_mend(registry, settings):
    settings.NIPR_PASSWORD = "wrong"
    [row] = queue(1)
    send.send_due()
    gateway = state.current()
    assert now_of(row).status == "queued"
    assert gateway.paused_since
    assert gateway.paused_until is None
    assert "NIPR_PASSWORD" in gateway.paused_why


def test_missing_settings_pause_once_instead_of_failing_each(registry):
    set_gateway(city="", zip_code="")
    rows = queue(3)
    assert send.send_due() == 0
    assert "lack: city, ZIP" in state.current().paused_why
    assert statuses(rows) == {"queued": 3}


def test_five_documents_in_a_row_without_an_answer_pause_and_one_probe_opens_again(registry, monkeypatch):
    set_gateway(document_size=2)
    rows = queue(20)
    with answering(monkeypatch, TIMEOUT):
        send.send_due()
    gateway = state.current()
    assert (gateway.unknown_in_a_row, statuses(rows)["unknown"]) == (5, 10)
    assert gateway.paused_until
    with later(seconds=61):
        assert send.send_due(1) == 1, "one transaction is risked"
        assert state.current().paused_since is None
        assert send.send_due() == 9


def test_a_probe_that_is_not_answered_prolongs_the_pause(registry, monkeypatch):
    set_gateway(document_size=1)
    rows = queue(8)
    with answering(monkeypatch, NOT_SENT) as far:
        send.send_due()
        assert len(far.posts) == 5
        with later(seconds=61):
            send.send_due()
            assert len(far.posts) == 6
            assert state.current().paused_until > clock.now()
    assert statuses(rows) == {"queued": 8}


def test_while_a_probe_is_out_nobody_else_sends(registry):
    queue(3)
    state.current()
    GatewayState.objects.update(
        paused_since=clock.now(), paused_until=clock.now() - timedelta(seconds=1), unknown_in_a_row=5
    )
    assert fence.check()
    assert len(claim(uuid4()).rows) == 1
    assert claim(uuid4()) is None


def test_more_than_two_percent_unknown_pause(registry, monkeypatch):
    set_gateway(document_size=49)
    rows = queue(49)
    send.send_due()
    lost = queue(2)
    with answering(monkeypatch, TIMEOUT):
        send.send_due()
    assert statuses([*rows, *lost]) == {"approved": 49, "unknown": 2}
    assert "2 %" in state.current().paused_why


def test_a_person_s_pause_is_not_turned_into_one_that_ends_by_itself(registry):
    state.pause("Looking into it.", TESTER)
    state.pause("Trouble.", state.GATEWAY, until=clock.now())
    assert state.current().paused_until is None


def test_switches_that_have_nothing_to_switch_say_so(registry):
    with pytest.raises(Conflict):
        state.resume(TESTER)
    with pytest.raises(Conflict):
        state.release_cap(TESTER)


# What cannot be written


def test_what_lacks_something_is_refused_unsent_and_holds_up_nobody(registry):
    [good] = queue(1)
    [bad] = queue(1, loa_code="")
    send.send_due()
    bad = now_of(bad)
    assert (now_of(good).status, bad.status) == ("approved", "failed")
    assert bad.validation_errors == [
        {"code": "incomplete", "text": "The transaction names no line of authority."}
    ]
    assert (bad.first_sent_at, bad.charged_on) == (None, None)
    assert effects(registry, [bad]) == [0]


def test_a_document_of_nothing_but_faulty_ones_is_never_sent(registry, monkeypatch):
    queue(2, loa_code="")
    with answering(monkeypatch, TIMEOUT) as far:
        send.send_due()
    assert far.posts == []
    assert [attempt.outcome for attempt in attempts()] == ["not_sent"]


def test_the_bytes_are_the_same_in_every_attempt(registry, monkeypatch):
    [row] = queue(1)
    with answering(monkeypatch, NOT_SENT) as far:
        send.send_due()
        row.producer.last_name = "Changed"
        row.producer.save()
        with later(hours=1):
            send.send_due()
        assert far.posts[0] == far.posts[1]
    assert TransactionDocument.objects.get(pk=row.pk).body.encode() in far.posts[0]


def test_a_document_takes_as_many_queries_for_many_as_for_a_few(registry):
    set_gateway(document_size=100)
    counts = []
    for size in (3, 3, 30, 100):
        queue(size)
        with CaptureQueriesContext(connection) as queries:
            assert send.send_due(1) == size
        counts.append(len(queries))
    # The first of all also sets up the fence.
    assert counts[1] == counts[2] == counts[3] <= 50, counts
