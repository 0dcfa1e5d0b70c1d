"""The same thing asked for twice in one request set: the second one is refused as if it had come a day later."""

from __future__ import annotations

from collections.abc import Iterable

from appointments.enums import StatusDetail, TransactionStatus
from appointments.services.asking.drafts import Draft
from rulebook.decision import Decision, Outcome

RULE = "asked_twice"
TEXTS = {
    "already_appointed": "Already appointed",
    "duplicate_transaction": "A transaction is already open",
}


def refuse_repeated(drafts: Iterable[Draft]) -> None:
    """Of drafts with one key only the first that is not refused stays; those after it become not eligible."""
    first: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        if draft.not_eligible:
            continue
        earlier = first.setdefault(draft.key, draft)
        if earlier is not draft:
            _refuse(draft, earlier)


def _refuse(draft: Draft, earlier: Draft) -> None:
    recorded = earlier.status == TransactionStatus.RECORDED
    draft.reason_code = "already_appointed" if recorded else "duplicate_transaction"
    draft.reason_text = TEXTS[draft.reason_code]
    draft.status, draft.status_detail = TransactionStatus.NOT_ELIGIBLE, StatusDetail.NONE
    draft.just_in_time = False
    text = f"Row {earlier.index + 1} of the same request set asks for it already."
    draft.decisions += (Decision(RULE, Outcome.FAIL, text, {"row": earlier.index + 1}),)
