"""The gateway's page: whether transactions leave, what waits, and the switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from appointments import access
from appointments.gateway import fence, settings, state
from appointments.lists.transactions import money
from appointments.models import FencedSend, GatewaySettings, GatewayState
from appointments.selectors.transactions import gateway_settings, recent_attempts, waiting_at_gateway
from appointments.views.transactions import looks
from core import clock
from core.access import actor_of, back_office_page, has_right, render_page, right_label, signed_in
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from producers.templatetags.records import badge

ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Switch:
    """A button with what it does. ``danger`` asks once more in words of its own."""

    name: str
    label: str
    text: str
    wants_reason: bool = False
    primary: bool = False


PAUSE = Switch(
    "pause",
    "Pause",
    "Nothing more leaves until somebody lets it go on. What has left is still followed to its end.",
    wants_reason=True,
)
RESUME = Switch(
    "resume",
    "Let it go on",
    "What is queued leaves again. If the registry still does not answer, the gateway pauses itself again.",
    primary=True,
)
RELEASE_CAP = Switch(
    "release_cap",
    "Release the cap",
    "More may leave than the hourly cap allows: the count starts anew from now. Make sure first that what is "
    "queued is what you want.",
    wants_reason=True,
    primary=True,
)
COMPARE = Switch(
    "compare",
    "Compare with NIPR",
    "Asks NIPR about everything that was sent after the backup, so that nothing is sent a second time.",
    primary=True,
)
RELEASE_FENCE = Switch(
    "release_fence",
    "Release after restore",
    "Sending begins again. What NIPR already has is kept as it told us; look at the comparison below first.",
    wants_reason=True,
)


@back_office_page(access.VIEW_TRANSACTIONS)
def gateway_page(request: HttpRequest) -> HttpResponseBase:
    """How the gateway stands."""
    now = GatewayState.objects.filter(pk=1).first() or GatewayState(pk=1)
    rules = gateway_settings()
    user = signed_in(request)
    context: dict[str, Any] = {
        "state": now,
        "standing": _standing(now),
        "missing": settings.missing(rules),
        "automatic": settings.unknowns_are_automatic(rules),
        "simulated": settings.registry_is_simulated(),
        "limits": _limits(rules),
        "waiting": [
            (looks.status_look(status), f"{reverse('appointments:transactions')}?status={status}", count)
            for status, count in waiting_at_gateway().items()
        ],
        "attempts": [_attempt(each) for each in recent_attempts(ATTEMPTS)],
        "switches": list(_switches(now)),
        "fenced_sends": list(FencedSend.objects.select_related("transaction")[:100])
        if now.fenced_since
        else [],
        "refusal": ""
        if has_right(user, access.APPROVE)
        else f"Switching needs the right “{right_label(access.APPROVE)}”.",
    }
    return render_page(request, "appointments/transactions/gateway.html", context, "Gateway")


def _standing(now: GatewayState) -> dict[str, Any]:
    """The one sentence that matters most; a fence before a cap, a cap before a pause."""
    if now.fenced_since:
        return {
            "badge": badge(("bad", "front_hand"), "Stopped after a restore"),
            "text": "The database was restored. Nothing leaves until what was sent since the backup has been "
            "compared with NIPR and a person has released it.",
            "why": now.fenced_why,
            "since": now.fenced_since,
        }
    if now.cap_reached_at:
        return {
            "badge": badge(("bad", "speed"), "Cap reached"),
            "text": "As much has left within an hour as the settings allow. A person has to say that it goes on.",
            "since": now.cap_reached_at,
        }
    if now.paused_since:
        over = now.paused_until is not None and now.paused_until <= clock.now()
        return {
            "badge": badge(("warn", "pause_circle"), "Paused"),
            "text": "One document is tried next; if it is answered, everything goes on."
            if over
            else "Nothing leaves.",
            "why": now.paused_why,
            "since": now.paused_since,
            "until": now.paused_until,
        }
    return {
        "badge": badge(("good", "check_circle"), "Running"),
        "text": "What is queued leaves by itself when its cool-off time is over.",
    }


def _switches(now: GatewayState) -> list[Switch]:
    """What can be switched as it stands."""
    if now.fenced_since:
        return [COMPARE, RELEASE_FENCE]
    found = [RELEASE_CAP] if now.cap_reached_at else []
    return [*found, RESUME if now.paused_since else PAUSE]


def _limits(rules: GatewaySettings) -> list[tuple[str, str]]:
    return [
        ("Cool-off", f"{rules.cool_off_seconds} seconds"),
        ("In one document", f"{rules.document_size} transactions"),
        ("At most in an hour", f"{rules.hourly_cap:,} transactions, {money(rules.hourly_cap_cents)}"),
        ("Second key above", money(rules.second_key_above_cents)),
    ]


def _attempt(attempt: Any) -> dict[str, Any]:
    tones = {
        "": ("info", "outgoing_mail"),
        "answered": ("good", "check_circle"),
        "not_sent": ("warn", "undo"),
        "unknown": ("bad", "help"),
    }
    took = (attempt.ended_at - attempt.sending_at) if attempt.ended_at and attempt.sending_at else None
    return {
        "attempt": attempt,
        "badge": badge(tones[attempt.outcome], attempt.get_outcome_display()),
        "took": f"{took.total_seconds():.1f} s" if took is not None else "",
    }


# The switches ---------------------------------------------------------------------------------------------------


def _pause(actor: Actor, reason: str) -> str:
    state.pause(reason or "Paused by a person.", actor)
    return "Paused. Nothing more leaves until somebody lets it go on."


def _resume(actor: Actor, reason: str) -> str:
    state.resume(actor)
    return "It goes on."


def _release_cap(actor: Actor, reason: str) -> str:
    state.release_cap(actor, reason)
    return "The cap is released; the count starts anew from now."


def _compare(actor: Actor, reason: str) -> str:
    answered = fence.reconcile(actor)
    return f"NIPR has answered about {answered:,} of what was sent since the backup."


def _release_fence(actor: Actor, reason: str) -> str:
    fence.release(actor, reason)
    return "Released. What is queued leaves again."


SWITCHES: dict[str, tuple[Switch, Callable[[Actor, str], str]]] = {
    "pause": (PAUSE, _pause),
    "resume": (RESUME, _resume),
    "release_cap": (RELEASE_CAP, _release_cap),
    "compare": (COMPARE, _compare),
    "release_fence": (RELEASE_FENCE, _release_fence),
}


@require_POST
@back_office_page(access.APPROVE)
def switch_gateway(request: HttpRequest, name: str) -> HttpResponseBase:
    """Switch the gateway; each switch is in the audit trail."""
    if name not in SWITCHES:
        raise Http404("There is no such switch.")
    switch, run = SWITCHES[name]
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    if switch.wants_reason and not reason:
        messages.error(request, "Say why, so that others can follow it.")
        return redirect("appointments:gateway")
    try:
        messages.success(request, run(actor_of(request), reason))
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("appointments:gateway")
