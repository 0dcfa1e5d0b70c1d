"""The eight checks. Each sends its own transactions under new random keys and says what it found in a sentence."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from nipr.conformance.subject import Subject
from nipr.gateway import GatewayPost
from nipr.wire.gateway import (
    Answer,
    AnswerKind,
    GatewayReply,
    GatewayTransaction,
    document,
    encode_transaction,
    question_about,
    read_reply,
)

TAKEN = frozenset(
    {
        AnswerKind.SENT_TO_STATE,
        AnswerKind.AWAITING_VALIDATION,
        AnswerKind.APPROVED,
        AnswerKind.DECLINED,
    }
)
NOBODY = "9999999999"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    number: int
    question: str
    outcome: Outcome
    said: str


class Conformance:
    """Runs the checks by ``post`` (document, realtime) and ``hang_up`` (post half of a document and cut the line).

    ``pause`` seconds are left between posts where the far side may need a moment.
    """

    def __init__(
        self,
        subject: Subject,
        post: Callable[[bytes, bool], GatewayPost],
        hang_up: Callable[[bytes], None],
        *,
        remembered: tuple[str, str] | None = None,
        pause: float = 2.0,
    ) -> None:
        self._subject = subject
        self._post = post
        self._hang_up = hang_up
        self._remembered = remembered
        self._pause = pause
        self.batch = random_key()
        self.first: GatewayTransaction | None = None
        """The first that was sent: a later run may ask whether it is still known."""

    def run(self) -> Iterator[Finding]:
        """Each finding as it is made, in the order of the questions."""
        for number, (question, check) in enumerate(self._checks(), 1):
            outcome, said = check()
            yield Finding(number, question, outcome, said)

    def _checks(self) -> Iterable[tuple[str, Callable[[], tuple[Outcome, str]]]]:
        return (
            ("The same bytes again", self._same_bytes),
            ("The same key with other content", self._other_content),
            ("A question about an unknown key", self._unknown_key),
            ("The key of a refused transaction", self._refused_key),
            ("Keys are remembered", self._still_known),
            ("Replies at /realtime come once", self._realtime),
            ("A connection cut in the middle of a document", self._cut),
            ("A question about a transaction held by a freeze", self._held),
        )

    # The checks

    def _same_bytes(self) -> tuple[Outcome, str]:
        one = self.first = self._new()
        taken, again = self._send(one), self._send(one)
        if taken.verdict not in TAKEN:
            return _failed("It was not taken in the first place", taken)
        if again.verdict in TAKEN and again.nipr_trans == taken.nipr_trans:
            return Outcome.PASSED, f"Polling is on: the repeat tells how {taken.nipr_trans} stands."
        if again.verdict is AnswerKind.RECEIVED:
            return (
                Outcome.PASSED,
                "Polling is off: the repeat is a duplicate (3999). No status can be asked for.",
            )
        return _failed(f"The repeat of {taken.nipr_trans} was not recognised", again)

    def _other_content(self) -> tuple[Outcome, str]:
        one = self._new()
        taken = self._send(one)
        other = self._send(replace(one, state_fee_cents=one.state_fee_cents + 100))
        if other.verdict is AnswerKind.RECEIVED:
            return Outcome.PASSED, "It is a duplicate (3999)."
        if other.verdict is AnswerKind.REFUSED or (other.nipr_trans and other.nipr_trans == taken.nipr_trans):
            return Outcome.PASSED, f"It has no effect: {other.verdict.value}."
        return _failed("It was not recognised by its key", other)

    def _unknown_key(self) -> tuple[Outcome, str]:
        answer = self._ask(self._new())
        if answer.verdict is not AnswerKind.NOT_RECEIVED:
            return _failed("It is not denied by 20001", answer)
        return Outcome.PASSED, "20001. Look in the next invoice whether the question was billed."

    def _refused_key(self) -> tuple[Outcome, str]:
        good = self._new()
        bad = replace(good, applicant=replace(good.applicant, npn=NOBODY))
        refused = self._send(bad)
        if refused.verdict is not AnswerKind.REFUSED:
            return _failed("A refusal does not look as assumed", refused)
        mended = self._send(good)
        if mended.verdict in TAKEN:
            return Outcome.PASSED, "The key is free for the mended transaction."
        return _failed("The key is used up; a mended transaction needs a new one", mended)

    def _still_known(self) -> tuple[Outcome, str]:
        if self.first is None:
            return Outcome.NOT_CHECKED, "Nothing was sent before."
        about, age = self.first, "from the beginning of this run"
        if self._remembered:
            batch, trans = self._remembered
            about, age = self._subject.appointment(batch, trans), f"of {batch}/{trans}"
        answer = self._ask(about)
        if answer.verdict in TAKEN or answer.verdict is AnswerKind.RECEIVED:
            key = self.first.key
            return (
                Outcome.PASSED,
                f"The key {age} is known. Ask again some day about {key.batch}/{key.trans}.",
            )
        return _failed(f"The key {age} is not known any more", answer)

    def _realtime(self) -> tuple[Outcome, str]:
        own = [self._new(), self._new(), self._new()]
        replies = [self._reply([one], realtime=True) for one in own]
        for one, reply in zip(own, replies, strict=True):
            if (answer := _about(one, reply)).verdict not in TAKEN:
                return _failed("What was sent to /realtime is not answered there", answer)
        sent = {one.key.trans for one in own}
        others = [{answer.trans for answer in reply.answers} - sent for reply in replies]
        again = (others[0] & others[1]) | (others[1] & others[2])
        times = "come again" if again else "come once"
        return (
            Outcome.PASSED,
            f"{sum(map(len, others))} replies to earlier transactions came along; they {times}.",
        )

    def _cut(self) -> tuple[Outcome, str]:
        four = [self._new() for _ in range(4)]
        self._hang_up(document(encode_transaction(one) for one in four))
        time.sleep(self._pause)
        before = [self._ask(one) for one in four]
        after = [_about(one, reply) for one in four for reply in [self._reply([one])]]
        known = [answer for answer in before if answer.verdict in TAKEN]
        for old, new in zip(before, after, strict=True):
            if new.verdict not in TAKEN | {AnswerKind.RECEIVED}:
                return _failed("After the repeat one of them is still not taken", new)
            if old.verdict in TAKEN and new.nipr_trans != old.nipr_trans:
                return _failed(f"The repeat of {old.nipr_trans} was taken again", new)
        return (
            Outcome.PASSED,
            f"{len(known)} of 4 were taken before the repeat, all of them after it, each once.",
        )

    def _held(self) -> tuple[Outcome, str]:
        if not self._subject.frozen_state:
            return Outcome.NOT_CHECKED, "Name a state that is in its renewal freeze (frozen_state)."
        one = self._subject.termination(self.batch, random_key())
        held = self._send(one)
        if held.verdict is not AnswerKind.AWAITING_VALIDATION:
            return _failed("The termination is not held, or not as assumed", held)
        for answer in (self._ask(one), self._send(one)):
            polled = answer.verdict is AnswerKind.AWAITING_VALIDATION and answer.nipr_trans == held.nipr_trans
            if not polled and answer.verdict is not AnswerKind.RECEIVED:
                return _failed("Asked about while held, it is not recognised", answer)
        return Outcome.PASSED, f"It stays held under the same number. {held.message}"

    # Sending and asking

    def _new(self) -> GatewayTransaction:
        return self._subject.appointment(self.batch, random_key())

    def _send(self, one: GatewayTransaction) -> Answer:
        return _about(one, self._reply([one]))

    def _ask(self, one: GatewayTransaction) -> Answer:
        return _about(one, read_reply(self._post(document([question_about(one)]), False).body))

    def _reply(self, transactions: Iterable[GatewayTransaction], *, realtime: bool = False) -> GatewayReply:
        return read_reply(self._post(document(map(encode_transaction, transactions)), realtime).body)


def random_key() -> str:
    """Sixteen letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(16))


def _about(one: GatewayTransaction, reply: GatewayReply) -> Answer:
    """What a reply says of a transaction; unclear where it says nothing."""
    for answer in reply.answers:
        if (answer.batch, answer.trans) == (one.key.batch, one.key.trans):
            return answer
    message = reply.problem or "The reply does not mention it."
    return Answer(one.key.batch, one.key.trans, AnswerKind.UNCLEAR, message=message)


def _failed(what: str, answer: Answer) -> tuple[Outcome, str]:
    number = f" {answer.nipr_trans}" if answer.nipr_trans else ""
    return Outcome.FAILED, f"{what}: {answer.verdict.value}{number} ({answer.message or 'no message'})."
