"""Writing the audit trail. Call inside the transaction of the write: no entry, no action."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from django.db import models
from structlog.contextvars import get_contextvars

from core import clock
from core.actor import Actor
from core.audit.models import AuditEntry
from core.bulk import insert_values
from core.secrets import is_secret_name

HIDDEN = "(hidden)"
AT_ONCE = 10_000
"""Entries written with one statement; more would only take memory."""
_operation: ContextVar[uuid.UUID | None] = ContextVar("audit_operation", default=None)
Changes = Mapping[str, list[Any]]


class Subject(NamedTuple):
    """What an entry is about, for whoever writes thousands and has no objects of them."""

    type: str
    """``producers.producer``"""
    id: str
    label: str

    @classmethod
    def of(cls, record: models.Model) -> Self:
        """The same of an object."""
        return cls(record._meta.label_lower, str(record.pk), str(record))


_NOTHING = Subject("", "", "")


class AuditRecord(NamedTuple):
    """One action to be recorded. ``changes`` reads ``{field: [old, new]}``."""

    action: str
    actor: Actor
    subject: models.Model | Subject | None = None
    changes: Changes = MappingProxyType({})
    reason: str = ""
    operation_id: uuid.UUID | None = None


@contextmanager
def operation() -> Iterator[uuid.UUID]:
    """Give all entries recorded inside one operation id; an operation inside another joins it."""
    current = _operation.get() or uuid.uuid4()
    token = _operation.set(current)
    try:
        yield current
    finally:
        _operation.reset(token)


def record(
    action: str,
    *,
    actor: Actor,
    subject: models.Model | None,
    changes: Changes | None = None,
    reason: str = "",
    operation_id: uuid.UUID | None = None,
) -> AuditEntry:
    """Record one action, such as ``producer.created``, about ``subject``."""
    given = AuditRecord(action, actor, subject, changes or {}, reason, operation_id)
    values = _values(given, clock.now(), _request_id())
    entry = AuditEntry(**dict(zip(_COLUMNS, values, strict=True)))
    entry.save(force_insert=True)
    return entry


def record_many(records: Iterable[AuditRecord]) -> None:
    """Record many actions, ten thousand with a statement; those without an operation id of their own share one."""
    with operation():
        now, request_id, waiting = clock.now(), _request_id(), iter(records)
        while block := [_values(each, now, request_id) for each in islice(waiting, AT_ONCE)]:
            insert_values(AuditEntry, _COLUMNS, block)


_COLUMNS = (
    "at", "request_id", "action", "actor_kind", "actor_user_id", "actor_label", "subject_type", "subject_id",
    "subject_label", "changes", "reason", "operation_id",
)  # fmt: skip


def _values(given: AuditRecord, now: datetime, request_id: str) -> tuple[Any, ...]:
    """The columns of an entry."""
    actor, subject = given.actor, given.subject or _NOTHING
    if isinstance(subject, models.Model):
        subject = Subject.of(subject)
    return (
        now,
        request_id,
        given.action,
        actor.kind,
        actor.user_id,
        actor.label[:200],
        subject.type,
        subject.id,
        subject.label[:200],
        _shown(given.changes),
        given.reason,
        given.operation_id or _operation.get() or uuid.uuid4(),
    )


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))[:64]


def _shown(changes: Changes) -> dict[str, list[Any]]:
    """That a secret changed is worth knowing; what it was and is stays out of the trail."""
    shown = dict(changes)
    for name in filter(is_secret_name, changes):
        shown[name] = [HIDDEN if value not in (None, "") else value for value in changes[name]]
    return shown
