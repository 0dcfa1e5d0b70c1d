"""The licensing portal's transaction assistant: who may apply or renew, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from nipr.simulator.faults import Call, Struck
from nipr.simulator.http import Request, Response, Understood
from nipr.simulator.reference import jurisdictions
from nipr.simulator.registry import Registry
from nipr.wire.assumed import NIPR_FEE_CENTS, RESIDENT_APPLICATION_CENTS
from nipr.wire.errors import DecodeError
from nipr.wire.gateway.values import GatewayKind
from nipr.wire.messages import License, Residency
from nipr.wire.portal import (
    AskedPortal,
    AvailableLicense,
    Eligibility,
    Fees,
    PortalQuestion,
    Task,
    decode_request,
    encode_eligibility,
    encode_fees,
)
from nipr.wire.soap import SoapFault, encode_fault

PATH = "/licensing-portal/transaction-assistant"
SERVICE = "portal"
RENEWABLE_DAYS_BEFORE = 90
RENEWABLE_DAYS_AFTER = 365


class PortalService:
    """Answers by what the registry holds. ``admits`` says whether the credentials in the body are right."""

    def __init__(self, registry: Registry, admits: Callable[[str, str], bool]) -> None:
        self._registry = registry
        self._admits = admits

    def understand(self, request: Request) -> Understood | None:
        """The question a request asks; ``None`` when it is for another service."""
        if request.path != PATH:
            return None
        try:
            asked = decode_request(request.body)
        except (DecodeError, SoapFault) as error:
            refused = _fault(str(error))
            return Understood(Call(SERVICE), lambda _: refused)
        return Understood(Call(SERVICE, asked.task.value, asked.question.npn), partial(self._answer, asked))

    def _answer(self, asked: AskedPortal, _: Struck) -> Response:
        question = asked.question
        if not self._admits(asked.username, asked.password):
            return _fault("The user name or password in the header is wrong.")
        if question.state not in jurisdictions():
            return _fault("The state does not take part.")
        if question.npn not in self._registry.population:
            return _fault("The NPN is not known.")
        if asked.task is Task.FEE:
            return Response(body=encode_fees(fees(question)))
        return Response(body=encode_eligibility(self._eligibility(question)))

    def _eligibility(self, question: PortalQuestion) -> Eligibility:
        licenses = self._registry.report(question.npn).licenses
        held = [lic for lic in licenses if lic.state == question.state]
        if question.kind is GatewayKind.LICENSE_RENEWAL:
            return self._renewal(question, held)
        resident = any(lic.active and lic.residency is Residency.RESIDENT for lic in licenses)
        if question.residency is Residency.NON_RESIDENT and not resident:
            return Eligibility(False, "There is no active resident license.")
        has = {line.code for lic in held if lic.active for line in lic.lines if line.status == "Active"}
        if question.loa_codes and has.issuperset(question.loa_codes):
            return Eligibility(False, "A license with these lines is already in force.")
        place = jurisdictions()[question.state]
        coded = place.resident_class if question.residency is Residency.RESIDENT else place.nonresident_class
        lines = tuple(code for code in question.loa_codes if code not in has)
        return Eligibility(True, licenses=(AvailableLicense(coded.code, coded.name, lines),))

    def _renewal(self, question: PortalQuestion, held: list[License]) -> Eligibility:
        today = self._registry.today
        due = [
            lic
            for lic in held
            if lic.expiration_date
            and today - timedelta(days=RENEWABLE_DAYS_AFTER)
            <= lic.expiration_date
            <= today + timedelta(days=RENEWABLE_DAYS_BEFORE)
        ]
        if not held:
            return Eligibility(False, "There is no license to renew.")
        if not due:
            return Eligibility(False, "The license cannot be renewed yet, or not any more.")
        return Eligibility(True, licenses=tuple(_available(lic) for lic in due))


def fees(question: PortalQuestion) -> Fees:
    """Invented state fees that differ by state; the registry's own of its schedule."""
    place = sorted(jurisdictions()).index(question.state)
    resident = question.residency is Residency.RESIDENT
    applies = question.kind is GatewayKind.LICENSE_APPLICATION
    own = RESIDENT_APPLICATION_CENTS if resident and applies else NIPR_FEE_CENTS[question.kind.value]
    return Fees(5000 + place * 250 + (0 if resident else 2500), own)


def _available(lic: License) -> AvailableLicense:
    return AvailableLicense(lic.class_code, lic.class_name, tuple(line.code for line in lic.lines))


def _fault(sentence: str) -> Response:
    return Response(500, encode_fault(SoapFault(sentence, code="Client")))
