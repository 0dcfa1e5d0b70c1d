"""What is due leaves once, in documents, and its answer is taken over."""

from __future__ import annotations

import pytest

from appointments.gateway import send
from appointments.models import GatewayState
from tests.appointments.gateway.world import attempts, effects, now_of, queue, set_gateway, statuses

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_due_is_sent_and_approved(registry):
    [row] = queue(1)
    assert send.send_due() == 1
    row = now_of(row)
    assert (row.status, row.charged_state_fee_cents, row.charged_nipr_fee_cents) == ("approved", 2400, 153)
    assert row.nipr_trans
    assert row.check_after is None
    assert effects(registry, [row]) == [1]
    [attempt] = attempts()
    assert (attempt.outcome, attempt.send_number, attempt.http_status) == ("answered", 1, 200)


def test_documents_hold_as_many_as_the_settings_say(registry):
    set_gateway(document_size=10)
    rows = queue(25)
    assert send.send_due() == 25
    assert [attempt.transactions for attempt in attempts()] == [10, 10, 5]
    assert statuses(rows) == {"approved": 25}
    assert GatewayState.objects.get().sends == 3
