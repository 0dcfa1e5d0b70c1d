"""Fifty kills in every build: nothing is lost, nothing leaves twice; and a control is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
OFTEN_SILENT = (
    "--faults",
    "drop_after",
    "--faults-percent",
    "40",
    "--seconds",
    "60",
    "--kill-chance",
    "0.02",
)
"""It does what it is told, and four times of ten does not say so."""
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
    assert report["registry_faults"] > 0


def test_a_sender_that_sends_again_without_asking_is_found_out():
    """One of the controls; `make chaos` runs them all."""
    returned, report = _chaos("--control", "blind_retry", "--submissions", "150", *OFTEN_SILENT)
    assert any("2 times" in problem for problem in report["problems"])
    assert returned == 1
