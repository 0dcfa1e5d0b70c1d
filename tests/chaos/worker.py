"""The product's Celery application with a death wish: at each point of a send a child may kill or stop itself.

`celery -A tests.chaos.worker …`. What it did stands in the log of the run before it is done, so nothing is guessed.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from agentsync.celery import app  # noqa: E402
from appointments.gateway import crashpoints, reconcile, replies, send, state  # noqa: E402
from tests.chaos import controls  # noqa: E402

FOLDER = Path(os.environ["CHAOS_FOLDER"])
KILL, STOP = float(os.environ["CHAOS_KILL"]), float(os.environ["CHAOS_STOP"])
WINDOW = frozenset(
    {
        crashpoints.Point.AFTER_MARK,
        crashpoints.Point.AFTER_JOURNAL,
        crashpoints.Point.BEFORE_POST,
        crashpoints.Point.AFTER_POST,
        crashpoints.Point.AFTER_STORE,
        crashpoints.Point.BEFORE_APPLY,
        crashpoints.Point.BEFORE_APPLY_COMMIT,
    }
)
"""From the point of no return to the moment where the answer is applied."""


def _tempt_fate(point: crashpoints.Point) -> None:
    if (FOLDER / "calm").exists():
        return
    dice = random.SystemRandom()
    if dice.random() < KILL * (1.0 if point in WINDOW else 0.25):
        _note("kill", point)
        os.kill(os.getpid(), signal.SIGKILL)
    if dice.random() < STOP:
        _note("stop", point)
        os.kill(os.getpid(), signal.SIGSTOP)


def _note(what: str, point: crashpoints.Point) -> None:
    line = f"{what} {os.getpid()} {point} {point in WINDOW:d} {time.time():.3f}\n"
    log = os.open(FOLDER / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, line.encode())
    os.close(log)


crashpoints.hook = _tempt_fate
# The run has minutes, not days: what is waited for is the same, only shorter.
reconcile.UNKNOWN_AGAIN = (timedelta(seconds=2),) * 10
reconcile.AT_STATE_AGAIN = (timedelta(seconds=2),)
replies.FIRST_CHECK = timedelta(seconds=1)
send.SOONEST_AGAIN = send.LATEST_AGAIN = timedelta(seconds=0.5)
# A registry that fails as often as this one does would stop a gateway that looks after itself.
state.IN_A_ROW, state.SHARE_PERCENT = 10**6, 100
app.conf.beat_max_loop_interval = 0.2
app.conf.beat_schedule = {
    "relay": {"task": "appointments.relay", "schedule": 0.5, "options": {"expires": 5}},
    "reconcile": {"task": "appointments.reconcile", "schedule": 1.0, "options": {"expires": 5}},
}
controls.apply(os.environ.get("CHAOS_CONTROL", ""))
