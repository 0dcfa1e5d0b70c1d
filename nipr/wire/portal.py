"""The licensing portal's questions before an application: is it eligible, and what does it cost? Both directions.

The requests are known down to the element that names the task; the replies are assumed (:mod:`nipr.wire.assumed`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lxml import etree

from nipr.wire import assumed
from nipr.wire.errors import DecodeError
from nipr.wire.gateway.encoding import money
from nipr.wire.gateway.values import GatewayKind
from nipr.wire.messages import Residency
from nipr.wire.soap import body_of, envelope, text_of
from nipr.wire.values import NotADate, iso_date, parse_date
from nipr.wire.xml import Element, add, local_name

NAMESPACE = "https://pdb.nipr.com/licensing-portal/transaction-assistant/"
UNKNOWN_CLASS = "unk"
"""The class code for *whichever fits*."""

_AMOUNT = re.compile(r"(\d{1,7})\.(\d\d)\Z")


class Task(StrEnum):
    ELIGIBILITY = "eligibility"
    FEE = "fee"


TYPES: dict[tuple[GatewayKind, Residency, Task], str] = {
    (GatewayKind.LICENSE_APPLICATION, Residency.RESIDENT, Task.ELIGIBILITY): "RL",
    (GatewayKind.LICENSE_APPLICATION, Residency.RESIDENT, Task.FEE): "RL",
    (GatewayKind.LICENSE_APPLICATION, Residency.NON_RESIDENT, Task.ELIGIBILITY): "NRL",
    (GatewayKind.LICENSE_APPLICATION, Residency.NON_RESIDENT, Task.FEE): "NRL",
    (GatewayKind.LICENSE_RENEWAL, Residency.RESIDENT, Task.ELIGIBILITY): "RR",
    (GatewayKind.LICENSE_RENEWAL, Residency.RESIDENT, Task.FEE): "RLR",
    (GatewayKind.LICENSE_RENEWAL, Residency.NON_RESIDENT, Task.ELIGIBILITY): "NRR",
    (GatewayKind.LICENSE_RENEWAL, Residency.NON_RESIDENT, Task.FEE): "NRR",
}
"""``transaction@type``. A resident renewal has one code for eligibility and another for fees."""


@dataclass(frozen=True, slots=True)
class PortalQuestion:
    """What somebody means to apply for. ``on`` is the day it would be processed."""

    kind: GatewayKind
    state: str
    residency: Residency
    npn: str
    loa_codes: tuple[str, ...] = ()
    class_code: str = UNKNOWN_CLASS
    on: date | None = None
    customer: str = ""


@dataclass(frozen=True, slots=True)
class AskedPortal:
    """A question as it arrives, with the credentials of its body."""

    task: Task
    question: PortalQuestion
    username: str
    password: str

    def __repr__(self) -> str:
        return f"AskedPortal({self.task.value}, {self.question!r})"


@dataclass(frozen=True, slots=True)
class AvailableLicense:
    class_code: str
    name: str
    loa_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether it may be applied for; ``reason`` says why not."""

    eligible: bool
    reason: str = ""
    licenses: tuple[AvailableLicense, ...] = ()


@dataclass(frozen=True, slots=True)
class Fees:
    """Cents; ``None`` where the reply does not say."""

    state_cents: int | None
    nipr_cents: int | None


def encode_request(task: Task, question: PortalQuestion, username: str, password: str) -> bytes:
    """The SOAP message. The portal wants the credentials in the body too."""
    root = etree.Element(f"{{{NAMESPACE}}}request", nsmap={"tns": NAMESPACE})
    header = add(root, "header")
    authorization = add(header, "authorization")
    add(authorization, "username", username)
    add(authorization, "password", password)
    code = TYPES[question.kind, question.residency, task]
    add(header, "transaction", type=code, task=task.value, state=question.state)
    if question.customer:
        add(header, "customer", question.customer)
    if question.on:
        add(header, "effectiveDate", iso_date(question.on))
    body = add(root, f"{task.value}Request")
    if task is Task.FEE and question.on:
        body.set("processDate", iso_date(question.on))
    add(body, assumed.PORTAL_LICENSEE, npn=question.npn)
    license_ = add(body, assumed.PORTAL_LICENSE, classCode=question.class_code)
    for code in question.loa_codes:
        add(license_, assumed.PORTAL_LINE, code=code)
    return envelope(root)


