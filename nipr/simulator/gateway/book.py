"""What the simulated gateway remembers: every transaction it took, by key and by what it was about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from nipr.wire.assumed import NIPR_FEE_CENTS, RESIDENT_APPLICATION_CENTS
from nipr.wire.gateway.replying import Decision, Standing
from nipr.wire.gateway.values import GatewayKind, GatewayTransaction, TransactionKey
from nipr.wire.messages import Residency

NaturalKey = tuple[str, str, str, str, str]
"""NPN, state, company, lines, kind: what a transaction is about, whatever its key."""


@dataclass(slots=True)
class Taken:
    """One effect: taken, charged, and on its way to a decision."""

    transaction: GatewayTransaction
    standing: Standing
    review_from: date
    visible_from: float
    """Of :func:`time.monotonic`."""
    visible_on: date
    told: bool = False
    """Whether the final reply has been handed out."""

    @property
    def is_final(self) -> bool:
        return self.standing.decision is not None

    @property
    def status(self) -> str:
        if said := self.standing.decision:
            return "approved" if said.approved else "declined"
        return "awaiting_validation" if self.standing.frozen_until else "sent_to_state"

    def decide(self, decision: Decision) -> None:
        self.standing = replace(self.standing, decision=decision, frozen_until=None)

    def thaw(self) -> None:
        """Pass from the freeze to the state's review."""
        if self.standing.frozen_until:
            self.review_from = self.standing.frozen_until
            self.standing = replace(self.standing, frozen_until=None)


@dataclass(slots=True)
class Entry:
    """Everything that came under one key."""

    times_received: int = 0
    times_asked: int = 0
    taken: list[Taken] = field(default_factory=list)
    refused: tuple[tuple[str, str], ...] = ()
    """The faults of the last document under this key that was refused."""
    transaction: GatewayTransaction | None = None


def fee_of(transaction: GatewayTransaction) -> int:
    """Cents that the registry charges for a transaction."""
    application = transaction.application
    resident = application is not None and application.residency is Residency.RESIDENT
    if resident and transaction.kind is GatewayKind.LICENSE_APPLICATION:
        return RESIDENT_APPLICATION_CENTS
    return NIPR_FEE_CENTS[transaction.kind.value]


def natural_key(transaction: GatewayTransaction) -> NaturalKey:
    company = transaction.appointer.cocode if transaction.appointer else ""
    lines = "+".join(sorted(transaction.loa_codes))
    return transaction.applicant.npn, transaction.state, company, lines, transaction.kind.value


class GatewayBook:
    """The witness. Not safe by itself: the desk holds its lock around every use."""

    def __init__(self) -> None:
        self.entries: dict[TransactionKey, Entry] = {}
        self.received: Counter[NaturalKey] = Counter()
        self.effected: Counter[NaturalKey] = Counter()
        self._last_number = 50_000_000

    def number(self) -> str:
        """The next NIPR_TRANS."""
        self._last_number += 1
        return str(self._last_number)

    def entry(self, key: TransactionKey) -> Entry:
        return self.entries.setdefault(key, Entry())

    def receive(self, key: TransactionKey, transaction: GatewayTransaction | None) -> Entry:
        """Note a whole transaction under a key, whatever becomes of it."""
        entry = self.entry(key)
        entry.times_received += 1
        entry.transaction = entry.transaction or transaction
        if transaction:
            self.received[natural_key(transaction)] += 1
        return entry

    def take(self, entry: Entry, taken: Taken) -> None:
        """Let it take effect: from here on it is charged."""
        entry.taken.append(taken)
        self.effected[natural_key(taken.transaction)] += 1

    def all_taken(self) -> Iterator[Taken]:
        for entry in self.entries.values():
            yield from entry.taken

    def as_dict(self) -> dict[str, Any]:
        """By ``batch/trans``; by what it is about; and the totals. Money in cents."""
        rows = {f"{key.batch}/{key.trans}": _row(entry) for key, entry in self.entries.items()}
        return {
            "transactions": rows,
            "by_subject": {
                "|".join(subject): {"times_received": count, "times_effected": self.effected[subject]}
                for subject, count in self.received.items()
            },
            "gateway": {
                "count": sum(self.effected.values()),
                "state_cents": sum(row["state_cents"] for row in rows.values()),
                "nipr_cents": sum(row["nipr_cents"] for row in rows.values()),
            },
        }


def _row(entry: Entry) -> dict[str, Any]:
    transaction, last = entry.transaction, entry.taken[-1] if entry.taken else None
    npn, state, cocode, lines, kind = natural_key(transaction) if transaction else ("", "", "", "", "")
    return {
        "kind": kind,
        "npn": npn,
        "state": state,
        "cocode": cocode,
        "loa_code": lines,
        "times_received": entry.times_received,
        "times_effected": len(entry.taken),
        "times_asked": entry.times_asked,
        "state_cents": sum(taken.transaction.state_fee_cents for taken in entry.taken),
        "nipr_cents": sum(taken.standing.nipr_fee_cents for taken in entry.taken),
        "status": last.status if last else "refused" if entry.refused else "",
        "nipr_trans": last.standing.nipr_trans if last else "",
        "received_at": _moment(last.standing.received_at) if last else "",
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
