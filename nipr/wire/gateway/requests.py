"""Documents as the gateway takes them: bytes to transactions and questions, with what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from nipr.wire import assumed
from nipr.wire.errors import DecodeError
from nipr.wire.gateway.encoding import TRANSACTION_TYPES, encode_question
from nipr.wire.gateway.tree import find, find_all, text
from nipr.wire.gateway.values import (
    Applicant,
    Application,
    Appointer,
    Authorization,
    BackgroundAnswer,
    GatewayTransaction,
    Payment,
    PostalAddress,
    TransactionKey,
)
from nipr.wire.messages import EntityType, Residency
from nipr.wire.values import NotADate, parse_date
from nipr.wire.xml import Element, parse

KINDS = {code: kind for kind, code in TRANSACTION_TYPES.items()}
ENTITY_TYPES = {"I": EntityType.INDIVIDUAL, "F": EntityType.FIRM}

_MONEY = re.compile(r"(\d{1,7})\.(\d\d)\Z")
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d\d)\Z")
_DATE = re.compile(r"\d{8}\Z")


class BadField(ValueError):
    """An element that cannot be taken. ``field`` is a name of ``assumed.VALIDATION_CODES``."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Posted:
    """One ``TRANSACTION`` of a document: a transaction, a question about one, or neither for the ``problem``."""

    key: TransactionKey
    transaction: GatewayTransaction | None = None
    problem: BadField | None = None

    @property
    def is_question(self) -> bool:
        return self.transaction is None and self.problem is None


def read_document(raw: bytes) -> list[Posted]:
    """What a document holds, in its order. :class:`DecodeError` for what is no gateway document."""
    root = parse(raw)
    if root.tag != "NIPR":
        raise DecodeError(f"Not a gateway document: it begins with {root.tag!s:.60}.")
    return [_posted(element) for element in root.iterchildren("TRANSACTION")]


def question_from(transaction: bytes) -> bytes:
    """The minimal message about a transaction, from the bytes that were sent of it."""
    element = parse(transaction)
    head, payment = find(element, "TRANS_HEAD"), find(element, "PAYMENT")
    return encode_question(
        _key(element),
        account_id=text(payment, "ACCOUNT_ID"),
        payment_type=text(payment, "PAYMENT_TYPE"),
        date_stamp=_date(head, "DATE_STAMP") or date.min,
        state=text(head, "STATE_CODE"),
        time_stamp=_time(text(head, "TIME_STAMP")),
        transaction_type=text(head, "TRANSACTION_TYPE"),
    )


def read_transaction(transaction: bytes) -> GatewayTransaction:
    """The value of one encoded ``TRANSACTION``. :class:`BadField` for what is wrong with it."""
    return _transaction(parse(transaction))


def _posted(element: Element) -> Posted:
    key = _key(element)
    if find(element, "APPLICANT") is None and find(element, "LICENSE") is None:
        return Posted(key)
    try:
        return Posted(key, _transaction(element))
    except BadField as problem:
        return Posted(key, problem=problem)


def _key(element: Element) -> TransactionKey:
    return TransactionKey(*(text(element, name) for name in ("CUSTOMER", "CUST_BATCH", "CUST_TRANS")))


def _transaction(element: Element) -> GatewayTransaction:
    head, licence = find(element, "TRANS_HEAD"), find(element, "LICENSE")
    kind = KINDS.get(text(head, "TRANSACTION_TYPE"))
    if kind is None:
        raise BadField("TYPE", "TRANSACTION_TYPE is not a known one.")
    key = _key(element)
    entity = text(element, "ENTITY")
    return GatewayTransaction(
        key=key,
        kind=kind,
        state=text(head, "STATE_CODE"),
        applicant=_applicant(find(element, "APPLICANT")),
        authorization=_authorization(find(element, "AUTHORIZATION")),
        payment=Payment(
            text(find(element, "PAYMENT"), "ACCOUNT_ID"), text(find(element, "PAYMENT"), "PAYMENT_TYPE")
        ),
        date_stamp=_needed_date(head, "DATE_STAMP"),
        time_stamp=_time(text(head, "TIME_STAMP")),
        appointer=_appointer(find(element, "APPOINTER")),
        loa_codes=tuple(_loas(licence)),
        license_class=text(licence, "LICENSE_CLASS"),
        county_code=text(licence, assumed.COUNTY_CODE),
        effective_date=_date(licence, "DATE_EFFECTIVE"),
        reason=text(licence, assumed.TERMINATION_REASON),
        state_fee_cents=_money(text(element, "STATE_FEE")),
        application=_application(find(element, assumed.APPLICATION)),
        entity="" if entity == key.customer else entity,
    )