def decode_request(data: bytes) -> AskedPortal:
    """Read a request. :class:`DecodeError` for what is none."""
    root = body_of(data)
    if root is None or local_name(root) != "request":
        raise DecodeError("Expected a request of the transaction assistant.", element="request")
    head = _first(root, "transaction")
    task, kind, residency = _meaning(head.get("type", ""), head.get("task", ""))
    licensee, license_ = _first(root, assumed.PORTAL_LICENSEE), _first(root, assumed.PORTAL_LICENSE)
    question = PortalQuestion(
        kind,
        head.get("state", ""),
        residency,
        licensee.get("npn", ""),
        tuple(line.get("code", "") for line in license_.iterchildren()),
        license_.get("classCode", UNKNOWN_CLASS),
        _date(text_of(root, "effectiveDate")),
        text_of(root, "customer"),
    )
    return AskedPortal(task, question, text_of(root, "username"), text_of(root, "password"))


def _meaning(code: str, named: str) -> tuple[Task, GatewayKind, Residency]:
    for (kind, residency, task), known in TYPES.items():
        if (known, task.value) == (code, named):
            return task, kind, residency
    raise DecodeError("Unknown transaction.", element="transaction", value=f"{code} {named}")


def _first(root: Element, name: str) -> Element:
    found = next(root.iter(f"{{*}}{name}"), None)
    if found is None:
        raise DecodeError(f"There is no {name}.", element=name)
    return found


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except NotADate as error:
        raise DecodeError("Not a date.", element="effectiveDate", value=error.text) from None


def encode_eligibility(found: Eligibility) -> bytes:
    """The reply we assume."""
    root, body = _reply(Task.ELIGIBILITY)
    add(body, assumed.PORTAL_ELIGIBLE, "true" if found.eligible else "false")
    add(body, assumed.PORTAL_REASON, found.reason)
    available = add(body, assumed.PORTAL_AVAILABLE)
    for row in found.licenses:
        license_ = add(available, assumed.PORTAL_LICENSE, classCode=row.class_code, name=row.name)
        for code in row.loa_codes:
            add(license_, assumed.PORTAL_LINE, code=code)
    return envelope(root)


def decode_eligibility(data: bytes) -> Eligibility:
    """Read a reply by allow-list: without a plain *true* or *false* and its licences it is an error, never a yes."""
    root = _answer(data, Task.ELIGIBILITY)
    said = text_of(root, assumed.PORTAL_ELIGIBLE)
    if said not in {"true", "false"}:
        raise DecodeError("The reply does not say whether it is eligible.", element=assumed.PORTAL_ELIGIBLE)
    available = _first(root, assumed.PORTAL_AVAILABLE)
    return Eligibility(
        said == "true",
        text_of(root, assumed.PORTAL_REASON),
        tuple(
            AvailableLicense(
                row.get("classCode", ""),
                row.get("name", ""),
                tuple(line.get("code", "") for line in row.iterchildren()),
            )
            for row in available.iterchildren()
        ),
    )


def encode_fees(fees: Fees) -> bytes:
    """The reply we assume; an amount that is not known is left out."""
    root, body = _reply(Task.FEE)
    for name, cents in (
        (assumed.PORTAL_STATE_FEE, fees.state_cents),
        (assumed.PORTAL_NIPR_FEE, fees.nipr_cents),
    ):
        if cents is not None:
            add(body, name, money(cents))
    return envelope(root)


def decode_fees(data: bytes) -> Fees:
    """Read a reply. An amount that is missing or no amount is not known."""
    root = _answer(data, Task.FEE)
    return Fees(
        _cents(text_of(root, assumed.PORTAL_STATE_FEE)), _cents(text_of(root, assumed.PORTAL_NIPR_FEE))
    )


def _cents(text: str) -> int | None:
    match = _AMOUNT.match(text)
    return int(match[1]) * 100 + int(match[2]) if match else None


def _reply(task: Task) -> tuple[Element, Element]:
    root = etree.Element(f"{{{NAMESPACE}}}response", nsmap={"tns": NAMESPACE})
    return root, add(root, f"{task.value}Response")


def _answer(data: bytes, task: Task) -> Element:
    root = body_of(data)
    if root is None:
        raise DecodeError("The reply is empty.", element=task.value)
    return _first(root, f"{task.value}Response")
