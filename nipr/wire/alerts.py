"""PDB Alerts: the operations, their requests and their replies, both directions.

One :class:`AlertsRequest` serves all operations; which of its fields count follows from the operation. Names are read
without regard to namespace or prefix, since far sides differ; they are written exactly as the registry's WSDL has them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import unquote

from lxml import etree

from nipr.wire.errors import DecodeError
from nipr.wire.messages import AlertTarget, AlertType, InvalidTarget, Subscription, TargetResults
from nipr.wire.mtom import bare_id
from nipr.wire.soap import ALERTS_NS, body_of, envelope, text_of
from nipr.wire.values import bare_fein, fein, iso_date, parse_date
from nipr.wire.xml import Element, add, local_name

XOP_NS = "http://www.w3.org/2004/08/xop/include"


class Operation(StrEnum):
    ADD_SUBSCRIPTION = "addSubscription"
    EDIT_SUBSCRIPTION = "editSubscription"
    REMOVE_SUBSCRIPTION = "removeSubscription"
    RETRIEVE_ALL_SUBSCRIPTIONS = "retrieveAllSubscriptions"
    ADD_TARGETS = "addTargets"
    REMOVE_TARGETS = "removeTargets"
    REMOVE_ALL_TARGETS = "removeAllTargets"
    RETRIEVE_TARGETS = "retrieveTargets"
    SPECIFIC_REPORT = "receiveSpecificReport"
    SPECIFIC_REPORT_FOR_SUBSCRIPTION = "receiveSpecificReportForSubscription"
    CURRENT_REPORT = "receiveCurrentAlertsReport"
    CURRENT_REPORT_FOR_SUBSCRIPTION = "receiveCurrentAlertsReportForSubscription"
    CATCH_UP = "generateCatchUpReport"
    CATCH_UP_FOR_SUBSCRIPTION = "generateCatchUpReportForSubscription"

    @property
    def has_empty_body(self) -> bool:
        """The registry's own samples send these two as an empty Body, told apart by SOAPAction alone."""
        return self in (Operation.RETRIEVE_ALL_SUBSCRIPTIONS, Operation.CURRENT_REPORT)

    @property
    def soap_action(self) -> str:
        return f"{ALERTS_NS}/{self.value}"


class InputFormat(StrEnum):
    NPN = "NPN"
    FEIN = "FEIN"
    SSN_LASTNAME = "SSN_LASTNAME"


@dataclass(frozen=True, slots=True)
class TargetInput:
    """Who to follow: NPNs, FEINs, or (SSN, last name) pairs written ``ssn|lastname``. Never shown by ``repr``."""

    format: InputFormat
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TargetInput({self.format.value}, {len(self.values)} values)"


@dataclass(frozen=True, slots=True)
class AlertsRequest:
    operation: Operation
    subscription_name: str = ""
    subscription: Subscription | None = None
    targets: TargetInput | None = None
    report_date: date | None = None


def _element(name: str) -> Element:
    return etree.Element(f"{{{ALERTS_NS}}}{name}", nsmap={"ind": ALERTS_NS})


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    return add(parent, f"{{{ALERTS_NS}}}{name}", text)


# Requests


def encode_request(request: AlertsRequest) -> bytes:
    """The SOAP message of a request, to be sent with the operation's ``soap_action``."""
    if request.operation.has_empty_body:
        return envelope(None)
    root = _element(request.operation)
    if request.report_date:
        _add(root, "reportDate", iso_date(request.report_date))
    if request.subscription_name and request.operation is not Operation.ADD_SUBSCRIPTION:
        _add(root, "subscriptionName", request.subscription_name)
    if request.subscription:
        _write_subscription(_add(root, "subscriptionInputData"), request.subscription)
    if request.targets:
        _write_targets(_add(root, "targetInputData"), request.targets)
    return envelope(root)


def decode_request(data: bytes, soap_action: str = "") -> AlertsRequest:
    """Read a request: the Body's element says which, and SOAPAction only when that is missing or ``empty``."""
    content = body_of(data)
    name = "empty" if content is None else local_name(content)
    if name == "empty":
        name = soap_action.strip().strip('"').rpartition("/")[2]
    try:
        operation = Operation(name)
    except ValueError:
        raise DecodeError(f"Unknown operation {name or '(none)'}.", element=name) from None
    if content is None:
        return AlertsRequest(operation)
    return _read_request(operation, content)


