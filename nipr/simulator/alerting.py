"""The alerts service: SOAP in, the desk's answer or fault out, as MTOM."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nipr.simulator.desk import AlertsDesk, no_alerts, not_ready, unknown_subscription
from nipr.simulator.faults import Call, FaultKind, Struck
from nipr.simulator.http import Request, Response, Understood
from nipr.wire import alerts, mtom, soap
from nipr.wire.acord import encode as encode_report
from nipr.wire.alerts import AlertsRequest, Operation
from nipr.wire.errors import DecodeError
from nipr.wire.messages import AlertsReport, TargetResults
from nipr.wire.soap import SoapFault

PATH = "/pdb-alerts-industry-services/services/industry-ws"
SERVICE = "alerts"
REPORT_ID = "demo-1@pdb-services.nipr.com"

SOAP_FAULTS: dict[FaultKind, Callable[[], SoapFault]] = {
    FaultKind.REPORT_NOT_READY: not_ready,
    FaultKind.NO_ALERTS: no_alerts,
    FaultKind.UNKNOWN_SUBSCRIPTION: unknown_subscription,
}


class AlertsService:
    """Dispatches on the Body's element, and on SOAPAction where that says nothing."""

    def __init__(self, desk: AlertsDesk) -> None:
        self._desk = desk

    def understand(self, request: Request) -> Understood | None:
        """The operation a request asks for; ``None`` when it is for another service."""
        if request.path != PATH:
            return None
        try:
            asked = alerts.decode_request(request.body, request.headers.get("soapaction", ""))
        except (DecodeError, SoapFault) as error:
            return Understood(Call(SERVICE), partial(_not_understood, str(error)))
        call = Call(SERVICE, asked.operation, subscription=asked.subscription_name)
        return Understood(call, partial(self._answer, asked))

    def _answer(self, asked: AlertsRequest, struck: Struck) -> Response:
        for kind, fault in SOAP_FAULTS.items():
            if kind in struck:
                return _refused(fault())
        try:
            answer = self._desk.answer(asked)
        except SoapFault as fault:
            return _refused(fault)
        if isinstance(answer, AlertsReport) and FaultKind.INLINE_REPORT in struck:
            reply = alerts.encode_report_reply(asked.operation, inline=encode_report(answer))
            return Response(body=reply)
        return _encoded(asked.operation, answer)


def _not_understood(problem: str, _: Struck) -> Response:
    return _refused(SoapFault(problem, code="Client"))


def _refused(fault: SoapFault) -> Response:
    """SOAP 1.1 sends faults with HTTP 500."""
    return _multipart(soap.encode_fault(fault), status=500)


def _encoded(operation: Operation, answer: object) -> Response:
    match answer:
        case AlertsReport():
            reply = alerts.encode_report_reply(operation, cid=REPORT_ID)
            return _multipart(reply, {REPORT_ID: encode_report(answer)})
        case TargetResults():
            return _multipart(alerts.encode_target_results(operation, answer))
        case tuple() if operation is Operation.RETRIEVE_ALL_SUBSCRIPTIONS:
            return _multipart(alerts.encode_subscriptions(answer))
        case tuple():
            return _multipart(alerts.encode_targets(answer))
    return _multipart(alerts.encode_empty())


def _multipart(envelope: bytes, parts: dict[str, bytes] | None = None, *, status: int = 200) -> Response:
    """Every reply of the alerts service is MTOM, also those without an attachment."""
    content_type, body = mtom.encode(envelope, parts)
    return Response(status, body, content_type)
