"""The journal outside the database, and the lock that dies with its process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections

from appointments.gateway import journal, locks
from core import clock

EPOCH = UUID(int=7)


def entry(number: int, *keys: str, epoch: UUID = EPOCH) -> journal.Entry:
    now = clock.now()
    sent = tuple(journal.SentKey("B1", key, "appointment", "CA", now) for key in keys)
    return journal.Entry(epoch, number, now, sent)


@pytest.fixture
def begun() -> Path:
    journal.append(entry(0))
    return journal.path()


def test_what_was_written_is_read_back(begun):
    first, second = entry(1, "T1", "T2"), entry(2, "T3")
    journal.append(first)
    journal.append(second)
    assert journal.entries()[1:] == [first, second]
    assert journal.mark() == journal.Mark(EPOCH, 2, sent=True)


def test_no_key_stands_in_it_in_clear(begun):
    journal.append(entry(1, "T-SECRET-1"))
    raw = begun.read_bytes()
    assert b"SECRET" not in raw
    assert str(EPOCH).encode() not in raw
    assert begun.stat().st_mode & 0o077 == 0


def test_a_torn_last_line_is_no_send_and_the_next_line_stands_by_itself(begun):
    journal.append(entry(1, "T1"))
    journal.append(entry(2, "T2"))
    whole = begun.read_bytes()
    begun.write_bytes(whole[:-20])
    assert journal.mark() == journal.Mark(EPOCH, 1, sent=True)
    journal.append(entry(3, "T3"))
    assert [each.number for each in journal.entries()] == [0, 1, 3]
    assert journal.mark().number == 3


def test_the_same_send_number_twice_is_refused(begun):
    journal.append(entry(1, "T1"))
    with pytest.raises(journal.JournalDisagrees):
        journal.append(entry(1, "T2"))
    with pytest.raises(journal.JournalDisagrees):
        journal.append(entry(2, "T2", epoch=UUID(int=8)))


def test_another_file_in_its_place_is_noticed(begun):
    journal.append(entry(1, "T1"))
    assert journal.mark().number == 1
    begun.unlink()
    assert journal.mark() is None
    journal.append(entry(0, epoch=UUID(int=9)))
    assert journal.mark() == journal.Mark(UUID(int=9), 0, sent=False)


def test_many_writers_at_once_lose_nothing(begun):
    def write(start: int) -> None:
        for number in range(start, start + 10):
            journal.append(entry(number, f"T{number}"))

    threads = [threading.Thread(target=write, args=(start,)) for start in range(1, 61, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.number for each in journal.entries()) == list(range(61))


# Locks


@pytest.mark.django_db
def test_a_lock_is_held_until_its_block_ends():
    attempt = uuid4()
    assert locks.is_free(attempt)
    with locks.holding(attempt):
        assert not locks.is_free(attempt)
        assert locks.try_take(attempt) is None
    assert locks.is_free(attempt)


@pytest.mark.django_db
def test_threads_of_one_process_keep_each_other_out():
    attempt, seen = uuid4(), []

    def look() -> None:
        seen.append((locks.is_free(attempt), locks.try_take(attempt)))
        connections.close_all()

    with locks.holding(attempt):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [(False, None)]


@pytest.mark.django_db
def test_no_files_are_left_behind():
    folder = Path(settings.VAR_DIR) / "locks"
    with locks.holding(uuid4()):
        pass
    assert not folder.exists() or list(folder.iterdir()) == []


HOLDER = """
import sys, uuid, django
django.setup()
from appointments.gateway import locks
locks.try_take(uuid.UUID(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def database_url() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**given)


@pytest.mark.django_db
def test_the_lock_of_a_killed_process_is_free():
    attempt = uuid4()
    environment = os.environ | {
        "AGENTSYNC_VAR": str(settings.VAR_DIR),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "agentsync.settings",
    }
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(attempt)],
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert locks.held_among([attempt, uuid4()]) == {attempt}
        holder.kill()
        holder.wait()
        assert _becomes_free(attempt)


def _becomes_free(attempt: UUID) -> bool:
    """PostgreSQL notices a moment later that the connection is gone."""
    deadline = time.monotonic() + 5
    while not locks.is_free(attempt) and time.monotonic() < deadline:
        time.sleep(0.05)
    return locks.is_free(attempt)
