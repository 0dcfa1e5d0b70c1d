"""Posting documents to the gateway: once, with every error sorted into *surely not sent* and *outcome unknown*."""

from __future__ import annotations

from dataclasses import dataclass, field

from nipr.calls import Calls
from nipr.errors import NotSent, RegistryError, RegistryUnavailable, WrongAddress
from nipr.exchange import Repeat, Reply, Request

SERVICE = "gateway-realtime"
REALTIME_PATH = "/gateway-realtime/realtime"
"""Answers what was sent and hands out new replies to earlier transactions, perhaps once only."""
POST_PATH = "/gateway-realtime/niprgw"
"""Answers only what was sent."""


@dataclass(frozen=True, slots=True)
class GatewayPost:
    """What came back of a post, not yet read. HTTP 200 says nothing, and 401 is data too."""

    status: int
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, reply: Reply) -> GatewayPost:
        """The status and the whole body of a reply."""
        return cls(reply.status, reply.read())


def post_request(body: bytes, *, realtime: bool) -> Request:
    """The request of a document, which is never repeated by itself."""
    return Request(
        SERVICE,
        REALTIME_PATH if realtime else POST_PATH,
        content=body,
        headers={"Content-Type": "text/xml; charset=utf-8"},
        repeat=Repeat.NEVER,
    )


def as_post_error(error: RegistryError) -> RegistryError:
    """The error of a post: :class:`NotSent`, or one whose outcome is unknown. In doubt it is unknown."""
    if not error.outcome_unknown and isinstance(error, RegistryUnavailable | WrongAddress):
        return NotSent(error.message)
    error.outcome_unknown = True
    return error


class GatewayCalls(Calls):
    """The part of the client that posts."""

    def post_gateway(self, body: bytes, *, realtime: bool = False, timeout: float) -> GatewayPost:
        """Post a document once, within ``timeout`` seconds, and hand back whatever is answered: a status is data.

        :class:`~nipr.errors.NotSent` when it surely never arrived; any other error has ``outcome_unknown``.
        """
        try:
            return self._call(
                "gateway", post_request(body, realtime=realtime), GatewayPost.of, timeout=timeout, kept=False
            )
        except RegistryError as error:
            raise as_post_error(error) from None
