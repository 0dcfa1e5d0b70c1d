"""`manage.py serve`: the whole product on this machine, on whatever stores are configured."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from agentsync import health
from agentsync.supervisor import Child, Supervisor

HEALTH_WAIT_SECONDS = 60


class Command(BaseCommand):
    """Web, worker and beat; with --simulator a registry of our own beside them."""

    help = "Run web, worker and beat (and, with --simulator, a simulated registry) until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=2, help="web server processes (8 threads each)")
        parser.add_argument(
            "--simulator", type=int, metavar="PORT", help="also run the simulated registry here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, simulator = options["host"], options["port"], options["simulator"]
        self._refuse_missing_migrations()
        _refuse_missing_static_files()
        for wanted in filter(None, (port, simulator)):
            _refuse_taken_port(host if wanted == port else "127.0.0.1", wanted)
        with _only_one(settings.VAR_DIR / "serve.lock"):
            children = _children(host, port, options["workers"], simulator)
            address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104
            supervisor = Supervisor(children, _environment(options["workers"], simulator), self.say)
            supervisor.run(when_started=lambda: self._wait(address))

    def when_ready(self, address: str) -> None:
        """Say where it is, once it answers."""
        self.say(f"Ready at {settings.PUBLIC_URL or address}/ - stop with Ctrl-C.")

    def say(self, text: str) -> None:
        """Print at once: people and machines wait for the line."""
        self.stdout.write(text)
        self.stdout.flush()

    def _wait(self, address: str) -> None:
        deadline = time.monotonic() + HEALTH_WAIT_SECONDS
        while not _is_healthy(f"{address}{health.PATH}"):
            if time.monotonic() > deadline:
                self.say(f"{address} does not answer yet; see the lines above.")
                return
            time.sleep(0.2)
        self.when_ready(address)

    def _refuse_missing_migrations(self) -> None:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        connection.close()
        if missing:
            raise CommandError(f"The database lacks {missing} migrations. Run: python manage.py migrate")


def _children(host: str, port: int, workers: int, simulator: int | None) -> list[Child]:
    python = sys.executable
    gunicorn = [python, "-m", "gunicorn", "--config", "python:agentsync.gunicorn_conf"]
    celery = [python, "-m", "celery", "--app", "agentsync", "--quiet"]
    manage = [python, str(Path(settings.BASE_DIR) / "manage.py")]
    children = [
        Child("web", [*gunicorn, "--bind", f"{host}:{port}", "--workers", str(workers)]),
        Child("worker", [*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "INFO"]),
        Child("beat", [*celery, "beat", "--pidfile", "", "--loglevel", "WARNING"]),
    ]
    if simulator:
        children.insert(0, Child("simulator", [*manage, "nipr_simulator", "--port", str(simulator)]))
    return children


def _environment(workers: int, simulator: int | None) -> dict[str, str]:
    metrics = Path(settings.VAR_DIR) / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "WEB_CONCURRENCY": str(workers),
        # The worker takes JSON from our own queue only; its warning about running as root is about pickles.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }
    if simulator:
        username, password = settings.SIMULATOR_CREDENTIALS
        environment |= {
            "NIPR_URL_TEMPLATE": f"http://127.0.0.1:{simulator}",
            "NIPR_USERNAME": username,
            "NIPR_PASSWORD": password,
        }
    return environment


def _is_healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _refuse_missing_static_files() -> None:
    if settings.IS_PRODUCTION and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        raise CommandError(
            "The static files are not gathered. Run: python manage.py collectstatic --no-input"
        )


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another --port."
            ) from error


def _only_one(path: Path) -> TextIO:
    """Hold a lock that ends with this process: two beats on one database would start every night twice."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise CommandError(
            f"Already serving from {path.parent}. Set AGENTSYNC_VAR for a second one."
        ) from error
    return lock
