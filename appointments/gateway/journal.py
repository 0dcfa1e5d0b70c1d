"""The send journal: which keys left when, in a file outside the database.

A database that was restored cannot know what was sent since its backup; this file does. Each line is encrypted and
names an epoch, a send number and the keys sent. It is flushed to the disk before the first byte of a send leaves.
Keep it on another disk than the database's backups (``SEND_JOURNAL_DIR``), and never restore it with them.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings

from core import clock
from core.crypto import CannotDecrypt
from core.crypto.box import decrypt, encrypt, key_id_of
from core.crypto.keys import active_key_id

PLACE = "appointments.send_journal"
NAME = "sends.journal"
HEAD_BYTES = 64
"""The beginning of a file holds a random nonce: by it a file that was put in the place of another is known."""


class JournalDisagrees(Exception):
    """The journal is of another epoch, or knows this send already: the database was restored."""


@dataclass(frozen=True, slots=True)
class SentKey:
    """What it takes to ask about one transaction that left."""

    batch: str
    trans: str
    kind: str
    state: str
    stamped_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One send. Without keys it marks the beginning of an epoch, or how far one has come (``has_sent``)."""

    epoch: UUID
    number: int
    at: datetime
    keys: tuple[SentKey, ...] = ()
    has_sent: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the journal has come. ``sent`` is whether anything ever left."""

    epoch: UUID
    number: int
    sent: bool


@dataclass(slots=True)
class _Seen:
    """What has been read of a file, so that a look at its end reads only what is new."""

    head: bytes = b""
    offset: int = 0
    epoch: UUID | None = None
    numbers: set[int] = field(default_factory=set)
    sent: bool = False
    key_id: str = ""
    """Of the key that the last line was written with."""


_seen: dict[Path, _Seen] = {}
_guard = Lock()


def path() -> Path:
    """Where the journal is."""
    given = getattr(settings, "SEND_JOURNAL_DIR", None)
    return Path(given or Path(settings.VAR_DIR) / "journal") / NAME


def exists() -> bool:
    """Whether there is anything to read, readable or not."""
    file = path()
    return file.exists() and file.stat().st_size > 0


def mark() -> Mark | None:
    """The last epoch and the highest send number in it; None without a journal."""
    with _guard:
        seen = _look(path())
        if seen.epoch is None:
            return None
        return Mark(seen.epoch, max(seen.numbers, default=0), seen.sent)


def entries() -> list[Entry]:
    """Everything in it that can be read, oldest first."""
    try:
        text = path().read_bytes()
    except FileNotFoundError:
        return []
    return [entry for line in text.split(b"\n") if (entry := _read(line))]


def append(entry: Entry) -> None:
    """Add a send and flush it to the disk. JournalDisagrees when it does not follow from what is there."""
    with _guard, _opened() as (descriptor, file):
        seen = _look(file)
        if entry.keys and (seen.epoch != entry.epoch or entry.number in seen.numbers):
            raise JournalDisagrees(f"The journal has no place for send {entry.number}.")
        _write(descriptor, entry)


def _write(descriptor: int, entry: Entry) -> None:
    size = os.fstat(descriptor).st_size
    torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
    line = (b"\n" if torn else b"") + _line(entry)
    if os.write(descriptor, line) != len(line):
        raise OSError("The send journal took only a part of its line.")
    os.fsync(descriptor)


def renew() -> None:
    """Write the mark anew when its key is not the active one any more: old keys are taken away after a rotation."""
    with _guard:
        seen = _look(path())
        if seen.epoch is None or seen.key_id == active_key_id():
            return
        with _opened() as (descriptor, file):
            seen = _look(file)
            if seen.epoch is not None:
                number = max(seen.numbers, default=0)
                _write(descriptor, Entry(seen.epoch, number, clock.now(), has_sent=seen.sent))


@contextmanager
def _opened() -> Iterator[tuple[int, Path]]:
    """The file, locked against other processes; its folder is flushed too when it is new."""
    file = path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor, file
        if is_new:
            _flush_folder(file.parent)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _look(file: Path) -> _Seen:
    """Read on from where the last look ended. Another file in its place is read from its beginning."""
    seen = _seen.setdefault(file, _Seen())
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
            if not seen.head or head != seen.head:
                seen = _seen[file] = _Seen(head if len(head) == HEAD_BYTES else b"")
            opened.seek(seen.offset)
            fresh = opened.read()
    except FileNotFoundError:
        _seen[file] = _Seen()
        return _seen[file]
    whole, newline, _torn = fresh.rpartition(b"\n")
    seen.offset += len(whole) + len(newline)
    for line in whole.split(b"\n"):
        if entry := _read(line):
            _take_in(seen, entry)
            seen.key_id = key_id_of(base64.b64decode(line))
    return seen


def _take_in(seen: _Seen, entry: Entry) -> None:
    if entry.epoch != seen.epoch:
        seen.epoch, seen.numbers = entry.epoch, set()
    seen.numbers.add(entry.number)
    seen.sent = seen.sent or bool(entry.keys) or entry.has_sent


def _line(entry: Entry) -> bytes:
    content = {
        "epoch": str(entry.epoch),
        "number": entry.number,
        "at": entry.at.isoformat(),
        "sent": entry.has_sent,
        "keys": [
            [key.batch, key.trans, key.kind, key.state, key.stamped_at.isoformat()] for key in entry.keys
        ],
    }
    return base64.b64encode(encrypt(json.dumps(content, separators=(",", ":")), PLACE)) + b"\n"


def _read(line: bytes) -> Entry | None:
    """None for a torn line, which a process left that died while writing: its send never began."""
    try:
        content: dict[str, Any] = json.loads(decrypt(base64.b64decode(line, validate=True), PLACE))
    except (binascii.Error, CannotDecrypt, IndexError):
        return None
    return Entry(
        UUID(content["epoch"]),
        content["number"],
        datetime.fromisoformat(content["at"]),
        tuple(_key(values) for values in content["keys"]),
        bool(content.get("sent")),
    )


def _key(values: Sequence[str]) -> SentKey:
    batch, trans, kind, state, stamped_at = values
    return SentKey(batch, trans, kind, state, datetime.fromisoformat(stamped_at))
