"""Python's search for garbage in circles, which costs a third of the time where thousands of rows are made at once."""

from __future__ import annotations

import gc
import threading
from contextlib import ContextDecorator
from types import TracebackType

_YOUNG = 100_000
"""Objects that are made before the young ones are looked at: about what a chunk of a thousand rows makes."""


class _Seldom(ContextDecorator):
    """Counts who asks for it: jobs may run in several threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking = 0
        self._usual = gc.get_threshold()

    def __enter__(self) -> None:
        with self._lock:
            if not self._asking:
                self._usual = gc.get_threshold()
                gc.set_threshold(_YOUNG, 20, 100)
            self._asking += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._asking -= 1
            if not self._asking:
                gc.set_threshold(*self._usual)


seldom_collected = _Seldom()
"""Look for garbage seldom while rows are made and dropped by the chunk: most of it goes without being looked for.

For the whole process, until the last who asked for it is done.
"""
