"""`manage.py serve` with real processes: it starts whole, mends itself, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings

PROJECT = Path(settings.BASE_DIR)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Stores of this module's own, migrated; DATABASE_URL and REDIS_URL are those of the run."""
    environment = os.environ | {
        "AGENTSYNC_VAR": str(tmp_path_factory.mktemp("serve")),
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
    }
    manage = [sys.executable, "manage.py"]
    refused = subprocess.run(
        [*manage, "serve", "--port", str(free_port())],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    environment["REFUSED_BEFORE_MIGRATING"] = refused.stderr
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=PROJECT, env=environment, check=True)
    return environment


class Served:
    """A running `manage.py serve`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port, self.log = free_port(), log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port), "--workers", "1"],
                cwd=PROJECT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        ready = until(lambda: "Ready at" in log.read_text() or self.process.poll() is not None, 60)
        if not ready or self.process.poll() is not None:
            self.process.kill()
            self.process.wait()
            pytest.fail(log.read_text())

    def children(self) -> dict[str, psutil.Process]:
        """The main process of each part, by what its command line says."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it may end while we look
                line = " ".join(child.cmdline())
                found[next((name for name in ("gunicorn", "worker", "beat") if name in line), line)] = child
        return found

    def everybody(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def health(self) -> dict[str, str]:
        try:
            return dict(httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json())
        except httpx.HTTPError:
            return {"status": "no answer"}


@pytest.fixture(scope="module")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that lives as long as the tests of this module that leave it alive."""
    running = Served(environment, tmp_path_factory.mktemp("log") / "log")
    yield running
    everybody = running.everybody()
    running.process.terminate()
    running.process.wait(40)
    psutil.wait_procs(everybody, 10)


def test_a_database_without_tables_is_refused_with_the_command_that_helps(
    environment: dict[str, str],
) -> None:
    assert "Run: python manage.py migrate" in environment["REFUSED_BEFORE_MIGRATING"]


def test_web_worker_and_beat_work_together(served: Served) -> None:
    assert until(lambda: served.health()["status"] == "ok", 30), served.health()
    assert set(served.children()) == {"gunicorn", "worker", "beat"}


ASK_AND_WAIT = """
import time
from core.actor import Actor
from core.jobs import services
from core.jobs.models import OPEN
job = services.enqueue("scorecards.calendar_refresh", actor=Actor.task("test"))
deadline = time.monotonic() + 40
while job.status in OPEN and time.monotonic() < deadline:
    time.sleep(0.2)
    job.refresh_from_db()
print(job.status)
"""


def test_a_job_asked_for_in_another_process_is_done_by_the_worker(
    served: Served, environment: dict[str, str]
) -> None:
    asked = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", ASK_AND_WAIT],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.strip() == "done", served.log.read_text()


@pytest.mark.parametrize("part", ["gunicorn", "worker", "beat"])
def test_a_part_that_is_killed_is_started_again(served: Served, part: str) -> None:
    victim = served.children()[part]
    victim.kill()
    assert until(lambda: served.children().get(part, victim).pid != victim.pid, 20)
    assert until(lambda: served.health()["status"] != "no answer", 30)


def test_a_second_one_on_the_same_stores_is_refused(served: Served, environment: dict[str, str]) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(free_port())],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Already serving from" in second.stderr


def test_a_port_that_is_taken_is_named(served: Served, environment: dict[str, str], tmp_path: Path) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(served.port)],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"Cannot listen on 127.0.0.1:{served.port}" in second.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_however_it_ends(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    stores = tmp_path / "stores"
    shutil.copytree(environment["AGENTSYNC_VAR"], stores)
    running = Served(environment | {"AGENTSYNC_VAR": str(stores)}, tmp_path / "log")
    assert until(lambda: running.health()["status"] == "ok", 30)
    everybody = running.everybody()
    running.process.send_signal(number)
    running.process.wait(40)
    _gone, alive = psutil.wait_procs(everybody, 25)
    assert alive == []
