"""What the gateway's replies mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AnswerKind(StrEnum):
    """The allow-list of meanings. Whatever is not one of the documented ones is ``UNCLEAR``."""

    SENT_TO_STATE = "sent_to_state"
    """Status SR: the state reviews it."""
    AWAITING_VALIDATION = "awaiting_validation"
    """Status AV: held in a renewal freeze."""
    APPROVED = "approved"
    """Status PC, the state's response says Y."""
    DECLINED = "declined"
    """Status PC, the state's response says N (assumed)."""
    REFUSED = "refused"
    """The gateway took it apart and did not take it; nothing is charged (assumed)."""
    RECEIVED = "received"
    """Error 3999, also beside 20001: the gateway has it, and does not say how it stands."""
    NOT_RECEIVED = "not_received"
    """Error 20001 alone."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply says about one transaction. Money is cents, ``None`` where the reply does not say.

    ``npn``, ``state``, ``cocode`` and ``loa_codes`` are what the reply repeats of the transaction, blank where it does
    not: if they are not those of the transaction with that key, the answer belongs to another one.
    """

    batch: str
    trans: str
    verdict: AnswerKind
    nipr_trans: str = ""
    message: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    """Code and text of each validation error."""
    rejection: str = ""
    """The state's words of a decline."""
    state_fee_cents: int | None = None
    nipr_fee_cents: int | None = None
    effective_date: date | None = None
    frozen_until: date | None = None
    customer: str = ""
    npn: str = ""
    state: str = ""
    cocode: str = ""
    loa_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewayReply:
    """The answers in a reply, one for each key. ``readable`` false: nothing in it may be believed.

    ``problem`` says in a sentence what could not be read or belongs to no key; the answers beside it still count.
    """

    answers: tuple[Answer, ...] = ()
    readable: bool = True
    problem: str = ""