def _read_request(operation: Operation, content: Element) -> AlertsRequest:
    subscription = next(content.iter("{*}subscriptionInputData"), None)
    targets = next(content.iter("{*}targetInputData"), None)
    return AlertsRequest(
        operation=operation,
        subscription_name=text_of(content, "subscriptionName"),
        subscription=_read_subscription(subscription) if subscription is not None else None,
        targets=_read_targets(targets) if targets is not None else None,
        report_date=_parsed("reportDate", text_of(content, "reportDate")),
    )


def _parsed(name: str, text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        raise DecodeError(f"{name} is not a date: {text[:40]}", element=name, value=text) from None


def _write_subscription(parent: Element, subscription: Subscription) -> None:
    _add(parent, "subscriptionName", subscription.name)
    _add(parent, "email", subscription.email)
    _write_affiliations(_add(parent, "affiliationList"), subscription)
    states = _add(parent, "stateList")
    if subscription.resident_state_only:
        _add(states, "residentStateOnly")
    elif not subscription.states:
        _add(states, "allStates")
    for state in subscription.states:
        _add(states, "stateList", state)
    kinds = _add(parent, "alertTypeList")
    for kind in subscription.alert_types:
        _add(kinds, "alertTypeList", kind.value)


def _write_affiliations(parent: Element, subscription: Subscription) -> None:
    if not subscription.follow_companies:
        _add(parent, "None")
    elif not subscription.companies:
        _add(parent, "All")
    for company in subscription.companies:
        is_cocode = len(company) == 5 and company.isdigit()
        value = company if is_cocode else bare_fein(company)
        _add(_add(parent, "affiliationList"), "cocode" if is_cocode else "fein", value)


def _read_subscription(element: Element) -> Subscription:
    companies = element.find("{*}affiliationList")
    kinds = _texts(element.iterfind("{*}alertTypeList//{*}alertTypeList"))
    return Subscription(
        name=text_of(element, "subscriptionName"),
        email=text_of(element, "email"),
        alert_types=tuple(AlertType(kind) for kind in kinds if kind in AlertType.__members__),
        states=_texts(element.iterfind("{*}stateList//{*}stateList")),
        resident_state_only=_chosen(element, "residentStateOnly"),
        companies=_read_companies(companies) if companies is not None else (),
        follow_companies=not _chosen(element, "None"),
    )


def _read_companies(element: Element) -> tuple[str, ...]:
    return tuple(
        fein(text) if local_name(child) == "fein" else text
        for child in element.iter("{*}fein", "{*}cocode")
        if (text := (child.text or "").strip())
    )


def _chosen(element: Element, name: str) -> bool:
    """A choice is made by an element being there, unless it says ``false``."""
    found = next(element.iter(f"{{*}}{name}"), None)
    return found is not None and (found.text or "").strip().lower() != "false"


def _texts(elements: Iterable[Element]) -> tuple[str, ...]:
    return tuple(text for element in elements if (text := (element.text or "").strip()))


def _write_targets(parent: Element, targets: TargetInput) -> None:
    _add(parent, "inputFormat", targets.format.value)
    inputs = _add(parent, "targetInputList")
    for value in targets.values:
        if targets.format is InputFormat.SSN_LASTNAME:
            ssn, _, last_name = value.partition("|")
            pair = _add(inputs, "ssnLNameList")
            _add(pair, "ssn", ssn)
            _add(pair, "lastname", last_name)
        else:
            _add(inputs, f"{targets.format.value.lower()}List", value)


def _read_targets(element: Element) -> TargetInput:
    text = text_of(element, "inputFormat")
    if text not in InputFormat.__members__:
        raise DecodeError("inputFormat is not known.", element="inputFormat", value=text)
    input_format = InputFormat(text)
    if input_format is InputFormat.SSN_LASTNAME:
        pairs = element.iter("{*}ssnLNameList")
        return TargetInput(
            input_format, tuple(f"{text_of(p, 'ssn')}|{text_of(p, 'lastname')}" for p in pairs)
        )
    return TargetInput(input_format, _texts(element.iter(f"{{*}}{text.lower()}List")))


# Replies


def encode_empty() -> bytes:
    """The reply of an operation that only had to succeed."""
    return envelope(_element("empty"))


def decode_empty(data: bytes) -> None:
    """Any reply that is not a fault is the success it stands for."""
    body_of(data)


def encode_subscriptions(subscriptions: Iterable[Subscription]) -> bytes:
    root = _element("subscriptionList")
    for subscription in subscriptions:
        _write_subscription(_add(root, "subscriptionData"), subscription)
    return envelope(root)


def decode_subscriptions(data: bytes) -> tuple[Subscription, ...]:
    """No element at all, or an empty list, is no subscription."""
    content = body_of(data)
    if content is None:
        return ()
    return tuple(_read_subscription(element) for element in content.iter("{*}subscriptionData"))


def encode_target_results(operation: Operation, results: TargetResults) -> bytes:
    """The reply of ``addTargets`` and ``removeTargets``: partial success is normal."""
    data = _add(_element(f"{operation.value}Response"), "targetResultsData")
    for target in results.valid:
        _write_target(_add(data, "validTargetList"), target)
    for refused in results.invalid:
        row = _add(data, "invalidInputList")
        _add(row, "input", refused.input)
        _add(row, "invalidReason", refused.reason)
    return envelope(data.getparent())


def decode_target_results(data: bytes) -> TargetResults:
    content = body_of(data)
    if content is None:
        return TargetResults()
    return TargetResults(
        valid=_read_target_rows(content, "validTargetList"),
        invalid=tuple(
            InvalidTarget(*row) for row in _pairs(content, "invalidInputList", "input", "invalidReason")
        ),
    )


def encode_targets(targets: Iterable[AlertTarget]) -> bytes:
    root = _element("TargetList")
    for target in targets:
        _write_target(_add(root, "targetList"), target)
    return envelope(root)


def decode_targets(data: bytes) -> tuple[AlertTarget, ...]:
    content = body_of(data)
    return () if content is None else _read_target_rows(content, "targetList")


def _write_target(row: Element, target: AlertTarget) -> None:
    _add(row, "npn", target.npn)
    _add(row, "addedDate", iso_date(target.added_date))


def _read_target_rows(content: Element, holder: str) -> tuple[AlertTarget, ...]:
    rows = _pairs(content, holder, "npn", "addedDate")
    return tuple(AlertTarget(npn, _parsed("addedDate", added)) for npn, added in rows if npn)


def _pairs(content: Element, holder: str, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Texts of elements and of what follows them, within ``holder``, whether that stands once, for each, or nested."""
    for element in content.iter(f"{{*}}{first}"):
        if next(element.iterancestors(f"{{*}}{holder}"), None) is not None:
            follower = next(element.itersiblings(f"{{*}}{second}"), None)
            text = follower.text if follower is not None else ""
            yield (element.text or "").strip(), (text or "").strip()


def encode_report_reply(operation: Operation, *, cid: str = "", inline: bytes = b"") -> bytes:
    """The SOAP part of a report: a reference to an attachment, or the report itself as base64."""
    specific = operation in (Operation.SPECIFIC_REPORT, Operation.SPECIFIC_REPORT_FOR_SUBSCRIPTION)
    if specific:
        root = _element("receiveSpecificReportResponse")
        holder = _add(_add(root, "alertsReport"), "alertsReport")
    else:
        root = _element("alertsReportResponse")
        holder = _add(root, "alertsReport")
    if cid:
        etree.SubElement(holder, f"{{{XOP_NS}}}Include", {"href": f"cid:{cid}"}, nsmap={"xop": XOP_NS})
    else:
        holder.text = base64.b64encode(inline).decode()
    return envelope(root)


def decode_report_reply(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The report's own document, from an attachment, from inline base64, or from the element itself."""
    content = body_of(data)
    if content is None:
        raise DecodeError("The reply holds no alerts report.", element="alertsReport")
    include = next(content.iter(f"{{{XOP_NS}}}Include", "{*}Include"), None)
    if include is not None:
        return _attached(unquote(include.get("href", "")), parts)
    plain = next(content.iter("{*}LicensingReportProcessResult"), None)
    if plain is not None:
        return etree.tostring(plain)
    return _inline(content)


def _attached(href: str, parts: Mapping[str, bytes]) -> bytes:
    name = bare_id(href)
    if name in parts:
        return parts[name]
    if len(parts) == 1:
        return next(iter(parts.values()))
    raise DecodeError(
        f"The reply refers to an attachment that is not there: {name}.", element="Include", value=name
    )


def _inline(content: Element) -> bytes:
    for holder in content.iter("{*}alertsReport"):
        text = "".join((holder.text or "").split())
        if text:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error:
                raise DecodeError("The inline report is not base64.", element="alertsReport") from None
    raise DecodeError("The reply holds no alerts report.", element="alertsReport")
