"""The page of one transaction: where it stands and why, what may be done, what was asked, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from appointments import access
from appointments.enums import StatusDetail, TransactionKind, TransactionStatus
from appointments.lists.transactions import money
from appointments.models import Transaction
from appointments.selectors.transactions import attempts_of, gateway_settings, papers_of, transaction_pages
from appointments.transitions import TRANSACTIONS
from appointments.views.transactions import looks
from appointments.views.transactions.settling import may_ask
from appointments.views.transactions.timeline import timeline
from appointments.views.transactions.why import reasons
from core import clock
from core.access import back_office_page, has_right, render_page, right_label, signed_in
from core.accounts.models import User
from producers.page import Action
from producers.states import state_names
from rulebook.rules.vocabulary import LoaCategory

S = TransactionStatus

ICONS = {
    "submit": "send",
    "release": "send",
    "approve": "key",
    "take_back": "undo",
    "hold": "pause_circle",
    "mend": "build",
    "close": "inventory_2",
}
PRIMARY = frozenset({"submit", "release", "approve", "mend"})
ASKED_AGAIN_AFTER = timedelta(minutes=1)


@back_office_page(access.VIEW_TRANSACTIONS)
def transaction_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything about one transaction."""
    transaction = get_object_or_404(transaction_pages(), pk=pk)
    user = signed_in(request)
    context: dict[str, Any] = {
        "transaction": transaction,
        "badge": looks.status_badge(transaction),
        "actions": [action.for_user(user) for action in actions_for(transaction)],
        "asked": list(_asked(transaction)),
        "said": list(_said(transaction)),
        "fees": _fees(transaction),
        "reasons": reasons(transaction, user),
        "moments": timeline(transaction),
        "papers": papers_of(transaction),
        "batch_size": transaction.batch.transactions.count(),
        "may": _may(user),
        **_section(transaction),
    }
    return render_page(request, "appointments/transactions/page.html", context, transaction.number)


def actions_for(transaction: Transaction) -> list[Action]:
    """The moves from here that people make. What an unknown one needs has forms of its own further down.

    Only what may be appointed just in time is offered to be held.
    """
    moves = [move for move in TRANSACTIONS.moves if move.source == transaction.status and move.event in ICONS]
    return [
        Action(
            f"{move.label}…",
            _address(move.event, transaction),
            ICONS[move.event],
            move.right,
            primary=move.event in PRIMARY,
            disabled=(move.guard(transaction) if move.guard else "").rstrip("."),
        )
        for move in moves
        if move.label and (move.event != "hold" or transaction.just_in_time)
    ]


def _address(event: str, transaction: Transaction) -> str:
    where = (
        reverse("appointments:transactions_submit")
        if event == "submit"
        else reverse("appointments:transactions_step", args=[event])
    )
    return f"{where}?ids={transaction.pk}"


def _may(user: User) -> dict[str, Any]:
    """Why a form of the page is not there for this person; empty when it is. And whether NIPR may be asked."""
    wanted = {"settle": access.APPROVE, "prepare": access.PREPARE}
    refusals = {
        name: "" if has_right(user, right) else f"This needs the right “{right_label(right)}”."
        for name, right in wanted.items()
    }
    return {**refusals, "ask": may_ask(user)}


# What the page says ---------------------------------------------------------------------------------------------


def _asked(transaction: Transaction) -> Iterator[tuple[str, Any]]:
    """What was asked for, without what is empty."""
    names = state_names()
    company = transaction.company
    found = {
        "State": f"{transaction.state} {names.get(transaction.state, '')}".strip(),
        "Line of authority": transaction.loa or transaction.loa_code,
        "Category": _category(transaction.loa_category),
        "County": transaction.county_code,
        "Agent type": transaction.agent_type.capitalize(),
        "License": transaction.license_number,
        "Residency": {"R": "Resident", "NR": "Non-resident"}.get(
            transaction.residency, transaction.residency
        ),
        "Effective date": transaction.effective_date,
        "Termination reason": transaction.reason.replace("_", " ").capitalize(),
        "For cause": "Yes" if transaction.for_cause else "",
        "Just in time": "Yes" if transaction.just_in_time else "",
        "CoCode": transaction.cocode if company is None else "",
        "External id": transaction.external_id,
        "Asked by": transaction.prepared_by_label,
        "Submitted by": transaction.submitted_by_label,
        "Approved by": transaction.approved_by_label,
    }
    yield from ((label, value) for label, value in found.items() if value)
    for name, value in transaction.application.items():
        if value not in (None, "", [], {}):
            yield name.replace("_", " ").capitalize(), looks.plain(value)


