"""The gateway over HTTP: documents in, replies out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nipr.simulator.faults import Call, FaultKind, Struck
from nipr.simulator.gateway.desk import GatewayDesk
from nipr.simulator.http import DroppedConnection, Request, Response, Understood
from nipr.wire.errors import DecodeError
from nipr.wire.gateway.requests import Posted, read_document

PREFIX = "/gateway-realtime/"
SERVICE = "gateway"
REALTIME = "realtime"
OPERATIONS = frozenset({REALTIME, "niprgw"})
QUESTION = "_question"
"""Ends the operation's name, for faults and the log, when a document only asks."""


class GatewayService:
    """Speaks for the desk."""

    def __init__(self, desk: GatewayDesk) -> None:
        self._desk = desk

    def understand(self, request: Request) -> Understood | None:
        """The document a request brings; ``None`` when it is for another service."""
        operation = request.path.removeprefix(PREFIX)
        if request.path != f"{PREFIX}{operation}" or operation not in OPERATIONS:
            return None
        try:
            posted = read_document(request.body)
        except DecodeError as error:
            refused = Response(body=self._desk.refuse_document(error.message))
            return Understood(Call(SERVICE, operation), lambda _: refused)
        npns = {one.transaction.applicant.npn for one in posted if one.transaction}
        asks = bool(posted) and all(one.is_question for one in posted)
        call = Call(
            SERVICE,
            operation + QUESTION if asks else operation,
            npns.pop() if len(npns) == 1 else "",
        )
        return Understood(call, partial(self._answer, posted, realtime=operation == REALTIME))

    def _answer(self, posted: Sequence[Posted], struck: Struck, *, realtime: bool) -> Response:
        if FaultKind.HALF_TAKEN in struck:
            self._desk.take(posted[: len(posted) // 2], realtime=realtime)
            raise DroppedConnection
        rekey = self._desk.other_key(posted) if FaultKind.WRONG_REFERENCE in struck else None
        return Response(body=self._desk.take(posted, realtime=realtime, rekey=rekey))
