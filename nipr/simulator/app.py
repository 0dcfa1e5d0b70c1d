"""What answers a request: the registry's services behind Basic auth, faults on the way in and out, and the controls."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, replace

from nipr.simulator.alerting import AlertsService
from nipr.simulator.controls import PREFIX, Controls
from nipr.simulator.desk import AlertsDesk
from nipr.simulator.faults import Call, FaultKind, Struck
from nipr.simulator.gateway import GatewayDesk
from nipr.simulator.gateway.service import GatewayService
from nipr.simulator.http import DroppedConnection, Request, Response, Understood, refusal
from nipr.simulator.portal import PortalService
from nipr.simulator.registry import Registry
from nipr.simulator.reports import ReportServices
from nipr.simulator.search import Directory

LOGIN_PAGE = b"<!DOCTYPE html><html><title>Sign in</title><body><form>Please sign in</form></body></html>"


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str

    def admit(self, header: str) -> bool:
        expected = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        scheme, _, given = header.partition(" ")
        return scheme.lower() == "basic" and secrets.compare_digest(given.strip(), expected)


class Application:
    """One simulated registry, from request to response. A further service is one more in ``_services``."""

    def __init__(self, registry: Registry, credentials: Credentials) -> None:
        self.registry = registry
        self.credentials = credentials
        self.directory = Directory(registry)
        self.desk = AlertsDesk(registry, self.directory)
        self.gateway = GatewayDesk(registry)
        self._services = (
            ReportServices(registry, self.directory),
            AlertsService(self.desk),
            GatewayService(self.gateway),
            PortalService(registry, lambda *given: given == (credentials.username, credentials.password)),
        )
        self._controls = Controls(registry, self.directory, self.desk, self.gateway)

    def handle(self, request: Request) -> Response:
        """The answer to a request; :class:`DroppedConnection` when there is to be none."""
        self.gateway.settle()
        if request.path.startswith(PREFIX):
            return self._controls.handle(request)
        understood = self._understand(request)
        struck = self.registry.faults.take(understood.call)
        status, outcome = 0, "dropped"
        try:
            response = self._answer(request, understood, struck)
            status, outcome = response.status, _outcome(response)
            return response
        finally:
            self.registry.book.record(understood.call, status=status, outcome=outcome, faults=sorted(struck))

    def _understand(self, request: Request) -> Understood:
        for service in self._services:
            if understood := service.understand(request):
                return understood
        return Understood(Call("unknown"), lambda _: refusal("There is no such service.", 404))

    def _answer(self, request: Request, understood: Understood, struck: Struck) -> Response:
        """Faults before the effect, the effect, faults after it."""
        if fault := struck.get(FaultKind.LATENCY):
            time.sleep(fault.seconds)
        admitted = self.credentials.admit(request.headers.get("authorization", ""))
        turned_away = _turned_away(struck, admitted=admitted)
        return turned_away or _damaged(understood.answer(struck), struck)


def _turned_away(struck: Struck, *, admitted: bool) -> Response | None:
    """An answer that has no effect: nothing is done and nothing charged."""
    if FaultKind.DROP_BEFORE in struck:
        raise DroppedConnection
    if fault := struck.get(FaultKind.SERVER_ERROR):
        return Response(fault.status, b"Service Unavailable", "text/plain")
    if FaultKind.HTML_LOGIN in struck:
        return Response(200, LOGIN_PAGE, "text/html; charset=UTF-8")
    if FaultKind.WRONG_PASSWORD in struck or not admitted:
        challenge = (("WWW-Authenticate", 'Basic realm="simulator"'),)
        return Response(401, b"Unauthorized", "text/plain", challenge)
    return None


def _damaged(response: Response, struck: Struck) -> Response:
    if FaultKind.DROP_AFTER in struck:
        raise DroppedConnection
    if fault := struck.get(FaultKind.ERROR_AFTER):
        return Response(fault.status, b"Service Unavailable", "text/plain")
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
