"""Replies of the registry to values or to one of :mod:`nipr.errors`: the sorting of what can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from nipr.errors import (
    InvalidNpn,
    NoAlertsToday,
    RegistryError,
    RegistryFault,
    RegistryUnavailable,
    ReportNotReady,
    UnknownNpn,
    UnknownSubscription,
    UnreadableReply,
    WrongAddress,
    WrongCredentials,
    WrongEntity,
)
from nipr.exchange import Reply
from nipr.wire import acord, alerts, hitlist, mtom, pdb
from nipr.wire.assumed import (
    CREDENTIAL_WORDS,
    NO_ALERTS_CODE,
    NO_ALERTS_WORDS,
    NO_SUBSCRIPTION_WORDS,
    NOT_AN_NPN_WORDS,
    NOT_READY_WORDS,
    UNWELL_WORDS,
)
from nipr.wire.errors import DecodeError, NotXml
from nipr.wire.messages import AlertsReport, EntityReport, HitlistRow, RegistryRefusal
from nipr.wire.soap import SoapFault
from nipr.wire.values import same_npn

T = TypeVar("T")


def _check_status(reply: Reply) -> None:
    """What an HTTP status says before the body is looked at."""
    if reply.status in (401, 403):
        raise WrongCredentials(
            f"The registry refused NIPR_USERNAME and NIPR_PASSWORD (HTTP {reply.status}). Check both."
        )
    if 300 <= reply.status < 400:
        raise WrongAddress(
            f"The registry's address redirects elsewhere (HTTP {reply.status}). Check NIPR_URL_TEMPLATE."
        )
    if reply.status in (408, 425, 429) or reply.status in range(502, 600):
        raise RegistryUnavailable(f"The registry is not available just now (HTTP {reply.status}).")


def _unreadable(error: DecodeError) -> UnreadableReply:
    return UnreadableReply(f"The registry's reply cannot be read. {error.message}")


def _refused(refusal: RegistryRefusal, about: str) -> RegistryError:
    """The registry's sentence decides; one we do not know means that there is no such entity."""
    said = refusal.description[:200]
    text = said.lower()
    if NOT_AN_NPN_WORDS.search(text):
        return InvalidNpn(f"The registry does not take {about}: {said}")
    if CREDENTIAL_WORDS.search(text):
        return WrongCredentials(f"The registry refused the user name and password: {said}")
    if UNWELL_WORDS.search(text):
        return RegistryUnavailable(f"The registry is not available just now: {said}")
    return UnknownNpn(f"The registry has nothing about {about}: {said}")


def read_entity(reply: Reply, npn: str) -> EntityReport:
    """The report about ``npn`` and nobody else."""
    _check_status(reply)
    if reply.status == 404:
        raise UnknownNpn(f"The registry has nothing about NPN {npn} (HTTP 404).")
    try:
        report = pdb.decode(reply.body)
    except DecodeError as error:
        _fail(reply, error)
    if isinstance(report, RegistryRefusal):
        raise _refused(report, f"NPN {npn}")
    if not same_npn(report.npn, npn):
        raise WrongEntity(
            f"Asked for NPN {npn}, the registry sent a report about NPN {report.npn[:20]}; not used."
        )
    return report


def read_hitlist(reply: Reply) -> tuple[HitlistRow, ...]:
    """The rows found. A search that finds nobody is an empty answer, however the registry says so."""
    _check_status(reply)
    if reply.status == 404:
        return ()
    try:
        rows = hitlist.decode(reply.read())
    except DecodeError as error:
        _fail(reply, error)
    if not isinstance(rows, RegistryRefusal):
        return rows
    error_of_refusal = _refused(rows, "the search")
    if isinstance(error_of_refusal, UnknownNpn):
        return ()
    raise error_of_refusal


def _fail(reply: Reply, error: DecodeError) -> NoReturn:
    """A body that is no document: the status explains it better, when it is an error."""
    if reply.status >= 500:
        raise RegistryUnavailable(f"The registry is not available just now (HTTP {reply.status}).") from None
    if reply.status >= 400:
        raise RegistryFault(f"The registry refused the request (HTTP {reply.status}).") from None
    raise _unreadable(error) from None


def read_soap(reply: Reply, decode: Callable[[bytes], T]) -> T:
    """The value in a SOAP reply. Faults come with HTTP 500 or 200, replies plain or as multipart."""
    return _read_alerts(reply, lambda message: decode(message.root))


def read_alerts_report(reply: Reply) -> AlertsReport:
    """The day's report, attached or inline."""

    def decode(message: mtom.Multipart) -> AlertsReport:
        return acord.decode(alerts.decode_report_reply(message.root, message.parts))

    return _read_alerts(reply, decode)


def _read_alerts(reply: Reply, decode: Callable[[mtom.Multipart], T]) -> T:
    _check_status(reply)
    try:
        value = decode(mtom.decode(reply.read(), reply.content_type))
    except SoapFault as fault:
        raise sort_fault(fault) from None
    except DecodeError as error:
        if reply.status == 404 or (
            isinstance(error, NotXml) and reply.status < 300 and "HTML" in error.message
        ):
            text = (
                f"There is no alerts service at that address (HTTP {reply.status}). Check NIPR_URL_TEMPLATE."
            )
            raise WrongAddress(text) from None
        _fail(reply, error)
    if reply.status >= 400:
        raise RegistryFault(f"The registry refused the request (HTTP {reply.status}).")
    return value


def sort_fault(fault: SoapFault) -> RegistryError:
    """A fault by the registry's own code where it is known, else by its words."""
    said = fault.message[:200]
    text = said.lower()
    if fault.error_code == NO_ALERTS_CODE or NO_ALERTS_WORDS.search(text):
        return NoAlertsToday(said)
    if NO_SUBSCRIPTION_WORDS.search(text):
        return UnknownSubscription(said)
    if NOT_READY_WORDS.search(text):
        return ReportNotReady(said)
    if CREDENTIAL_WORDS.search(text):
        return WrongCredentials(f"The registry refused the user name and password: {said}")
    if UNWELL_WORDS.search(text):
        return RegistryUnavailable(f"The registry is not available just now: {said}")
    return RegistryFault(f"The registry refused the request: {said}")
