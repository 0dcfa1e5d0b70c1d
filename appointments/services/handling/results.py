"""What came of an action on many transactions: an answer for each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from appointments.models import dollars


@dataclass(frozen=True, slots=True)
class HandledOne:
    """One transaction's answer. ``status`` is where it stands afterwards; empty for one that is not there.

    ``code`` is empty when it was done; ``message`` may say something then too, ``fix`` what to do next.
    """

    number: str
    ok: bool
    code: str = ""
    message: str = ""
    status: str = ""
    fix: str = ""
    allowed: tuple[str, ...] = ()
    """Events that are possible now, where the state forbade this one."""
    pk: int = 0


@dataclass(frozen=True, slots=True)
class Handled:
    """The answers, in the order in which the transactions were named."""

    results: list[HandledOne] = field(default_factory=list)

    @property
    def done(self) -> list[HandledOne]:
        return [one for one in self.results if one.ok]

    @property
    def refused(self) -> list[HandledOne]:
        return [one for one in self.results if not one.ok]


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending costs, in cents. ``billed_later`` counts those whose state fee the state bills by itself."""

    state_cents: int = 0
    nipr_cents: int = 0
    billed_later: int = 0
    count: int = 0

    @property
    def total_cents(self) -> int:
        return self.state_cents + self.nipr_cents

    def as_json(self) -> dict[str, str | int]:
        """As the API tells it: ``{"state": "16.00", "nipr": "1.53", "total": "17.53", "billed_later": 0}``."""
        return {
            "state": str(dollars(self.state_cents)),
            "nipr": str(dollars(self.nipr_cents)),
            "total": str(dollars(self.total_cents)),
            "billed_later": self.billed_later,
        }


Ids = Collection[int]
"""Primary keys of transactions; ``GT-00000012`` is 12."""