def _loas(licence: Element | None) -> Iterator[str]:
    if licence is not None:
        for code in find_all(licence, "LOA/LOA_CODE"):
            yield (code.text or "").strip()


def _money(amount: str) -> int:
    match = _MONEY.match(amount)
    if not match:
        raise BadField("FEE", "STATE_FEE is not an amount with two decimals.")
    return int(match[1]) * 100 + int(match[2])


def _date(element: Element | None, name: str) -> date | None:
    written = text(element, name)
    if written and not _DATE.match(written):
        raise BadField("DATE", f"{name} is not a date of the form YYYYMMDD.")
    try:
        return parse_date(written)
    except NotADate:
        raise BadField("DATE", f"{name} is not a date of the form YYYYMMDD.") from None


def _needed_date(element: Element | None, name: str) -> date:
    day = _date(element, name)
    if day is None:
        raise BadField("DATE", f"{name} is missing.")
    return day


def _time(written: str) -> time:
    match = _TIME.match(written)
    try:
        hour, minute, second, milli = map(int, match.groups()) if match else (99, 0, 0, 0)
        return time(hour, minute, second, milli * 1000)
    except ValueError:
        raise BadField("DATE", "TIME_STAMP is not a time of the form HHMMSSmmm.") from None


def _applicant(element: Element | None) -> Applicant:
    kind = ENTITY_TYPES.get(text(element, "TYPE"))
    if kind is None:
        raise BadField("NAME", "The applicant's TYPE is neither I nor F.")
    return Applicant(
        entity_type=kind,
        last_name=text(element, "NAME/FIRM_OR_LAST_NAME"),
        first_name=text(element, "NAME/FIRST_NAME"),
        npn=text(element, "NPN"),
        tax_number=text(element, "TAX_NUM"),
        license_number=text(element, "LICENSE_KEY/LICENSE_ID"),
        license_class=text(element, "LICENSE_KEY/LICENSE_CLASS"),
    )


def _appointer(element: Element | None) -> Appointer | None:
    if element is None:
        return None
    return Appointer(
        name=text(element, "NAME/FIRM_OR_LAST_NAME"),
        cocode=text(element, "COCODE"),
        state_company_id=text(element, "STATE_COMPANY_ID"),
        tax_number=text(element, "TAX_NUM"),
        license_number=text(element, "LICENSE_KEY/LICENSE_ID"),
    )


def _address(element: Element | None) -> PostalAddress:
    return PostalAddress(
        line_1=text(element, "ADDR_LINE_1"),
        city=text(element, "CITY"),
        state=text(element, "STATE_CODE"),
        zip_code=text(element, "ZIP_CODE"),
        line_2=text(element, "ADDR_LINE_2"),
    )


def _authorization(element: Element | None) -> Authorization:
    if element is None:
        raise BadField("AUTHORIZATION", "AUTHORIZATION is missing.")
    return Authorization(
        first_name=text(element, "FIRST_NAME"),
        last_name=text(element, "LAST_NAME"),
        title=text(element, "TITLE"),
        address=_address(find(element, "ADDRESS")),
        email=text(element, "EMAIL/EMAIL_ADDRESS"),
        phone=text(element, "PHONE/PHONE_NUMBER"),
        compliance_officer=text(element, "COMPLIANCE_OFFICER"),
        preparer_code=text(element, "PREPARER_CODE"),
    )


def _application(element: Element | None) -> Application | None:
    if element is None:
        return None
    residency = text(element, "RESIDENCY")
    if residency not in set(Residency):
        raise BadField("APPLICATION", "RESIDENCY is neither R nor NR.")
    address = find(element, "ADDRESS")
    return Application(
        residency=Residency(residency),
        birth_date=_date(element, "DATE_BIRTH"),
        address=_address(address) if address is not None else None,
        email=text(element, "EMAIL/EMAIL_ADDRESS"),
        phone=text(element, "PHONE/PHONE_NUMBER"),
        answers=tuple(
            BackgroundAnswer(text(row, "QUESTION"), text(row, "ANSWER") == "Y", text(row, "EXPLANATION"))
            for row in find_all(element, assumed.BACKGROUND)
        ),
    )
