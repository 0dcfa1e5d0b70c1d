"""Many senders of one process at once, and people who take back while they send."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from appointments import tasks
from appointments.gateway import claim as claiming
from appointments.gateway import fence, locks, reconcile, send
from appointments.models import AttemptTransaction, Transaction
from core import clock
from tests.appointments.gateway.world import (
    attempts,
    effects,
    now_of,
    queue,
    set_gateway,
    statuses,
    take_back,
)
from tests.at_once import at_once
from tests.concurrency.gateway.history import unexplained

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


def test_of_twenty_senders_each_transaction_is_claimed_by_one(registry):
    set_gateway(document_size=3)
    assert fence.check()
    rows = queue(30)

    def take(_: int) -> list[int]:
        attempt_id = uuid4()
        with locks.holding(attempt_id):
            claimed = claiming.claim(attempt_id)
            return claimed.ids if claimed else []

    taken = Counter(pk for ids in at_once(take, THREADS) for pk in ids)
    assert taken == Counter({row.pk: 1 for row in rows})
    assert statuses(rows) == {"submitting": 30}
    numbers = [attempt.send_number for attempt in attempts()]
    assert sorted(numbers) == list(range(1, 11))


def test_one_message_delivered_five_times_sends_once(registry):
    rows = queue(3)
    at_once(lambda _: tasks.send_queued(), threads=5)
    assert effects(registry, rows) == [1, 1, 1]
    assert AttemptTransaction.objects.count() == 3


def test_a_transaction_is_taken_back_or_sent_and_never_both(registry):
    set_gateway(document_size=1)
    assert fence.check()
    back = sent = 0
    for _ in range(15):
        [row] = queue(1)
        taken, _claimed = at_once(
            lambda number, row=row: take_back(row) if number == 0 else send.send_due(1), threads=2
        )
        status, [effect] = now_of(row).status, effects(registry, [row])
        assert (status, effect) == (("ready_to_submit", 0) if taken else ("approved", 1))
        back, sent = back + taken, sent + effect
    assert back + sent == 15
    assert unexplained(registry) == []


def test_reconcilers_at_once_ask_once(registry):
    registry.gateway.configure(review="manual")
    rows = queue(5)
    send.send_due()
    Transaction.objects.update(check_after=clock.now())
    at_once(lambda _: reconcile.run(), threads=4)
    assert [attempt.transactions for attempt in attempts("ask")] == [len(rows)]


def test_the_caps_hold_for_many_senders_at_once(registry):
    set_gateway(document_size=3, hourly_cap=20)
    rows = queue(60)
    at_once(lambda _: send.send_due(), threads=6)
    assert sum(effects(registry, rows)) == 20
