"""Where documents are taken: one at a time, each transaction once, and every answer out of the book."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from threading import RLock
from typing import Any

from nipr.simulator.gateway.book import Entry, GatewayBook, Taken, fee_of
from nipr.simulator.gateway.policy import Policy
from nipr.simulator.gateway.review import Review
from nipr.simulator.gateway.validation import faults_of
from nipr.simulator.registry import Registry
from nipr.wire import assumed
from nipr.wire.gateway.replying import (
    Standing,
    duplicate_text,
    encode_error,
    encode_refusal,
    encode_standing,
    not_received_text,
    reply_document,
)
from nipr.wire.gateway.requests import Posted
from nipr.wire.gateway.values import GatewayTransaction, TransactionKey

Rekey = Callable[[TransactionKey], TransactionKey]


class UnknownKey(KeyError):
    """No transaction of that key has been taken."""


class GatewayDesk:
    """Takes, decides, answers. One lock for all: two equal requests at once are one after the other."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._review = Review(registry)
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Empty books and the policy of the beginning."""
        with self._lock:
            self.policy = Policy()
            self._book = GatewayBook()
            self._settled_on: date | None = None

    # What a test may do

    def configure(self, **changes: Any) -> Policy:
        """Set parts of the policy: ``configure(review="poll", polling=False, visibility_seconds=3)``."""
        with self._lock:
            self.policy = self.policy.changed(changes)
            return self.policy

    def book(self) -> dict[str, Any]:
        """The book as ``GET /_simulator/book`` shows it."""
        with self._lock:
            self.settle()
            return self._book.as_dict()

    def row(self, batch: str, trans: str) -> dict[str, Any] | None:
        """The book's row of one key."""
        row: dict[str, Any] | None = self.book()["transactions"].get(f"{batch}/{trans}")
        return row

    def taken_twice(self) -> list[str]:
        """The keys, and the subjects under different keys, that took effect more than once."""
        book = self.book()
        rows = [*book["transactions"].items(), *book["by_subject"].items()]
        return [name for name, row in rows if row["times_effected"] > 1]

    def decide(
        self,
        batch: str,
        trans: str,
        *,
        approve: bool,
        text: str = "",
        effective_date: date | None = None,
    ) -> dict[str, Any] | None:
        """Make an open transaction final. :class:`UnknownKey` when none of that key is open."""
        with self._lock:
            found = [
                taken
                for key, entry in self._book.entries.items()
                if (key.batch, key.trans) == (batch, trans)
                for taken in entry.taken
                if not taken.is_final
            ]
            if not found:
                raise UnknownKey(f"{batch}/{trans}")
            for taken in found:
                self._review.close(
                    taken,
                    approved=approve,
                    text=text,
                    day=self._registry.today,
                    effective_date=effective_date,
                )
            return self.row(batch, trans)

    def settle(self) -> None:
        """Make final what the calendar has made due. Reports and alerts ask for it before they answer."""
        if self._settled_on == self._registry.today:
            return
        with self._lock:
            self._settled_on = self._registry.today
            for taken in self._book.all_taken():
                self._review.advance(taken, self.policy, asked=False)

    # Documents

    def take(self, posted: Sequence[Posted], *, realtime: bool = False, rekey: Rekey | None = None) -> bytes:
        """The reply to a document, after everything in it has had its effect.

        ``realtime`` also hands out final replies to earlier transactions, each once. ``rekey`` answers under other
        keys, as the fault ``wrong_reference`` does.
        """
        if len(posted) > assumed.MOST_TRANSACTIONS:
            text = f"More than {assumed.MOST_TRANSACTIONS} transactions in a document; nothing was taken."
            return self.refuse_document(text, assumed.TOO_MANY_CODE)
        with self._lock:
            parts = [part for line, one in enumerate(posted, 1) for part in self._one(one, line, rekey)]
            if realtime:
                parts.extend(self._news({one.key for one in posted}))
            return reply_document(parts)

    def refuse_document(self, problem: str, code: str = assumed.MALFORMED_CODE) -> bytes:
        """The reply to a document of which nothing is taken: an error without a key (assumed)."""
        return reply_document([encode_error(code, problem, self._now())])

    def other_key(self, posted: Sequence[Posted]) -> Rekey:
        """For ``wrong_reference``: the next key of the document, or one of the book, or one that nobody has."""
        keys = [one.key for one in posted]
        with self._lock:
            known = next((key for key in self._book.entries if key not in keys), None)

        def other(key: TransactionKey) -> TransactionKey:
            following = keys[(keys.index(key) + 1) % len(keys)]
            if following != key:
                return following
            return known or TransactionKey(key.customer, key.batch, key.trans[::-1] + "X")

        return other

    def _one(self, posted: Posted, line: int, rekey: Rekey | None) -> Iterator[str]:
        key = posted.key
        if not (key.customer and key.batch and key.trans):
            text = "CUSTOMER, CUST_BATCH and CUST_TRANS are needed."
            yield encode_error(assumed.MALFORMED_CODE, text, self._now())
            return
        shown = rekey(key) if rekey else key
        if posted.is_question:
            yield from self._asked(key, shown, line)
            return
        entry = self._book.receive(key, posted.transaction)
        known = self._visible(entry)
        if known is None:
            yield self._accept(entry, posted, shown)
        elif self.policy.polling and known.transaction == posted.transaction:
            yield self._status(known, shown, asked=True)
        else:
            yield from self._duplicate(known, shown, line)

    def _asked(self, key: TransactionKey, shown: TransactionKey, line: int) -> Iterator[str]:
        entry = self._book.entries.get(key)
        if entry:
            entry.times_asked += 1
        known = self._visible(entry) if entry else None
        if known is None and entry and entry.refused and not entry.taken and self.policy.polling:
            yield encode_refusal(entry.transaction, shown, entry.refused)
        elif known is None:
            yield encode_error(assumed.NOT_RECEIVED_CODE, not_received_text(shown), self._now())
        elif self.policy.polling:
            yield self._status(known, shown, asked=True)
        else:
            yield from self._duplicate(known, shown, line)

    def _visible(self, entry: Entry) -> Taken | None:
        """The first effect of a key that can be seen by now."""
        now, today = time.monotonic(), self._registry.today
        return next(
            (taken for taken in entry.taken if taken.visible_from <= now and taken.visible_on <= today), None
        )

    def _accept(self, entry: Entry, posted: Posted, shown: TransactionKey) -> str:
        """Refuse it, or let it take effect. A key whose document was refused is free for another try (assumed)."""
        faults = faults_of(posted, self._registry.population, self.policy)
        if faults or posted.transaction is None:
            if not entry.taken:
                entry.refused = tuple(faults)
            return encode_refusal(posted.transaction, shown, faults)
        taken = self._taken(posted.transaction)
        self._book.take(entry, taken)
        self._review.advance(taken, self.policy, asked=False)
        return self._status(taken, shown, asked=False)

    def _taken(self, transaction: GatewayTransaction) -> Taken:
        today, policy = self._registry.today, self.policy
        standing = Standing(
            nipr_trans=self._book.number(),
            nipr_fee_cents=fee_of(transaction),
            received_at=self._now(),
            frozen_until=self._review.frozen_until(transaction, policy),
        )
        return Taken(
            transaction,
            standing,
            review_from=today,
            visible_from=time.monotonic() + policy.visibility_seconds,
            visible_on=today + timedelta(days=policy.visibility_days),
        )

    def _status(self, taken: Taken, shown: TransactionKey, *, asked: bool) -> str:
        if asked:
            self._review.advance(taken, self.policy, asked=True)
        taken.told = taken.told or taken.is_final
        key = shown if shown != taken.transaction.key else None
        return encode_standing(taken.transaction, taken.standing, key=key)

    def _duplicate(self, known: Taken, shown: TransactionKey, line: int) -> Iterator[str]:
        text = duplicate_text(shown, known.standing.nipr_trans, line)
        yield encode_error(assumed.DUPLICATE_CODE, text, self._now())
        if self.policy.pair_3999_20001:
            yield encode_error(assumed.NOT_RECEIVED_CODE, not_received_text(shown), self._now())

    def _news(self, answered: set[TransactionKey]) -> Iterator[str]:
        """Final replies that nobody has been told, each handed out once, whether it arrives or not."""
        for key, entry in self._book.entries.items():
            for taken in entry.taken:
                if taken.told or key in answered or self._visible(entry) is None:
                    continue
                self._review.advance(taken, self.policy, asked=True)
                if taken.is_final:
                    yield self._status(taken, taken.transaction.key, asked=False)

    def _now(self) -> datetime:
        """The simulated day at the real time of day."""
        return datetime.combine(self._registry.today, datetime.now(UTC).time())
