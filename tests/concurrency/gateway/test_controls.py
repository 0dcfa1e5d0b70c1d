"""Each protection taken away makes somebody pay twice or lose something (T12): the tests above can fail."""

from __future__ import annotations

from contextlib import suppress

import pytest

from appointments import moves
from appointments.gateway import claim as claiming
from appointments.gateway import crashpoints, replies, send
from appointments.gateway.crashpoints import Point
from appointments.gateway.replies import NIPR
from appointments.gateway.sweep import sweep
from appointments.models import Transaction, TransactionDocument
from tests.appointments.gateway.far import NOT_SENT, answering
from tests.appointments.gateway.world import (
    Stopped,
    attempts,
    converge,
    dying_at,
    effects,
    later,
    now_of,
    queue,
    set_gateway,
)
from tests.concurrency.gateway.history import unexplained

pytestmark = pytest.mark.django_db


@pytest.fixture
def forgetful(registry):
    """A registry that for a while takes the same bytes again: only our own care keeps them from being paid twice."""
    registry.gateway.configure(visibility_seconds=60)
    return registry


def test_without_a_claim_two_senders_send_the_same(forgetful, monkeypatch):
    queue(1)
    real = moves.move_many

    def unclaimed(rows, event, **given):
        return moves.Moved(list(rows)) if event == "claim" else real(rows, event, **given)

    monkeypatch.setattr(claiming.moves, "move_many", unclaimed)
    monkeypatch.setattr(send, "_mark", lambda claimed, _body: claimed.attempt.claimed_at)
    send.send_due(1)
    send.send_due(1)
    assert forgetful.gateway.taken_twice() != []


def test_sending_again_after_a_503_pays_twice(forgetful, monkeypatch):
    set_gateway()
    forgetful.fault("error_after", operation="niprgw")
    queue(1)
    real = replies.keep

    def retried(attempt_id, status, body):
        if status == 503:
            Transaction.objects.update(status="queued")
        real(attempt_id, status, body)

    monkeypatch.setattr(send.replies, "keep", retried)
    send.send_due(1)
    with later(minutes=1):
        send.send_due(1)
    assert forgetful.gateway.taken_twice() != []


def test_a_new_key_for_each_attempt_pays_twice(registry):
    set_gateway(settle_seconds=30)
    registry.fault("drop_after", operation="niprgw")
    [row] = queue(1)
    send.send_due(1)
    TransactionDocument.objects.all().delete()
    Transaction.objects.filter(pk=row.pk).update(gateway_key="T-AGAIN")
    converge()
    assert registry.gateway.taken_twice() != []


def test_a_success_noted_before_it_is_one_is_lost(registry):
    [row] = queue(1)

    def early(point: Point) -> None:
        if point is Point.AFTER_CLAIM:
            moves.move_many(moves.locked([row.pk]), "approve_at_state", actor=NIPR)
            raise Stopped

    crashpoints.hook = early
    with suppress(Stopped):
        send.send_due(1)
    crashpoints.hook = None
    converge()
    assert (now_of(row).status, effects(registry, [row])) == ("approved", [0])
    assert unexplained(registry) != [], "the history checker sees it"


def test_taking_every_dead_sender_for_one_that_sent_nothing_pays_twice(forgetful):
    queue(1)
    with dying_at(Point.AFTER_POST):
        send.send_due(1)
    [attempt] = attempts()
    attempt.sending_at = None
    attempt.save()
    sweep()
    send.send_due(1)
    assert forgetful.gateway.taken_twice() != []


def test_with_everything_in_place_the_same_faults_pay_once(forgetful, monkeypatch):
    set_gateway()
    forgetful.fault("error_after", operation="niprgw")
    rows = queue(1)
    send.send_due(1)
    with dying_at(Point.AFTER_POST):
        rows += queue(1)
        send.send_due(1)
    with later(minutes=1):
        sweep()
        send.send_due()
    forgetful.gateway.configure(visibility_seconds=0)
    assert forgetful.gateway.taken_twice() == []
    with answering(monkeypatch, NOT_SENT):
        send.send_due()
    assert effects(forgetful, rows) == [1, 1]
