"""What machines hear when they ask whether we are alive."""

from __future__ import annotations

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client

from agentsync import health
from agentsync.tasks import heartbeat

pytestmark = pytest.mark.django_db


def test_a_web_without_a_worker_serves_and_says_so(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": "ok", "broker": "ok", "worker": "not seen yet"}


def test_all_is_well_once_a_worker_was_heard(client: Client) -> None:
    heartbeat()
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_worker_that_fell_silent_is_late(client: Client) -> None:
    with time_machine.travel("2026-11-21 10:00:00Z", tick=False):
        heartbeat()
    with time_machine.travel("2026-11-21 10:01:01Z", tick=False):
        assert client.get("/healthz").json()["worker"] == "late"


def test_without_its_database_no_page_works(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "down"


def test_without_its_queue_nothing_can_be_asked_for(client: Client, settings) -> None:
    settings.CELERY_BROKER_URL, settings.QUEUE_DIR = "filesystem://", "/nowhere"
    assert client.get("/healthz").status_code == 503


def test_probes_need_no_host_name_of_ours(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_the_doctor_ends_with_an_error_when_something_is_wrong() -> None:
    with pytest.raises(CommandError):
        call_command("doctor")
    health.beat()
    call_command("doctor")
