"""How the gateway stands: paused or not, its breaker and its caps. People see and switch it; each switch is audited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from appointments.enums import AttemptOutcome, AttemptPurpose
from appointments.models import AttemptTransaction, GatewayState
from core import clock
from core.actor import Actor
from core.audit import services as audit
from core.errors import Conflict

GATEWAY: Actor = Actor.task("gateway")
"""Who acts when the gateway stops itself."""

SENDS = (AttemptPurpose.SEND, AttemptPurpose.RESEND)
IN_A_ROW = 5
"""So many attempts without an answer, one after the other, pause the gateway."""
SHARE_PERCENT, SHARE_WINDOW, SHARE_AT_LEAST = 2, timedelta(minutes=10), 50
"""More than this share of what was sent in the window unknown pauses it too, once enough was sent to tell."""
PAUSE_IN_A_ROW = timedelta(minutes=1)


def current() -> GatewayState:
    """The state as it stands; made when first asked for."""
    return GatewayState.objects.get_or_create(pk=1)[0]


def locked() -> GatewayState:
    """The state, locked until the end of the database transaction."""
    current()
    return GatewayState.objects.select_for_update().get(pk=1)


def pause(why: str, actor: Actor, *, until: datetime | None = None) -> GatewayState:
    """Stop sending. Without ``until`` only a person lets it go on; a pause by a person outlives one by the breaker."""
    with transaction.atomic():
        state = locked()
        if state.paused_since and state.paused_until is None and until is not None:
            return state
        since = state.paused_since or clock.now()
        _change(state, "paused", actor, why, paused_since=since, paused_until=until, paused_why=why[:300])
    return state


def resume(actor: Actor, reason: str = "") -> GatewayState:
    """Let it send again."""
    with transaction.atomic():
        state = locked()
        if state.paused_since is None:
            raise Conflict("The gateway is not paused.", "Nothing to do.")
        _close_breaker(state, actor, reason)
    return state


def release_cap(actor: Actor, reason: str = "") -> GatewayState:
    """After the hourly cap was reached: go on, counting from now."""
    with transaction.atomic():
        state = locked()
        if state.cap_reached_at is None:
            raise Conflict("No cap is reached.", "Nothing to do.")
        _change(state, "cap_released", actor, reason, cap_reached_at=None, cap_counts_from=clock.now())
    return state


def cap_reached(state: GatewayState, why: str) -> None:
    """Stop at the cap; only a person lets it go on. Call it with the state locked."""
    if state.cap_reached_at is None:
        _change(state, "cap_reached", GATEWAY, why, cap_reached_at=clock.now())


def answered() -> None:
    """The registry answered: whatever the breaker had counted is forgotten, and a pause of its own ends."""
    if not GatewayState.objects.filter(Q(unknown_in_a_row__gt=0) | ~Q(paused_until=None), pk=1).exists():
        return
    with transaction.atomic():
        state = locked()
        if state.paused_since and state.paused_until:
            _close_breaker(state, GATEWAY, "A document was answered.")
        elif state.unknown_in_a_row:
            state.unknown_in_a_row = 0
            state.save(update_fields=["unknown_in_a_row"])


def unanswered(why: str) -> None:
    """An attempt ended unknown or was not sent: count it, and pause when it is too much."""
    with transaction.atomic():
        state = locked()
        state.unknown_in_a_row += 1
        state.save(update_fields=["unknown_in_a_row"])
        now = clock.now()
        if state.unknown_in_a_row >= IN_A_ROW or state.paused_until:
            pause(
                f"{state.unknown_in_a_row} documents in a row without an answer: {why}",
                GATEWAY,
                until=now + PAUSE_IN_A_ROW,
            )
        elif _too_many_unknown(now):
            text = f"More than {SHARE_PERCENT} % of what was sent has no answer: {why}"
            pause(text, GATEWAY, until=now + SHARE_WINDOW)


def _too_many_unknown(now: datetime) -> bool:
    """Of the transactions sent within the window. A pause lasts as long, so that what paused it does not again."""
    sent = AttemptTransaction.objects.filter(
        attempt__purpose__in=SENDS, attempt__claimed_at__gte=now - SHARE_WINDOW
    ).exclude(attempt__outcome=AttemptOutcome.NOT_SENT)
    counts = sent.aggregate(
        all=Count("pk"), unknown=Count("pk", filter=Q(attempt__outcome=AttemptOutcome.UNKNOWN))
    )
    return bool(counts["all"] >= SHARE_AT_LEAST and counts["unknown"] * 100 > counts["all"] * SHARE_PERCENT)


def _close_breaker(state: GatewayState, actor: Actor, reason: str) -> None:
    _change(
        state,
        "resumed",
        actor,
        reason,
        paused_since=None,
        paused_until=None,
        paused_why="",
        unknown_in_a_row=0,
    )


def _change(state: GatewayState, event: str, actor: Actor, reason: str, **values: Any) -> None:
    changes = {name: [_shown(getattr(state, name)), _shown(value)] for name, value in values.items()}
    for name, value in values.items():
        setattr(state, name, value)
    state.save(update_fields=list(values))
    audit.record(f"gateway.{event}", actor=actor, subject=state, changes=changes, reason=reason)


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