def _category(code: str) -> str:
    return LoaCategory(code).label if code in set(LoaCategory) else code


def _said(transaction: Transaction) -> Iterator[tuple[str, Any]]:
    """What NIPR and the state said, each in its place."""
    found = {
        "NIPR number": transaction.nipr_trans,
        "NIPR message": transaction.nipr_message,
        "Rejection response": transaction.rejection_response,
        "Frozen until": transaction.frozen_until,
        "The registry": transaction.get_registry_shows_display()
        if transaction.status == S.APPROVED and transaction.kind in (
            TransactionKind.APPOINTMENT, TransactionKind.TERMINATION
        )
        else "",
    }  # fmt: skip
    return ((label, value) for label, value in found.items() if value)


def _fees(transaction: Transaction) -> list[tuple[str, str, str]]:
    """What, as estimated, as charged."""
    if transaction.nipr_fee_cents is None and transaction.state_fee_cents is None:
        return []
    charged, none_yet = transaction.charged_on is not None, _not_charged(transaction)
    rows = [
        ("State fee", transaction.state_fee_cents, transaction.charged_state_fee_cents),
        ("NIPR fee", transaction.nipr_fee_cents, transaction.charged_nipr_fee_cents),
    ]
    lines = [(name, money(fee), money(paid or 0) if charged else none_yet) for name, fee, paid in rows]
    paid = (transaction.charged_state_fee_cents or 0) + (transaction.charged_nipr_fee_cents or 0)
    later = " + state" if transaction.billed_by_state else ""
    return [
        *lines,
        ("Total", f"{money(transaction.cost_cents)}{later}", money(paid) if charged else none_yet),
    ]


def _not_charged(transaction: Transaction) -> str:
    """What stands for the charge before there is one: it never comes, it may come, or nothing has left."""
    if transaction.status in (S.FAILED, S.NOT_ELIGIBLE, S.RECORDED):
        return "nothing"
    return "not yet" if transaction.first_sent_at else "—"


# What a status needs --------------------------------------------------------------------------------------------


def _section(transaction: Transaction) -> dict[str, Any]:
    """What the page holds besides, for some statuses."""
    makers: dict[str, Callable[[Transaction], dict[str, Any]]] = {
        S.UNKNOWN: _unknown,
        S.HELD: _held,
        S.READY_TO_SUBMIT: _held,
        S.AWAITING_APPROVAL: _awaiting,
        S.QUEUED: _queued,
    }
    maker = makers.get(transaction.status)
    return maker(transaction) if maker else {}


def _unknown(transaction: Transaction) -> dict[str, Any]:
    """What is known: when it left, how often NIPR has been asked, and whether it may be asked now."""
    asked = [each for each in attempts_of(transaction) if each.purpose == "ask"]
    last = asked[-1].claimed_at if asked else None
    polling = gateway_settings().polling
    due = last is None or clock.now() - last > ASKED_AGAIN_AFTER
    return {
        "unknown": {
            "sent_at": transaction.first_sent_at,
            "last_asked": last,
            "polling": polling,
            "ask_on_load": due and polling,
            "needs_person": transaction.status_detail == StatusDetail.NEEDS_PERSON,
            "fenced": transaction.status_detail == StatusDetail.FENCED,
        }
    }


def _held(transaction: Transaction) -> dict[str, Any]:
    """The just-in-time clock."""
    if not transaction.just_in_time:
        return {}
    left = (transaction.appoint_by - clock.today()).days if transaction.appoint_by else None
    return {
        "first_business": {
            "day": transaction.first_business_date,
            "left": left,
            "overdue": -left if left is not None and left < 0 else 0,
            "today": clock.today(),
        }
    }


def _awaiting(transaction: Transaction) -> dict[str, Any]:
    return {
        "wants_papers": transaction.status_detail == StatusDetail.DOCUMENTS_REQUIRED,
        "takes_papers": True,
    }


def _queued(transaction: Transaction) -> dict[str, Any]:
    due = transaction.send_after
    return {"leaves_at": due if due and due > clock.now() else None}
