"""What a state takes for an appointment or a termination, and what the registry takes for each transaction.

Outcome INFO where the fee is known, UNKNOWN where it is not: then the state bills it, and nobody may read it as zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook, RuleValue
from rulebook.rules.vocabulary import EntityType, Residency
from rulebook.rules.wording import decide, place, set_rule

RULE = "state_fee"
APPOINTMENT = "appointment"
TERMINATION = "termination"
PER_LINE_FOR = {
    "yes": (Residency.RESIDENT, Residency.NON_RESIDENT, ""),
    "nonresidents": (Residency.NON_RESIDENT,),
}
"""Whose fee is counted by line. Without a license left in the state the residency is blank."""


@dataclass(frozen=True, slots=True)
class StateFee:
    """In cents; None is not known and billed by the state.

    Not per line: the state takes it once for a producer and a company, however many lines are asked for together.
    """

    cents: int | None
    per_line: bool
    decision: Decision


@dataclass(frozen=True, slots=True)
class RegistryRates:
    """What the registry takes for one transaction of each kind, in cents; None where it is not known."""

    appointment_cents: int | None = None
    termination_cents: int | None = None
    application_resident_cents: int | None = None
    application_non_resident_cents: int | None = None
    renewal_resident_cents: int | None = None
    renewal_non_resident_cents: int | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    state: str
    residency: str
    entity_type: str
    as_of: date

    @property
    def is_firm(self) -> bool:
        return self.entity_type == EntityType.FIRM

    @property
    def is_abroad(self) -> bool:
        return self.residency == Residency.NON_RESIDENT

    @property
    def field(self) -> str:
        return f"{self.kind}_fee_usd"

    def fields(self) -> Iterator[str]:
        """From the narrowest answer to the general one. A firm's own fee goes before a non-resident's."""
        if self.kind == APPOINTMENT:
            if self.is_firm and self.is_abroad:
                yield "appointment_fee_firm_nonresident_usd"
            if self.is_firm:
                yield "appointment_fee_firm_usd"
            if self.is_abroad:
                yield "appointment_fee_nonresident_usd"
        yield self.field


def appointment_fee(book: RuleBook, state: str, residency: str, entity_type: str, as_of: date) -> StateFee:
    """Of the fees that a state tells apart, the one for this residency (R or NR) and kind of producer."""
    return _fee(book, _Asked(APPOINTMENT, state, residency, entity_type, as_of))


def termination_fee(book: RuleBook, state: str, residency: str, entity_type: str, as_of: date) -> StateFee:
    """No state is known to take another one of non-residents or firms."""
    return _fee(book, _Asked(TERMINATION, state, residency, entity_type, as_of))


def _fee(book: RuleBook, asked: _Asked) -> StateFee:
    for field in asked.fields():
        fee = book.value(asked.state, field, asked.as_of)
        if fee is not None:
            return _known(book, asked, field, fee)
    text = f"The {asked.kind} fee of {place(book, asked.state)} is not known: the state bills it."
    fix = set_rule(asked.state, asked.field, asked.as_of)
    return StateFee(None, False, decide(RULE, Outcome.UNKNOWN, text, asdict(asked), fix=fix))


def _known(book: RuleBook, asked: _Asked, field: str, fee: RuleValue) -> StateFee:
    cents = int(fee.amount * 100)
    counting = book.value(asked.state, f"{asked.kind}_fee_per_line", asked.as_of)
    per_line = counting is not None and asked.residency in PER_LINE_FOR.get(counting.value, ())
    facts = asdict(asked) | {"field": field, "cents": cents, "per_line": per_line}
    text = f"{place(book, asked.state)} takes ${fee.amount:.2f} for {_what(asked, field)}"
    text += ", counted for each line." if per_line else "."
    return StateFee(cents, per_line, decide(RULE, Outcome.INFO, text, facts, fee))


def _what(asked: _Asked, field: str) -> str:
    """Whom the fee found is for: "an appointment of a non-resident firm"."""
    who = ["a"] + ["non-resident"] * ("nonresident" in field) + ["firm" if "firm" in field else "producer"]
    noun = "an appointment" if asked.kind == APPOINTMENT else "a termination"
    return f"{noun} of {' '.join(who)}" if len(who) > 2 or "firm" in field else noun
