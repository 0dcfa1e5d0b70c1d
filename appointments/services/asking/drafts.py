"""What a transaction is going to be: judged and priced, without a number yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from rulebook.decision import Decision

PAYABLE = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.AWAITING_APPROVAL,
)
"""What will cost something once it is sent. Recorded and not eligible ones are never charged."""


@dataclass(slots=True)
class Draft:
    """One transaction to be written. ``index`` is the row of the request set that asked for it; fees are in cents."""

    kind: TransactionKind
    index: int
    external_id: str
    producer_id: int
    npn: str
    entity_type: str
    state: str
    company_id: int | None
    cocode: str
    loa_code: str
    loa: str
    loa_category: str
    status: TransactionStatus
    reason_code: str
    reason_text: str
    decisions: tuple[Decision, ...]
    status_detail: StatusDetail = StatusDetail.NONE
    county_code: str = ""
    agent_type: str = ""
    license_number: str = ""
    license_class_code: str = ""
    residency: str = ""
    effective_date: date | None = None
    termination_reason: str = ""
    for_cause: bool = False
    just_in_time: bool = False
    state_fee_cents: int | None = 0
    """None: not known, the state bills it."""
    nipr_fee_cents: int | None = 0
    application: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, str, str, str, str, str]:
        """What only one open transaction may have; the fields of the index ``one_open_transaction``."""
        return (
            self.kind,
            self.producer_id,
            self.state,
            self.cocode,
            self.loa_code,
            self.loa,
            self.county_code,
        )

    @property
    def place(self) -> tuple[int, str, str]:
        """What a batch is made for: producer, state and company."""
        return self.producer_id, self.state, self.cocode

    @property
    def payable(self) -> bool:
        return self.status in PAYABLE

    @property
    def not_eligible(self) -> bool:
        return self.status == TransactionStatus.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request whose checkpoint failed: no transaction is made of it."""

    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message}


@dataclass(slots=True)
class Judged:
    """What a chunk of requests came to: drafts in the order judged, refusals by the index of their row."""

    drafts: list[Draft] = field(default_factory=list)
    refusals: dict[int, Refusal] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """Counts and cost of what has been judged so far, as kept with the request set."""

    status: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    """Not eligible ones that are counted and not shown."""
    state_cents: int = 0
    nipr_cents: int = 0
    billed_later: int = 0

    @classmethod
    def kept(cls, counts: dict[str, Any]) -> Tally:
        """The tally that ``as_json`` made; of nothing, an empty one."""
        if not counts:
            return cls()
        rest = {name: value for name, value in counts.items() if name != "status"}
        return cls(Counter(counts["status"]), **rest)

    def add(self, drafts: Sequence[Draft], *, hide_ineligible: bool) -> None:
        for draft in drafts:
            self.status[draft.status.value] += 1
            self.hidden += hide_ineligible and draft.not_eligible
            self.state_cents += draft.state_fee_cents or 0
            self.nipr_cents += draft.nipr_fee_cents or 0
            self.billed_later += draft.state_fee_cents is None

    def as_json(self) -> dict[str, Any]:
        return {
            "status": dict(self.status),
            "hidden": self.hidden,
            "state_cents": self.state_cents,
            "nipr_cents": self.nipr_cents,
            "billed_later": self.billed_later,
        }


def shown(drafts: Iterable[Draft], *, show_ineligible: bool) -> list[Draft]:
    """Those that are written and answered."""
    return [draft for draft in drafts if show_ineligible or not draft.not_eligible]
