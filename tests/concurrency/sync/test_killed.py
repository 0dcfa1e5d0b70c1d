"""A run that is killed half way is finished by the next: real processes, really killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from nipr.simulator.testing import RunningSimulator, running_simulator
from producers.enums import SyncRunKind, SyncRunStatus
from producers.models import Producer, SyncItem, SyncRun, SyncState
from producers.sync import nightly
from producers.sync.reporting import PlainReporter
from producers.sync.runs import open_run
from tests.producers.sync.truth import known, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = 4
PROJECT = Path(__file__).resolve().parents[3]


def database_url() -> str:
    """The test's own database, for another process."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{login}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def start_sync(simulator: RunningSimulator) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "AGENTSYNC_VAR": str(django_settings.VAR_DIR),
        "DATABASE_URL": database_url(),
        "NIPR_URL_TEMPLATE": simulator.base_url,
        "NIPR_USERNAME": simulator.username,
        "NIPR_PASSWORD": simulator.password,
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "sync_nipr", "--all", "--skip-checks"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_while_it_reads(process: subprocess.Popen[bytes], dice: random.Random) -> None:
    """Wait until it has claimed somebody, then kill it at a moment nobody chose."""
    deadline = time.monotonic() + 30
    while not SyncState.objects.filter(claimed_until__gt=timezone.now()).exists():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(dice.random() * 0.6)
    process.send_signal(signal.SIGKILL)
    process.wait()


def let_leases_pass() -> None:
    SyncState.objects.exclude(claim=None).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_what_a_killed_run_left_is_finished_by_the_next(settings):
    dice = random.Random(7)
    with running_simulator(producers=250) as simulator:
        settings.NIPR_URL_TEMPLATE = simulator.base_url
        simulator.fault("latency", operation="entityinfo", times=None, seconds=0.01)
        Producer.objects.bulk_create(Producer(npn=npn) for npn in simulator.npns)
        for _ in range(KILLS):
            kill_while_it_reads(start_sync(simulator), dice)
            let_leases_pass()
        # The kills counted: they hit runs at work, not before and not after it.
        assert SyncRun.objects.filter(status=SyncRunStatus.RUNNING).count() == KILLS
        assert SyncItem.objects.filter(done_at=None).exists()

        simulator.registry.faults.clear()
        run = open_run(SyncRunKind.NIGHTLY, asked_by="A test", reason="The night after")
        nightly.carry_out(run, PlainReporter(lambda _: None))

        assert run.status == SyncRunStatus.DONE, run.message
        assert not SyncRun.objects.filter(status=SyncRunStatus.RUNNING).exists()
        assert not SyncItem.objects.filter(done_at=None).exists()
        for producer in Producer.objects.all():
            assert known(producer) == told(simulator.report(producer.npn or ""))
