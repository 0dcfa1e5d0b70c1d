"""Replies as the gateway writes them: the transaction again, with how it stands, and errors of a whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nipr.wire import assumed
from nipr.wire.gateway.encoding import (
    HEAD,
    TAIL,
    Node,
    compact_date,
    compact_time,
    license_nodes,
    money,
    render,
    transaction_nodes,
)
from nipr.wire.gateway.reading import BUSINESS_RULES, PASSED, STATE_COMMENT
from nipr.wire.gateway.values import GatewayTransaction, TransactionKey

SENT_CODE = "10003"
SENT_TEXT = "Transaction has been sent to state for review"
RULES_TEXT = "Passed business rule processing."
APPROVED_TEXT = "Approved by state."


@dataclass(frozen=True, slots=True)
class Decision:
    """The state's response."""

    approved: bool
    text: str
    effective_date: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a transaction that was taken stands. ``decision`` makes it final, ``frozen_until`` holds it."""

    nipr_trans: str
    nipr_fee_cents: int
    received_at: datetime
    decision: Decision | None = None
    frozen_until: date | None = None

    @property
    def status(self) -> str:
        if self.decision:
            return "PC"
        return "AV" if self.frozen_until else "SR"


def encode_standing(
    transaction: GatewayTransaction, standing: Standing, *, key: TransactionKey | None = None
) -> str:
    """The transaction as a reply repeats it. ``key`` answers under another one, which only a fault does."""
    return render(
        "TRANSACTION",
        [
            *_repeated(transaction, key),
            ("ASSUMED_STATE_FEE", money(transaction.state_fee_cents)),
            ("LICENSE", [*license_nodes(transaction), *_responses(standing)]),
            ("NIPR_TRANS", standing.nipr_trans),
            ("TRANS_FEE", money(standing.nipr_fee_cents)),
            ("TRANS_STATUS", standing.status),
            ("VALID", PASSED),
        ],
    )


def encode_refusal(
    transaction: GatewayTransaction | None, key: TransactionKey, errors: Sequence[tuple[str, str]]
) -> str:
    """A transaction that failed validation, with the code and text of each fault (assumed)."""
    repeated = (
        _repeated(transaction, key)
        if transaction
        else [("CUSTOMER", key.customer), ("CUST_BATCH", key.batch), ("CUST_TRANS", key.trans)]
    )
    licence: list[Node] = [("LICENSE", license_nodes(transaction))] if transaction else []
    faults = [
        (assumed.TRANSACTION_ERROR, [("DESCRIPTION", text), ("ERROR_CODE", code)]) for code, text in errors
    ]
    return render(
        "TRANSACTION",
        [
            *repeated,
            *licence,
            *faults,
            ("TRANS_FEE", money(0)),
            ("TRANS_STATUS", assumed.FAILED_STATUS),
            ("VALID", assumed.FAILED_VALID),
        ],
    )


def encode_error(code: str, description: str, at: datetime) -> str:
    """An error beside the transactions."""
    return (
        f"<ERROR>{render('ERROR_CODE', code)}{render('DESCRIPTION', description)}"
        f"{render('DATE_STAMP', compact_date(at.date()))}{render('TIME_STAMP', compact_time(at.time()))}</ERROR>"
    )


def duplicate_text(key: TransactionKey, nipr_trans: str, line: int) -> str:
    """The description of 3999: its content is known, the wording of the details is ours."""
    return (
        f"{assumed.DUPLICATE_TEXT} Gateway Transaction Id: {nipr_trans}; Customer Id: {key.customer}; "
        f"Cust Batch: {key.batch}; Cust Trans: {key.trans}; Line Number: {line}; Ordinal: {line}"
    )


def not_received_text(key: TransactionKey) -> str:
    """The description of 20001, as seen."""
    return f"Transaction not received by NIPR : Cust Batch: {key.batch}; Cust Trans {key.trans}."


def reply_document(parts: Sequence[str]) -> bytes:
    """A whole reply around encoded transactions and errors."""
    return HEAD + "".join(parts).encode() + TAIL


_REPLACED = frozenset({"LICENSE", "TRANS_FEE"})
_KEYS = frozenset({"CUSTOMER", "CUST_BATCH", "CUST_TRANS"})


def _repeated(transaction: GatewayTransaction, key: TransactionKey | None) -> list[Node]:
    nodes = [node for node in transaction_nodes(transaction) if node[0] not in _REPLACED]
    if key is None:
        return nodes
    named: list[Node] = [
        ("CUSTOMER", key.customer),
        ("CUST_BATCH", key.batch),
        ("CUST_TRANS", key.trans),
    ]
    return [*(node for node in nodes if node[0] not in _KEYS), *named]


def _responses(standing: Standing) -> list[Node]:
    """One interim response, or the state's with the business rules' after it."""
    at = standing.received_at
    if said := standing.decision:
        return [
            ("RESPONSE", _response(said, STATE_COMMENT, said.text, said.at, said.effective_date)),
            ("RESPONSE", _response(None, BUSINESS_RULES, RULES_TEXT, at)),
        ]
    if standing.frozen_until:
        text = f"{assumed.FREEZE_TEXT} {compact_date(standing.frozen_until)}"
        return [("INT_RESPONSE", _interim(assumed.FREEZE_CODE, text, at))]
    return [("INT_RESPONSE", _interim(SENT_CODE, SENT_TEXT, at))]


def _interim(code: str, text: str, at: datetime) -> list[Node]:
    return [
        ("DATE_STAMP", compact_date(at.date())),
        ("RESP_MESSAGE", [("ACTION_REQD", "N"), ("COMMENTS", text), ("COMMENT_CODE", code)]),
        ("TIME_STAMP", compact_time(at.time())),
    ]


def _response(
    said: Decision | None, code: str, text: str, at: datetime, effective: date | None = None
) -> list[Node]:
    approved = said is None or said.approved
    return [
        ("APPROVED", "Y" if approved else assumed.DECLINED_FLAG),
        ("DATE_EFFECTIVE", compact_date(effective) if approved else ""),
        ("DATE_STAMP", compact_date(at.date())),
        ("RESP_MESSAGE", [("COMMENTS", text), ("COMMENT_CODE", code)]),
        ("TIME_STAMP", compact_time(at.time())),
    ]
