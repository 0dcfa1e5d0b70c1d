"""The container files agree with the product they run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

PROJECT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def test_runs_the_product_and_the_servers_it_needs() -> None:
    assert {"web", "worker", "beat", "postgres", "redis", "simulator"} <= set(SERVICES)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_what_a_service_waits_for_exists() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_redis_keeps_messages_and_drops_none() -> None:
    assert "--appendonly yes" in SERVICES["redis"]["command"]
    assert "--maxmemory-policy noeviction" in SERVICES["redis"]["command"]


def test_commands_of_ours_exist() -> None:
    lines = [
        str(service.get("command", "")) + str(service.get("healthcheck", "")) for service in SERVICES.values()
    ]
    named = {
        word.strip("'\", ]")
        for line in lines
        for word in line.split("manage.py")[1:]
        for word in [word.strip("', ").split()[0]]
    }
    assert named
    assert named <= set(get_commands())


def test_the_image_does_not_run_as_root() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    assert "USER agentsync" in lines
    assert lines.index("USER agentsync") < next(at for at, line in enumerate(lines) if line.startswith("CMD"))
