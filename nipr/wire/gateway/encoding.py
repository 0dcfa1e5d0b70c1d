"""Transactions to bytes: compact, elements in alphabetical order, the same value always the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import TypeAlias

from nipr.wire import assumed
from nipr.wire.gateway.values import (
    Applicant,
    Application,
    Appointer,
    Authorization,
    GatewayKind,
    GatewayTransaction,
    Payment,
    PostalAddress,
    TransactionKey,
)
from nipr.wire.messages import EntityType

Content: TypeAlias = "str | Sequence[Node] | None"
Node: TypeAlias = "tuple[str, Content]"

TRANSACTION_TYPES = {
    GatewayKind.APPOINTMENT: "1",
    GatewayKind.TERMINATION: assumed.TERMINATION_TYPE,
    GatewayKind.LICENSE_APPLICATION: assumed.LICENSE_APPLICATION_TYPE,
    GatewayKind.LICENSE_RENEWAL: assumed.LICENSE_RENEWAL_TYPE,
}
HEAD, TAIL = b'<?xml version="1.0" encoding="UTF-8"?>\n<NIPR>', b"</NIPR>\n"

_NOT_TEXT = re.compile("[\x00-\x20\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029\xa0]+")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""What XML has no place for becomes a space, like any white space: a stray byte of an import must not cost a batch."""


def plain(text: str) -> str:
    """One line of text that XML can hold."""
    return _NOT_TEXT.sub(" ", text).strip()


def render(tag: str, content: Content) -> str:
    """An element with its children in alphabetical order; children without content are left out."""
    if isinstance(content, str):
        return f"<{tag}>{plain(content).translate(_ENTITIES)}</{tag}>"
    children = sorted((child for child in content or () if child[1]), key=lambda child: child[0])
    return f"<{tag}>{''.join(render(*child) for child in children)}</{tag}>"


def money(cents: int) -> str:
    """Dollars with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def compact_date(day: date | None) -> str:
    """``YYYYMMDD``, blank for none."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}" if day else ""


