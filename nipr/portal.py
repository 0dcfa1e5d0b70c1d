"""Asking the licensing portal before an application: free, and asked as often as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nipr.calls import Calls
from nipr.exchange import Request
from nipr.replies import read_soap
from nipr.wire.portal import (
    Eligibility,
    Fees,
    PortalQuestion,
    Task,
    decode_eligibility,
    decode_fees,
    encode_request,
)

T = TypeVar("T")

SERVICE = "licensing-portal"
PATH = "/licensing-portal/transaction-assistant"


class PortalCalls(Calls):
    """The part of the client that asks the portal. What it answers is assumed until somebody has seen it."""

    def license_eligibility(self, question: PortalQuestion) -> Eligibility:
        """Whether the registry would take the application or renewal."""
        return self._ask_portal(Task.ELIGIBILITY, question, decode_eligibility)

    def license_fees(self, question: PortalQuestion) -> Fees:
        """What it would cost."""
        return self._ask_portal(Task.FEE, question, decode_fees)

    def _ask_portal(self, task: Task, question: PortalQuestion, decode: Callable[[bytes], T]) -> T:
        request = Request(
            SERVICE,
            PATH,
            content=encode_request(task, question, self._config.username, self._config.password),
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
        )
        return self._call(
            f"license_{task.value}", request, lambda reply: read_soap(reply, decode), npn=question.npn
        )
