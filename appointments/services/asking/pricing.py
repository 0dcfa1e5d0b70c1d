"""What drafts will cost: the state's fee, by line or once for a batch, and the registry's for each transaction."""

from __future__ import annotations

from collections.abc import Iterable

from appointments.enums import TransactionKind
from appointments.services.asking.drafts import Draft
from appointments.services.asking.known import Known
from rulebook.rules.fees import StateFee, appointment_fee, termination_fee

_STATE_FEES = {
    TransactionKind.APPOINTMENT: appointment_fee,
    TransactionKind.TERMINATION: termination_fee,
}


def price(drafts: Iterable[Draft], known: Known) -> None:
    """Put the fees of today on everything that may be sent. All drafts of a batch have to be among them.

    Where the state takes one fee for a batch, the first that may be sent carries it. A fee that is not known stays
    None: the state bills it.
    """
    fees: dict[tuple[str, str, str, str], StateFee] = {}
    paid: set[tuple[int, str, str]] = set()
    for draft in drafts:
        if not draft.payable:
            continue
        fee_key = (draft.kind, draft.state, draft.residency, draft.entity_type)
        if fee_key not in fees:
            ask = _STATE_FEES[draft.kind]
            fees[fee_key] = ask(known.book, draft.state, draft.residency, draft.entity_type, known.today)
        fee = fees[fee_key]
        carries = fee.cents is None or fee.per_line or draft.place not in paid
        paid.add(draft.place)
        draft.state_fee_cents = fee.cents if carries else 0
        draft.nipr_fee_cents = _registry_fee(draft, known)
        draft.decisions += (fee.decision,)


def _registry_fee(draft: Draft, known: Known) -> int | None:
    if draft.kind == TransactionKind.APPOINTMENT:
        return known.rates.appointment_cents
    return known.rates.termination_cents
