"""Who wakes senders, and that it does not matter when nobody is woken."""

from __future__ import annotations

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from appointments import tasks
from appointments.gateway import relay, state
from tests.appointments.gateway.world import effects, now_of, queue, set_gateway

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages(registry, monkeypatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: sent.append(name))
    return sent


def test_a_sender_is_woken_once_the_transaction_has_committed(messages, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        relay.nudge()
        assert messages == []
    assert messages == ["appointments.send_queued"]


def test_the_relay_wakes_no_more_senders_than_there_are_documents(messages):
    set_gateway(document_size=10)
    queue(15)
    assert relay.run() == 2
    assert messages == ["appointments.send_queued"] * 2
    queue(100)
    assert relay.run() == relay.SENDERS
    assert state.current().relayed_at


def test_the_relay_wakes_nobody_for_nothing(messages):
    assert relay.run() == 0
    assert messages == []


def test_without_a_broker_the_rows_wait_and_the_next_run_finds_them(registry, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("Connection refused.")

    [row] = queue(1)
    monkeypatch.setattr(current_app, "send_task", away)
    relay.run()
    assert now_of(row).status == "queued"
    tasks.send_queued()
    assert effects(registry, [row]) == [1]


def test_the_tasks_do_what_their_names_say(registry):
    [row] = queue(1)
    tasks.relay()
    tasks.send_queued()
    tasks.reconcile()
    assert now_of(row).status == "approved"


def test_messages_survive_a_worker_and_carry_no_arguments():
    task = current_app.tasks["appointments.send_queued"]
    assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
    assert {"appointments.relay", "appointments.reconcile"} <= set(current_app.tasks)
