"""The lock of an attempt: held by the process that sends it, gone with that process however it ends.

On PostgreSQL an advisory lock of the connection's session, so that it holds across machines; with SQLite a locked file
beside the database, opened anew for each attempt, so that threads of one process keep each other out as well.
A pooler that hands a session to others between transactions would break the former: connect without one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

_ours: set[UUID] = set()
_guard = Lock()
Release = Callable[[], None]


@contextmanager
def holding(attempt_id: UUID) -> Iterator[None]:
    """Hold the lock of an attempt. Take it before the attempt's row is committed, so that nobody finds it free."""
    release = try_take(attempt_id)
    if release is None:
        raise RuntimeError(f"The lock of the new attempt {attempt_id} is taken.")
    try:
        yield
    finally:
        release()


def try_take(attempt_id: UUID) -> Release | None:
    """Take the lock; how to let go of it again, or None when somebody has it."""
    with _guard:
        if attempt_id in _ours:
            return None
        _ours.add(attempt_id)
    let_go = _take_in_database(attempt_id) if connection.vendor == "postgresql" else _take_file(attempt_id)
    if let_go is None:
        _forget(attempt_id)
        return None

    def release() -> None:
        try:
            let_go()
        finally:
            _forget(attempt_id)

    return release


def is_free(attempt_id: UUID) -> bool:
    """Whether nobody sends this attempt any more."""
    return not held_among([attempt_id])


def held_among(attempt_ids: Collection[UUID]) -> set[UUID]:
    """Those of the attempts whose lock is held, by whatever process: one query at most."""
    with _guard:
        held = {attempt_id for attempt_id in attempt_ids if attempt_id in _ours}
    if connection.vendor == "postgresql":
        return held | _held_in_database(attempt_ids)
    return held | {
        attempt_id for attempt_id in attempt_ids if attempt_id not in held and _is_locked(attempt_id)
    }


def _forget(attempt_id: UUID) -> None:
    with _guard:
        _ours.discard(attempt_id)


# PostgreSQL


def _key(attempt_id: UUID) -> int:
    """64 bits of the id, as the signed number that PostgreSQL takes."""
    return int.from_bytes(attempt_id.bytes[:8], "big", signed=True)


def _take_in_database(attempt_id: UUID) -> Release | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(attempt_id)])
        [taken] = cursor.fetchone()
    return (lambda: _release_in_database(attempt_id)) if taken else None


def _release_in_database(attempt_id: UUID) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(attempt_id)])
    except (DatabaseError, InterfaceError):
        # The session is gone, and the lock with it; the connection must not be used again.
        connection.close()


_HELD = """
    SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def _held_in_database(attempt_ids: Collection[UUID]) -> set[UUID]:
    if not attempt_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        held = {key for (key,) in cursor.fetchall()}
    return {attempt_id for attempt_id in attempt_ids if _key(attempt_id) in held}


# Files


def _path(attempt_id: UUID) -> Path:
    return Path(settings.VAR_DIR) / "locks" / f"{attempt_id}.lock"


def _take_file(attempt_id: UUID) -> Release | None:
    path = _path(attempt_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not _lock(descriptor):
        os.close(descriptor)
        return None

    def release() -> None:
        path.unlink(missing_ok=True)
        os.close(descriptor)

    return release


def _is_locked(attempt_id: UUID) -> bool:
    """Without its file an attempt has ended; a file that nobody has locked is a dead sender's, and is cleared away."""
    path = _path(attempt_id)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        if not _lock(descriptor):
            return True
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
