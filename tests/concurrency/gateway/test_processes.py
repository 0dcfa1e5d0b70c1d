"""Senders that are really killed, and senders that are stopped and woken long after their lease (T2)."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager

import pytest

from appointments.gateway import locks, relay
from appointments.gateway.crashpoints import Point
from appointments.models import SubmissionAttempt, Transaction
from core import clock
from tests.appointments.gateway.world import effects, queue, set_gateway, statuses
from tests.concurrency.gateway.history import unexplained
from tests.concurrency.gateway.processes import everybody_acts, is_stopped, settle, start, wait_until, wake

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LEASE = 2
KILLS = (
    Point.AFTER_CLAIM,
    Point.AFTER_JOURNAL,
    Point.BEFORE_POST,
    Point.AFTER_POST,
    Point.AFTER_STORE,
    Point.BEFORE_APPLY_COMMIT,
)
PAUSES = (Point.AFTER_CLAIM, Point.AFTER_JOURNAL, Point.BEFORE_POST, Point.AFTER_POST)


@contextmanager
def workers(registry, *words: tuple[str, ...]):
    """One sender for each, all at once; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = [start(registry, *each) for each in words]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_senders_stopped_anywhere_and_woken_after_three_leases_pay_once(registry):
    set_gateway(document_size=1, lease_seconds=LEASE, settle_seconds=0)
    registry.gateway.configure(visibility_seconds=60)  # a repeat would take effect again
    rows = queue(len(PAUSES))
    with workers(registry, *(("stop", point) for point in PAUSES)) as stopped:
        wait_until(lambda: all(is_stopped(each) for each in stopped), "all have stopped")
        deadline = time.monotonic() + 3 * LEASE
        while time.monotonic() < deadline:
            everybody_acts()
            time.sleep(0.2)
        # Known to have left, or perhaps: only their senders' locks keep them from being sent again.
        assert statuses(rows)["unknown"] == 3
        for each in stopped:
            wake(each)
    registry.gateway.configure(visibility_seconds=0)
    settle()
    assert registry.gateway.taken_twice() == []
    assert effects(registry, rows) == [1] * len(rows)
    assert statuses(rows) == {"approved": len(rows)}
    assert unexplained(registry) == []


def test_the_control_without_lock_and_guard_pays_twice(registry, monkeypatch):
    set_gateway(document_size=1, lease_seconds=LEASE, settle_seconds=0)
    registry.gateway.configure(visibility_seconds=60)
    queue(1)
    with workers(registry, ("stop", Point.BEFORE_POST, "guard")) as [stopped]:
        wait_until(lambda: is_stopped(stopped), "it has stopped")
        monkeypatch.setattr(locks, "held_among", lambda _ids: set())
        time.sleep(LEASE)
        wait_until(lambda: _acted() and Transaction.objects.filter(status="approved").exists(), "sent again")
        wake(stopped)
    assert len(registry.gateway.taken_twice()) > 0


def _acted() -> bool:
    everybody_acts()
    return True


def test_senders_killed_anywhere_lose_and_double_nothing(registry):
    set_gateway(document_size=2, lease_seconds=60, settle_seconds=1)
    rows = queue(2 * len(KILLS))
    with workers(registry, *(("kill", point) for point in KILLS)) as killed:
        for each in killed:
            each.wait(timeout=60)
        assert {each.returncode for each in killed} == {-9}
    relay.run()
    assert "submitting" not in statuses(rows), "their locks died with them: nobody waits for the lease"
    let_leases_pass()
    settle(60)
    assert effects(registry, rows) == [1] * len(rows)
    assert statuses(rows) == {"approved": len(rows)}
    assert unexplained(registry) == []


def let_leases_pass() -> None:
    """What a sender may still do that only the database has lost counts up to the end of its lease."""
    SubmissionAttempt.objects.update(lease_until=clock.now())
