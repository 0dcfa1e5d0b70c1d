"""What this room adds to the producer page and to the list of licenses."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments.access import PREPARE
from appointments.enums import TransactionKind
from appointments.services.asking.requests import MOST
from appointments.services.licensing.asking import ask_license_requests
from core.actor import Actor
from core.errors import Conflict
from core.lists.definition import BulkAction
from producers.lists import register_license_action
from producers.models import License, Producer
from producers.page import Action, register_action


def register_actions() -> None:
    """Called once by ``agentsync/wiring.py``; it brings the kinds of request along to every process."""
    register_action("licenses", _licenses, 30)
    register_license_action(RENEW)


def _licenses(producer: Producer) -> Action:
    url = reverse("appointments:license_request", args=[producer.pk])
    return Action("Apply or renew", url, "badge", PREPARE)


def plan_renewals(rows: QuerySet[License], actor: Actor) -> str | HttpResponse:
    """A plan of the renewal of these licenses, and its page. Those without an NPN, or gone, are left out."""
    held = rows.filter(removed_at=None, producer__npn__isnull=False).order_by("pk")
    named = ("producer__npn", "state", "license_number", "license_class_code")
    chosen = list(held.values_list(*named)[: MOST + 1])
    if not chosen:
        return (
            "None of these can be renewed: the registry shows them no longer, or their producers have no NPN."
        )
    if len(chosen) > MOST:
        raise Conflict(
            f"At most {MOST:,} can be done at once, and this is more.",
            "Filter the list further and do the rest after.",
        )
    requests = [
        {"npn": npn, "state": state, "license_number": number, "license_class_code": class_code}
        for npn, state, number, class_code in chosen
    ]
    bulk = ask_license_requests(TransactionKind.LICENSE_RENEWAL, requests, dry_run=True, actor=actor)
    return redirect("appointments:plan", pk=bulk.pk)


RENEW: BulkAction[License] = BulkAction("renew", "Renew…", plan_renewals, PREPARE)
