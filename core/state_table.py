"""State machines as data. One table makes the buttons, the API's answers, the docs diagram and the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q

from core.errors import Conflict, NotAllowed

M = TypeVar("M", bound=models.Model)
Guard = Callable[[M], str]
HasRight = Callable[[str], bool]


def any_right(_right: str) -> bool:
    """For tasks and gateways, whose events ask for no right."""
    return True


@dataclass(frozen=True, slots=True)
class Move(Generic[M]):
    """From ``source`` by ``event`` to ``target``. ``guard`` answers "" or the sentence why not; ``right`` who may."""

    source: str
    event: str
    target: str
    right: str = ""
    guard: Guard[M] | None = None
    label: str = ""


class StateTable(Generic[M]):
    """The moves of one model over one status field. Moving is one conditional update: of two at once one wins."""

    def __init__(self, moves: Sequence[Move[M]], *, field: str = "status") -> None:
        self.moves = tuple(moves)
        self.field = field
        self._by_step = {(move.source, move.event): move for move in self.moves}
        if len(self._by_step) != len(self.moves):
            raise ValueError("Two moves share a state and an event.")

    @property
    def states(self) -> frozenset[str]:
        """Every state the table knows."""
        return frozenset({state for move in self.moves for state in (move.source, move.target)})

    def allowed(self, record: M, has_right: HasRight = any_right) -> list[Move[M]]:
        """The moves that this record can make now, by somebody with these rights."""
        return [move for move in self._from(record) if has_right(move.right) and not _objection(move, record)]

    def move(self, record: M, event: str, has_right: HasRight = any_right) -> Move[M]:
        """The move for an event; raises Conflict or NotAllowed with what could be done instead."""
        move = self._by_step.get((self._state(record), event))
        if move is None:
            raise self._refusal(record, f"“{event}” is not possible while it is “{self._state(record)}”.")
        if not has_right(move.right):
            raise NotAllowed(move.right)
        if objection := _objection(move, record):
            raise self._refusal(record, objection)
        return move

    def apply(
        self,
        record: M,
        event: str,
        has_right: HasRight = any_right,
        *,
        changes: dict[str, Any] | None = None,
        where: Q | None = None,
    ) -> Move[M]:
        """Make the move with further column ``changes``; Conflict when somebody was faster or ``where`` fails."""
        move = self.move(record, event, has_right)
        values = {self.field: move.target, **(changes or {})}
        unmoved = Q(**{"pk": record.pk, self.field: move.source})
        still_there = type(record)._default_manager.filter(unmoved & (where or Q()))
        if not still_there.update(**values):
            record.refresh_from_db(fields=[self.field])
            raise self._refusal(record, f"Somebody was faster: it is “{self._state(record)}” now.")
        for name, value in values.items():
            setattr(record, name, value)
        return move

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for the documentation."""
        lines = (f"    {move.source} --> {move.target}: {move.event}" for move in self.moves)
        return "\n".join(["stateDiagram-v2", *lines])

    def _state(self, record: M) -> str:
        return str(getattr(record, self.field))

    def _from(self, record: M) -> Iterator[Move[M]]:
        return (move for move in self.moves if move.source == self._state(record))

    def _refusal(self, record: M, message: str) -> Conflict:
        events = [move.event for move in self._from(record)]
        fix = f"Possible now: {', '.join(events)}." if events else "Nothing can be done with it any more."
        return Conflict(message, fix, code="wrong_state", allowed=events)


def _objection(move: Move[M], record: M) -> str:
    return move.guard(record) if move.guard else ""