def compact_time(moment: time) -> str:
    """``HHMMSSmmm``."""
    return f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}{moment.microsecond // 1000:03d}"


def encode_transaction(transaction: GatewayTransaction) -> bytes:
    """One ``TRANSACTION`` element, UTF-8. Equal values give equal bytes."""
    return render("TRANSACTION", transaction_nodes(transaction)).encode()


def document(transactions: Iterable[bytes]) -> bytes:
    """A whole document around encoded transactions or questions, in their order."""
    return HEAD + b"".join(transactions) + TAIL


def encode_question(
    key: TransactionKey,
    *,
    account_id: str,
    payment_type: str,
    date_stamp: date,
    state: str,
    time_stamp: time,
    transaction_type: str,
) -> bytes:
    """The minimal message that asks what became of a transaction, where polling is on. It applies for nothing."""
    head = _head(date_stamp, state, time_stamp, transaction_type)
    nodes = [*_key_nodes(key), ("PAYMENT", _payment(Payment(account_id, payment_type))), head]
    return render("TRANSACTION", nodes).encode()


def question_about(transaction: GatewayTransaction) -> bytes:
    """The minimal message about a transaction that was sent."""
    return encode_question(
        transaction.key,
        account_id=transaction.payment.account_id,
        payment_type=transaction.payment.payment_type,
        date_stamp=transaction.date_stamp,
        state=transaction.state,
        time_stamp=transaction.time_stamp,
        transaction_type=TRANSACTION_TYPES[transaction.kind],
    )


def transaction_nodes(transaction: GatewayTransaction) -> list[Node]:
    """The children of a ``TRANSACTION``."""
    return [
        ("APPLICANT", _applicant(transaction.applicant)),
        (assumed.APPLICATION, _application(transaction.application)),
        ("APPOINTER", _appointer(transaction.appointer)),
        ("AUTHORIZATION", _authorization(transaction.authorization)),
        *_key_nodes(transaction.key),
        ("ENTITY", transaction.entity or transaction.key.customer),
        ("LICENSE", license_nodes(transaction)),
        ("PAYMENT", _payment(transaction.payment)),
        ("STATE_FEE", money(transaction.state_fee_cents)),
        ("TRANS_FEE", money(0)),
        _head(
            transaction.date_stamp,
            transaction.state,
            transaction.time_stamp,
            TRANSACTION_TYPES[transaction.kind],
        ),
    ]


def license_nodes(transaction: GatewayTransaction) -> list[Node]:
    """The children of ``LICENSE``: what is asked for."""
    return [
        (assumed.COUNTY_CODE, transaction.county_code),
        ("DATE_EFFECTIVE", compact_date(transaction.effective_date)),
        ("LICENSE_CLASS", transaction.license_class),
        *(("LOA", [("LOA_CODE", code)]) for code in transaction.loa_codes),
        (assumed.TERMINATION_REASON, transaction.reason),
    ]


def _key_nodes(key: TransactionKey) -> list[Node]:
    return [("CUSTOMER", key.customer), ("CUST_BATCH", key.batch), ("CUST_TRANS", key.trans)]


def _head(date_stamp: date, state: str, time_stamp: time, transaction_type: str) -> Node:
    return (
        "TRANS_HEAD",
        [
            ("DATE_STAMP", compact_date(date_stamp)),
            ("STATE_CODE", state),
            ("TIME_STAMP", compact_time(time_stamp)),
            ("TRANSACTION_TYPE", transaction_type),
        ],
    )


def _payment(payment: Payment) -> list[Node]:
    return [("ACCOUNT_ID", payment.account_id), ("PAYMENT_TYPE", payment.payment_type)]


def _name(kind: str, last_name: str, first_name: str = "") -> list[Node]:
    return [
        ("FIRM_OR_LAST_NAME", last_name),
        ("FIRST_NAME", first_name),
        ("NAME_CODE", "1"),
        ("TYPE", kind),
    ]


def _applicant(applicant: Applicant) -> list[Node]:
    kind = "I" if applicant.entity_type is EntityType.INDIVIDUAL else "F"
    license_key: list[Node] = [
        ("LICENSE_CLASS", applicant.license_class),
        ("LICENSE_ID", applicant.license_number),
    ]
    return [
        ("LICENSE_KEY", license_key if applicant.license_number else None),
        ("NAME", _name(kind, applicant.last_name, applicant.first_name)),
        ("NPN", applicant.npn),
        ("TAX_NUM", applicant.tax_number),
        ("TYPE", kind),
    ]


def _appointer(company: Appointer | None) -> list[Node] | None:
    if company is None:
        return None
    return [
        ("COCODE", company.cocode),
        ("LICENSE_KEY", [("LICENSE_ID", company.license_number)] if company.license_number else None),
        ("NAME", _name("F", company.name)),
        ("STATE_COMPANY_ID", company.state_company_id),
        ("TAX_NUM", company.tax_number),
        ("TYPE", "F"),
    ]


def _address(address: PostalAddress) -> list[Node]:
    return [
        ("ADDRESS_CODE", "2"),
        ("ADDR_LINE_1", address.line_1),
        ("ADDR_LINE_2", address.line_2),
        ("CITY", address.city),
        ("COUNTRY_CODE", "1"),
        ("STATE_CODE", address.state),
        ("ZIP_CODE", address.zip_code),
    ]


def _contact(email: str, phone: str) -> list[Node]:
    return [
        ("EMAIL", [("EMAIL_ADDRESS", email), ("EMAIL_CODE", "2")] if email else None),
        ("PHONE", [("PHONE_CODE", "2"), ("PHONE_NUMBER", phone)] if phone else None),
    ]


def _authorization(person: Authorization) -> list[Node]:
    return [
        ("ADDRESS", _address(person.address)),
        ("COMPLIANCE_OFFICER", person.compliance_officer),
        ("FIRST_NAME", person.first_name),
        ("LAST_NAME", person.last_name),
        ("PREPARER_CODE", person.preparer_code),
        ("TITLE", person.title),
        *_contact(person.email, person.phone),
    ]


def _application(application: Application | None) -> list[Node] | None:
    if application is None:
        return None
    return [
        ("ADDRESS", _address(application.address) if application.address else None),
        *(
            (
                assumed.BACKGROUND,
                [
                    ("ANSWER", "Y" if answer.yes else "N"),
                    ("EXPLANATION", answer.explanation),
                    ("QUESTION", answer.question),
                ],
            )
            for answer in application.answers
        ),
        ("DATE_BIRTH", compact_date(application.birth_date)),
        ("RESIDENCY", application.residency.value),
        *_contact(application.email, application.phone),
    ]
