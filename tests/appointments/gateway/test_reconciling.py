"""What became of what has no answer: asked about on a schedule, sent again at most once, and else left to a person."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.gateway import claim as claiming
from appointments.gateway import locks, reconcile, send, settings
from appointments.gateway.crashpoints import Point
from appointments.gateway.sweep import sweep
from appointments.models import SubmissionAttempt, Transaction
from core import clock
from core.errors import Conflict
from tests.appointments.gateway.far import (
    NOT_SENT,
    TIMEOUT,
    answering,
    document,
    not_received,
    standing,
)
from tests.appointments.gateway.world import attempts, dying_at, effects, later, now_of, queue, set_gateway
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(registry, monkeypatch) -> Transaction:
    """Sent, and no answer came; the registry does not have it."""
    [row] = queue(1)
    with answering(monkeypatch, TIMEOUT):
        send.send_due()
    return now_of(row)


def ask_at(monkeypatch, row: Transaction, *answers: object, **later_by: float) -> list[bytes]:
    with later(**later_by), answering(monkeypatch, *(answers or (document(not_received(row)),))) as far:
        reconcile.run()
        return far.posts


def test_it_is_asked_about_a_minute_later_by_a_message_that_applies_for_nothing(lost, monkeypatch):
    assert ask_at(monkeypatch, lost, seconds=50) == []
    [question] = ask_at(monkeypatch, lost, document(standing(lost)), seconds=61)
    assert lost.gateway_key.encode() in question
    assert b"APPLICANT" not in question
    assert now_of(lost).status == "approved"


def test_the_schedule_is_used_up_after_eight_days_and_then_a_person_is_asked(lost, monkeypatch):
    asked = []
    began = clock.now()
    for _ in range(20):
        row = now_of(lost)
        if row.check_after is None:
            break
        wait = (row.check_after - began).total_seconds() + 1
        if ask_at(monkeypatch, row, TIMEOUT, seconds=wait):
            asked.append(round(wait / 60))
    day = 24 * 60
    assert asked[:4] == [1, 6, 66, 426]
    assert [after - before for before, after in itertools.pairwise(asked[3:])] == [day] * 7
    row = now_of(lost)
    assert (row.status, row.status_detail) == ("unknown", "needs_person")


def test_not_received_is_not_believed_before_the_settle_time(lost, monkeypatch):
    ask_at(monkeypatch, lost, minutes=2)
    row = now_of(lost)
    assert (row.status, row.status_detail, row.resends) == ("unknown", "not_received", 0)


def test_after_the_settle_time_the_same_bytes_are_sent_again_once(registry, lost, monkeypatch):
    ask_at(monkeypatch, lost, hours=2)
    row = now_of(lost)
    assert (row.status, row.resends) == ("queued", 1)
    with later(hours=2):
        send.send_due()
    assert effects(registry, [lost]) == [1]
    first, again = (attempt for attempt in attempts() if attempt.purpose != "ask")
    assert (first.purpose, again.purpose) == ("send", "resend")
    assert first.sha256 == again.sha256


def test_it_is_never_sent_a_third_time_by_itself(lost, monkeypatch):
    ask_at(monkeypatch, lost, hours=2)
    with later(hours=2), answering(monkeypatch, TIMEOUT):
        send.send_due()
    for hours in (5, 12, 48):
        ask_at(monkeypatch, lost, hours=hours)
    row = now_of(lost)
    assert (row.status, row.resends) == ("unknown", 1)


def test_without_automatic_handling_a_person_decides_and_nothing_is_asked(lost, monkeypatch):
    set_gateway(automatic_unknowns=False)
    assert ask_at(monkeypatch, lost, hours=2) == []
    assert now_of(lost).status_detail == "needs_person"


def test_without_polling_a_person_decides(lost, monkeypatch):
    set_gateway(polling=False)
    assert ask_at(monkeypatch, lost, hours=2) == []
    assert now_of(lost).status_detail == "needs_person"


def test_a_person_may_have_it_asked_about_all_the_same(registry, lost):
    set_gateway(automatic_unknowns=False)
    assert reconcile.ask_now([lost.pk], TESTER) == 1
    assert now_of(lost).status == "unknown"
    assert "20001" in now_of(lost).nipr_message


def test_asking_now_says_why_it_cannot(lost, monkeypatch):
    with answering(monkeypatch, TIMEOUT), pytest.raises(Conflict, match="did not answer"):
        reconcile.ask_now([lost.pk], TESTER)
    set_gateway(polling=False)
    with pytest.raises(Conflict, match="polling is off"):
        reconcile.ask_now([lost.pk], TESTER)


def test_it_is_not_sent_again_while_its_sender_lives(registry, monkeypatch):
    set_gateway(lease_seconds=10, settle_seconds=1)
    [row] = queue(1)

    def wait(*_args, **_kwargs):
        with later(hours=1):
            sweep()
            assert now_of(row).status == "unknown"
        with later(hours=2):
            reconcile.send_absent_again([row.pk], clock.now(), settings.current())
            assert now_of(row).status == "unknown"
        raise TIMEOUT

    with answering(monkeypatch, "") as far:
        monkeypatch.setattr(far, "post_gateway", wait, raising=False)
        send.send_due()
    with later(hours=2):
        reconcile.send_absent_again([row.pk], clock.now(), settings.current())
    assert now_of(row).status == "queued"


def test_the_settle_time_counts_from_when_the_sender_was_last_alive(registry, monkeypatch):
    """A sender held up for long may have sent at the very end."""
    set_gateway(lease_seconds=10, settle_seconds=600)
    [row] = queue(1)
    with dying_at(Point.BEFORE_POST):
        send.send_due()
    [attempt] = attempts()
    release = locks.try_take(attempt.pk)
    with later(minutes=30):
        sweep()
        assert attempts()[0].ended_at is None, "still alive"
        release()
        sweep()
        reconcile.send_absent_again([row.pk], clock.now(), settings.current())
        assert now_of(row).status == "unknown"
    with later(minutes=41):
        reconcile.send_absent_again([row.pk], clock.now(), settings.current())
        assert now_of(row).status == "queued"


def test_a_dead_sender_that_had_not_passed_the_point_of_no_return_gives_back_at_once(registry):
    [row] = queue(1)
    with dying_at(Point.AFTER_DOCUMENTS):
        send.send_due()
    assert now_of(row).status == "submitting"
    sweep()
    assert (now_of(row).status, now_of(row).status_detail) == ("queued", "try_again")


def test_a_dead_sender_that_had_been_turned_away_gives_back(registry, settings):
    settings.NIPR_PASSWORD = "wrong"
    [row] = queue(1)
    with dying_at(Point.AFTER_STORE):
        send.send_due()
    sweep()
    assert now_of(row).status == "queued"


def test_a_live_sender_within_its_lease_is_left_alone(registry):
    [row] = queue(1)
    with dying_at(Point.AFTER_DOCUMENTS):
        send.send_due()
    release = locks.try_take(attempts()[0].pk)
    sweep()
    assert now_of(row).status == "submitting"
    release()


def test_a_sender_that_comes_back_after_its_lease_does_not_send(registry, monkeypatch):
    [row] = queue(1)
    real = claiming.elapsed
    with answering(monkeypatch, "") as far:
        monkeypatch.setattr(send, "elapsed", lambda: real() + 61)
        send.send_due(1)
    assert far.posts == []
    assert now_of(row).status == "queued"


def test_what_is_with_the_state_is_asked_about_until_it_is_final(registry):
    registry.gateway.configure(review="poll")
    [row] = queue(1)
    send.send_due()
    assert now_of(row).status == "submitted"
    reconcile.run()
    assert now_of(row).status == "submitted"
    with later(seconds=61):
        assert reconcile.run() == 1
    assert now_of(row).status == "approved"


def test_a_renewal_freeze_shows_its_day_and_waits_for_it(registry, monkeypatch):
    day = registry.today + timedelta(days=10)
    registry.gateway.configure(frozen={"CA": day.isoformat()})
    [row] = queue(1, kind="termination", reason="voluntary")
    send.send_due()
    assert (now_of(row).status, now_of(row).frozen_until) == ("awaiting_validation", day)
    registry.move_to(day)
    with later(days=2):
        reconcile.run()
    assert now_of(row).status == "approved"


def test_what_is_with_the_state_is_not_asked_about_without_polling(registry, monkeypatch):
    registry.gateway.configure(review="poll")
    queue(1)
    send.send_due()
    set_gateway(polling=False)
    with later(hours=1):
        assert reconcile.run() == 0


def test_without_polling_decisions_come_with_the_answers_to_later_documents(registry):
    registry.gateway.configure(review="manual", polling=False)
    set_gateway(polling=False)
    [earlier] = queue(1)
    send.send_due()
    assert now_of(earlier).status == "submitted"
    registry.gateway.decide(now_of(earlier).batch.gateway_key, earlier.gateway_key, approve=False, text="No.")
    queue(1)
    send.send_due()
    assert (now_of(earlier).status, now_of(earlier).rejection_response) == ("declined", "No.")


def test_questions_that_do_not_arrive_are_asked_again_later(lost, monkeypatch):
    ask_at(monkeypatch, lost, NOT_SENT, seconds=61)
    row = now_of(lost)
    assert (row.status, row.checks) == ("unknown", 1)
    assert row.check_after > clock.now()


def test_asking_about_a_hundred_takes_as_many_queries_as_about_a_few(registry):
    registry.gateway.configure(review="manual")
    counts = []
    for size in (3, 30, 100):
        queue(size)
        send.send_due()
        with later(minutes=2), CaptureQueriesContext(connection) as queries:
            assert reconcile.run() == size
        counts.append(len(queries))
        Transaction.objects.update(check_after=None)
    assert counts[0] == counts[1] == counts[2], counts


def test_visible_late_is_never_sent_again_when_the_settle_time_is_longer(registry):
    assert twice(registry, settle=5, delay=2) == []


def test_the_control_with_a_settle_time_shorter_than_the_delay_pays_twice(registry):
    assert twice(registry, settle=0, delay=30) != []


def twice(registry, *, settle: int, delay: float) -> list[str]:
    """What took effect twice after an answer was lost and it stayed invisible for so long."""
    set_gateway(settle_seconds=settle, lease_seconds=1)
    registry.gateway.configure(visibility_seconds=delay)
    registry.fault("drop_after", operation="niprgw")
    [row] = queue(1)
    send.send_due()
    SubmissionAttempt.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    Transaction.objects.update(check_after=clock.now())
    for _ in range(8):
        reconcile.run()
        send.send_due()
        if now_of(row).status == "approved":
            break
        Transaction.objects.filter(status="unknown").update(check_after=clock.now())
        time.sleep(0.5)
    return registry.gateway.taken_twice()
