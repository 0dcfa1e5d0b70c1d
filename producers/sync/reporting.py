"""Where a run says how far it is: the job it belongs to, or the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Protocol


class Reporter(Protocol):
    """The part of a job's context that a run uses."""

    def progress(self, done: int, total: int | None = None) -> None: ...

    def log(self, text: str, level: str = "info") -> None: ...

    def count(self, **increments: int) -> None: ...

    def raise_if_cancelled(self) -> None: ...


class PlainReporter:
    """A run without a job: lines go to ``write``, counts are kept for whoever asks."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self.counts: Counter[str] = Counter()

    def progress(self, done: int, total: int | None = None) -> None:
        """A terminal has no use for it; the lines say enough."""

    def log(self, text: str, level: str = "info") -> None:
        self._write(text if level == "info" else f"{level.capitalize()}: {text}")

    def count(self, **increments: int) -> None:
        self.counts.update(increments)

    def raise_if_cancelled(self) -> None:
        """Whoever runs it in a terminal presses Ctrl-C."""
