"""A sender that dies at each named point, whatever the registry does with the document (T3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appointments.gateway import send
from appointments.gateway.crashpoints import Point
from appointments.models import Transaction
from nipr.simulator.testing import RunningSimulator
from tests.appointments.gateway.world import converge, dying_at, effects, now_of, queue, set_gateway

pytestmark = pytest.mark.django_db

Far = Callable[[RunningSimulator], object]
OUTCOMES: dict[str, tuple[Far, str, int]] = {
    "approved": (lambda far: None, "approved", 1),
    "with the state": (lambda far: far.gateway.configure(review="manual"), "submitted", 1),
    "declined": (lambda far: far.gateway.configure(decline=[{"text": "No."}]), "declined", 1),
    "refused": (lambda far: far.gateway.configure(refuse=[{"text": "No."}]), "failed", 0),
    "taken, answer lost": (lambda far: far.fault("drop_after", operation="niprgw"), "approved", 1),
    "taken, answered 503": (lambda far: far.fault("error_after", operation="niprgw"), "approved", 1),
    "answer cut": (lambda far: far.fault("truncated_xml", operation="niprgw"), "approved", 1),
    "not taken, connection dropped": (
        lambda far: far.fault("drop_before", operation="niprgw"),
        "approved",
        1,
    ),
    "half taken": (lambda far: far.fault("half_taken", operation="niprgw"), "approved", 1),
    "answered under other keys": (
        lambda far: far.fault("wrong_reference", operation="niprgw"),
        "approved",
        1,
    ),
}


SENT_TWICE_IN_VAIN = {"not taken, connection dropped", "half taken"}
"""Where the one repetition that nobody has to ask for is lost as well, a person decides."""
MARKED_NOT_SENT = {Point.AFTER_MARK, Point.AFTER_JOURNAL, Point.BEFORE_POST}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("point", [None, *Point])
def test_every_death_and_every_outcome_end_right(registry, point, outcome):
    far, status, taken = OUTCOMES[outcome]
    far(registry)
    set_gateway(settle_seconds=30)
    rows = queue(2)
    if point:
        with dying_at(point):
            send.send_due()
    converge()
    ends = list(zip((now_of(row) for row in rows), effects(registry, rows), strict=True))
    if point in MARKED_NOT_SENT and outcome in SENT_TWICE_IN_VAIN:
        lost = [(row, times) for row, times in ends if row.status == "unknown"]
        assert lost
        assert all((row.status_detail, times) == ("needs_person", 0) for row, times in lost)
        ends = [end for end in ends if end not in lost]
    assert all((row.status, times) == (status, taken) for row, times in ends)
    assert not Transaction.objects.filter(resends__gt=1).exists()
