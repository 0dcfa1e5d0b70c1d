"""What answers a request: the registry's services behind Basic auth, faults on the way in and out, and the controls."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from nipr.simulator.controls import Controls
from nipr.simulator.desk import AlertsDesk, no_alerts, not_ready, unknown_subscription
from nipr.simulator.faults import Call, Fault, FaultKind
from nipr.simulator.http import DroppedConnection, Request, Response, refusal
from nipr.simulator.registry import Registry
from nipr.simulator.reports import ReportServices
from nipr.simulator.search import Directory
from nipr.wire import alerts, mtom, soap
from nipr.wire.acord import encode as encode_report
from nipr.wire.alerts import AlertsRequest, Operation
from nipr.wire.errors import DecodeError
from nipr.wire.messages import AlertsReport, TargetResults
from nipr.wire.soap import SoapFault

REPORTS_PATH = "/pdb-xml-reports/"
REPORT_SUFFIX = "_xml.cgi"
ALERTS_PATH = "/pdb-alerts-industry-services/services/industry-ws"
CONTROLS_PATH = "/_simulator/"
REPORT_ID = "demo-1@pdb-services.nipr.com"
LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Please sign in</form></body></html>"
)

ALERT_FAULTS: dict[FaultKind, Callable[[], SoapFault]] = {
    FaultKind.REPORT_NOT_READY: not_ready,
    FaultKind.NO_ALERTS: no_alerts,
    FaultKind.UNKNOWN_SUBSCRIPTION: unknown_subscription,
}


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str

    def admit(self, header: str) -> bool:
        expected = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        scheme, _, given = header.partition(" ")
        return scheme.lower() == "basic" and secrets.compare_digest(given.strip(), expected)


@dataclass(frozen=True, slots=True)
class Understood:
    """A request with the call it makes; an alerts request is decoded once."""

    request: Request
    call: Call
    alerts_request: AlertsRequest | None = None
    problem: str = ""


class Application:
    """One simulated registry, from request to response."""

    def __init__(self, registry: Registry, credentials: Credentials) -> None:
        self.registry = registry
        self.credentials = credentials
        self.directory = Directory(registry)
        self.desk = AlertsDesk(registry, self.directory)
        self._reports = ReportServices(registry, self.directory)
        self._controls = Controls(registry, self.directory, self.desk)

    def handle(self, request: Request) -> Response:
        """The answer to a request; :class:`DroppedConnection` when there is to be none."""
        if request.path.startswith(CONTROLS_PATH):
            return self._controls.handle(request)
        understood = self._understand(request)
        struck = self.registry.faults.take(understood.call)
        status, outcome = 0, "dropped"
        try:
            response = self._answer(understood, struck)
            status, outcome = response.status, _outcome(response)
            return response
        finally:
            self.registry.book.record(understood.call, status=status, outcome=outcome, faults=sorted(struck))

    def _understand(self, request: Request) -> Understood:
        path = request.path
        if path == ALERTS_PATH:
            return _understand_alerts(request)
        if path.startswith(REPORTS_PATH) and path.endswith(REPORT_SUFFIX):
            service = path.removeprefix(REPORTS_PATH).removesuffix(REPORT_SUFFIX)
            if service in self._reports.operations:
                query = request.query
                npn = query.get("id_entity") or query.get("entity_id") or ""
                return Understood(request, Call(service, service, npn[:20]))
        return Understood(request, Call("unknown"), problem="There is no such service.")

    def _answer(self, understood: Understood, struck: dict[FaultKind, Fault]) -> Response:
        """Faults before the effect, the effect, faults after it."""
        if fault := struck.get(FaultKind.LATENCY):
            time.sleep(fault.seconds)
        early = self._refusal_before(understood, struck)
        return early or _damaged(self._serve(understood, struck), struck)

    def _refusal_before(self, understood: Understood, struck: dict[FaultKind, Fault]) -> Response | None:
        if FaultKind.DROP_BEFORE in struck:
            raise DroppedConnection
        if fault := struck.get(FaultKind.SERVER_ERROR):
            return Response(fault.status, b"Service Unavailable", "text/plain")
        if FaultKind.HTML_LOGIN in struck:
            return Response(200, LOGIN_PAGE, "text/html; charset=UTF-8")
        admitted = self.credentials.admit(understood.request.headers.get("authorization", ""))
        if FaultKind.WRONG_PASSWORD in struck or not admitted:
            challenge = (("WWW-Authenticate", 'Basic realm="simulator"'),)
            return Response(401, b"Unauthorized", "text/plain", challenge)
        return refusal(understood.problem, 404) if understood.call.service == "unknown" else None

    def _serve(self, understood: Understood, struck: dict[FaultKind, Fault]) -> Response:
        if understood.call.service == "alerts":
            return self._serve_alerts(understood, struck)
        return self._reports.operations[understood.call.service](understood.request, struck)

    def _serve_alerts(self, understood: Understood, struck: dict[FaultKind, Fault]) -> Response:
        try:
            request = _decoded(understood)
            _strike(struck)
            return _alerts_response(request.operation, self.desk.answer(request))
        except SoapFault as fault:
            return _multipart(soap.encode_fault(fault), status=500)


def _decoded(understood: Understood) -> AlertsRequest:
    if understood.alerts_request is None:
        raise SoapFault(understood.problem, code="Client")
    return understood.alerts_request


def _strike(struck: dict[FaultKind, Fault]) -> None:
    for kind, fault in ALERT_FAULTS.items():
        if kind in struck:
            raise fault()


def _understand_alerts(request: Request) -> Understood:
    try:
        asked = alerts.decode_request(request.body, request.headers.get("soapaction", ""))
    except (DecodeError, SoapFault) as error:
        return Understood(request, Call("alerts"), problem=str(error))
    call = Call("alerts", asked.operation, subscription=asked.subscription_name)
    return Understood(request, call, asked)


def _alerts_response(operation: Operation, answer: object) -> Response:
    if isinstance(answer, AlertsReport):
        reply = alerts.encode_report_reply(operation, cid=REPORT_ID)
        return _multipart(reply, {REPORT_ID: encode_report(answer)})
    if isinstance(answer, TargetResults):
        return _multipart(alerts.encode_target_results(operation, answer))
    if operation is Operation.RETRIEVE_ALL_SUBSCRIPTIONS and isinstance(answer, tuple):
        return _multipart(alerts.encode_subscriptions(answer))
    if isinstance(answer, tuple):
        return _multipart(alerts.encode_targets(answer))
    return _multipart(alerts.encode_empty())


def _multipart(envelope: bytes, parts: dict[str, bytes] | None = None, *, status: int = 200) -> Response:
    """Every reply of the alerts service is MTOM, also those without an attachment."""
    content_type, body = mtom.encode(envelope, parts)
    return Response(status, body, content_type)


def _damaged(response: Response, struck: dict[FaultKind, Fault]) -> Response:
    if FaultKind.DROP_AFTER in struck:
        raise DroppedConnection
    if FaultKind.MALFORMED_XML in struck:
        response = replace(response, body=response.body.replace(b"</", b"<", 3), chunks=None)
    if FaultKind.TRUNCATED_XML in struck:
        response = replace(response, body=response.body[: len(response.body) // 2], chunks=None)
    if FaultKind.WRONG_CONTENT_TYPE in struck:
        response = replace(response, content_type="application/octet-stream")
    if FaultKind.DROP_MIDWAY in struck:
        response = replace(response, cut=True)
    if fault := struck.get(FaultKind.DRIP):
        response = replace(response, drip_seconds=fault.seconds)
    return response


def _outcome(response: Response) -> str:
    """What the log says: an application error comes with HTTP 200 like an answer does."""
    if response.status == 200 and b"<TYPE>ERROR</TYPE>" in response.body[:400]:
        return "refused"
    if response.status == 500:
        return "fault"
    return "answered" if response.status == 200 else "rejected"
