"""Fifty kills in every build: nothing is lost, nothing leaves twice; and each control is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.chaos.controls import CONTROLS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _chaos(*arguments: str) -> tuple[int, dict[str, Any]]:
    """A run beside this one, on the same kinds of store."""
    stores = ("postgres", "redis") if connection.vendor == "postgresql" else ("sqlite", "filesystem")
    command = [
        sys.executable,
        "-m",
        "tests.chaos",
        "--database",
        stores[0],
        "--broker",
        stores[1],
        *arguments,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=840, check=False)
    assert done.stdout, done.stderr[-4000:]
    return done.returncode, json.loads(done.stdout)


def test_after_fifty_kills_each_transaction_is_at_the_registry_exactly_once():
    returned, report = _chaos("--kills", "50", "--submissions", "400", "--kill-chance", "0.12")
    assert report["problems"] == []
    assert returned == 0
    assert report["kills"] >= 50
    assert report["kills_in_window"] >= 25


@pytest.mark.parametrize("control", sorted(CONTROLS))
def test_without_one_of_its_protections_the_same_run_goes_wrong(control):
    returned, report = _chaos(
        "--control",
        control,
        "--kills",
        "25",
        "--submissions",
        "100",
        "--kill-chance",
        "0.08",
        "--seconds",
        "60",
    )
    assert report["problems"]
    assert returned == 1
