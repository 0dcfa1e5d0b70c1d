"""Starting senders as processes on the database and the registry of a test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from appointments.gateway import reconcile, relay, send
from appointments.models import Transaction
from core import clock
from nipr.simulator.testing import RunningSimulator
from tests.appointments.gateway.test_journal_and_locks import database_url
from tests.appointments.gateway.world import S


def start(registry: RunningSimulator, *words: str) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
        "AGENTSYNC_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database_url(),
        "NIPR_URL_TEMPLATE": registry.base_url,
        "NIPR_USERNAME": registry.username,
        "NIPR_PASSWORD": registry.password,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.gateway.worker", *words],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds} s in vain: {what}")
        time.sleep(0.05)


def is_stopped(process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()[-2000:]
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def wake(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()[-2000:]


def everybody_acts() -> None:
    """Relay, reconciler and a sender of this process, on everything that is due or unknown."""
    relay.run()
    Transaction.objects.filter(status=S.UNKNOWN).update(check_after=clock.now(), checks=0)
    reconcile.run()
    send.send_due()


def settle(seconds: float = 30) -> None:
    """Real time goes on until nothing waits."""
    waiting = Transaction.objects.filter(status__in=[S.QUEUED, S.SUBMITTING, S.UNKNOWN])

    def settled() -> bool:
        everybody_acts()
        return not waiting.exists()

    wait_until(settled, f"{list(waiting.values_list('status', 'status_detail'))}", seconds)
