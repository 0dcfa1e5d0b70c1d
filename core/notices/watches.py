"""Watches: what an app looks for, so that people learn what needs them without looking for it themselves.

A watch says everything that is so today. The round (:mod:`core.notices.rounds`) tells what has not been told yet and
closes what is no longer so; a watch remembers nothing and never asks whether it is "exactly 30 days".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from core.accounts.models import User
from core.notices.models import Severity


class MatterKey(NamedTuple):
    """What makes a matter the same from night to night."""

    code: str
    subject: str
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is so of one record, and that somebody should know."""

    code: str
    subject: str
    """What stays the same over versions of the record; see :class:`core.notices.models.NoticeMatter`."""
    label: str
    """The record as people name it."""
    url: str
    """Where the next step is taken."""
    deadline: date | None = None
    owner_id: int | None = None
    told_first: str = ""
    """A topic that comes before this one: told in its place while that has never been told of this record."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the sentences need."""

    @property
    def key(self) -> MatterKey:
        return MatterKey(self.code, self.subject, self.deadline)

    @property
    def first_key(self) -> MatterKey:
        return MatterKey(self.told_first, self.subject, self.deadline)


class Words(NamedTuple):
    """A notice in words, and the page where the next step is taken."""

    title: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of notice. ``audience`` is the right of those who are told where nobody owns the record."""

    code: str
    audience: str
    words: Callable[[Sequence[Matter], User | None], Words]
    """Of one matter or of many, for their owner or for those who hold the right."""
    severity: str = Severity.WARNING
    one_each: bool = False
    """A notice for each record, unless they are so many that nobody would read them."""
    by_mail: bool = False
    is_event: bool = False
    """It has happened and stays so: only people take it off the list."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing to look for, and the topics it may tell about."""

    name: str
    look: Callable[[date], Iterable[Matter]]
    topics: Sequence[Topic]


_watches: dict[str, Watch] = {}


def register_watch(watch: Watch) -> None:
    """Have every round look for it. Called from ``agentsync/wiring.py``."""
    _watches[watch.name] = watch


def registered_watches() -> list[Watch]:
    """All of them, in the order in which they were registered."""
    return list(_watches.values())
