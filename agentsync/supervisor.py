"""Keeps a handful of our own processes running on one machine: web, worker, beat, and a simulator for demonstrations.

Each child lives in a session of its own, so that Ctrl-C reaches only the supervisor, which then asks each to finish.
A child that ends is started again, more slowly each time. When the supervisor itself is killed the kernel tells the
children, so that none is left behind.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

POLL_SECONDS = 0.2
STEADY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
GRACE_SECONDS = 20.0


@dataclass(slots=True)
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    pause: float = field(default=0.5)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it, bound to our own life."""
        supervisor = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            env=dict(environment),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _die_with(supervisor),  # noqa: PLW1509 - it only calls prctl
        )
        self.started_at = time.monotonic()

    def has_ended(self) -> bool:
        """Whether it ran and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> float:
        """Decide when to try again: at once after a long life, later and later after short ones."""
        now = time.monotonic()
        self.pause = 0.5 if now - self.started_at > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.restart_at = now + self.pause
        self.process = None
        return self.pause

    def terminate(self) -> None:
        """Ask the main process to finish; what it started is its own to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End it and everything in its session, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _die_with(supervisor: int) -> None:
    """In the new process: have the kernel send TERM when the supervisor ends, however it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != supervisor:  # it ended before the line above
        os._exit(1)


class Supervisor:
    """Runs children until it is told to stop."""

    def __init__(
        self, children: Sequence[Child], environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.children = children
        self.environment = environment
        self.say = say
        self._stopping = threading.Event()

    def run(self, when_started: Callable[[], None] = lambda: None) -> None:
        """Start all, call back once, watch until TERM or Ctrl-C, then stop all."""
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self.children:
                child.start(self.environment)
            threading.Thread(target=when_started, daemon=True).start()
            while not self._stopping.wait(POLL_SECONDS):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._stop_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _look_after(self, child: Child) -> None:
        if child.has_ended() and child.process is not None:
            code = child.process.returncode
            self.say(f"{child.name} ended with {code}; starting it again in {child.plan_restart():.1f} s.")
        elif child.process is None and time.monotonic() >= child.restart_at:
            child.start(self.environment)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _stop_all(self) -> None:
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        for child in self.children:
            child.kill()
