"""The gateway itself: paused, stopped at its cap, or fenced after a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse

from appointments import access
from appointments.models import GatewayState
from core import clock
from core.accounts.models import User
from core.notices.models import Severity
from core.notices.watches import Matter, Topic, Watch, Words

PAUSED, CAP, FENCED = "gateway.paused", "gateway.cap_reached", "gateway.fenced"
A_WHILE = timedelta(minutes=10)
"""The breaker's own pauses mostly end by themselves within this."""


def look(_today: date) -> Iterator[Matter]:
    """What stops transactions from leaving, until a person lets them go on."""
    state = GatewayState.objects.first()
    if state is None:
        return
    if state.fenced_since:
        yield _matter(FENCED, state.fenced_since, state.fenced_why)
    if state.cap_reached_at:
        yield _matter(CAP, state.cap_reached_at, "")
    if state.paused_since and (state.paused_until is None or clock.now() - state.paused_since >= A_WHILE):
        yield _matter(PAUSED, state.paused_since, state.paused_why)


def _matter(code: str, since: datetime, why: str) -> Matter:
    return Matter(
        code=code,
        subject=f"{code}:{since:%Y-%m-%dT%H:%M:%S}",
        label="Gateway",
        url=reverse("appointments:gateway"),
        facts={"why": why},
    )


def _words(title: str, then: str) -> Callable[[Sequence[Matter], User | None], Words]:
    def words(matters: Sequence[Matter], _owner: User | None) -> Words:
        why = str(matters[0].facts["why"]).rstrip(".")
        return Words(title, f"{why}. {then}" if why else then, matters[0].url)

    return words


GATEWAY = Watch(
    "appointments.gateway",
    look,
    (
        Topic(
            FENCED,
            access.APPROVE,
            _words(
                "Nothing is sent to NIPR: the database was restored",
                "Compare what was sent since with NIPR, then release it on the gateway's page.",
            ),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            CAP,
            access.APPROVE,
            _words(
                "Nothing is sent to NIPR: the hourly cap is reached",
                "Look whether so much was meant to leave, then release the cap on the gateway's page.",
            ),
            Severity.URGENT,
            by_mail=True,
        ),
        Topic(
            PAUSED,
            access.APPROVE,
            _words(
                "Nothing is sent to NIPR: the gateway is paused",
                "Mend the cause, then resume on the gateway's page. What is queued waits.",
            ),
            Severity.URGENT,
            by_mail=True,
        ),
    ),
)
