"""The page of a batch: what was asked for together, for one producer, state and company."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from appointments import access
from appointments.enums import TransactionStatus
from appointments.lists.transactions import charged, cost, money
from appointments.models import Transaction, TransactionBatch
from appointments.selectors.transactions import (
    batch_pages,
    counts_by_status,
    fee_totals,
    transaction_list,
)
from appointments.views.transactions import looks
from appointments.views.transactions.steps import STEPS
from core.access import back_office_page, render_page, signed_in
from producers.page import Action
from producers.states import state_names

SHOWN = 200
"""Rows on the page; the list shows the rest."""


@back_office_page(access.VIEW_TRANSACTIONS)
def batch_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Its transactions, totals, and what can be done with all of them."""
    batch = get_object_or_404(batch_pages(), pk=pk)
    rows = transaction_list().filter(batch=batch)
    counts = counts_by_status(rows)
    user = signed_in(request)
    context: dict[str, Any] = {
        "batch": batch,
        "state_name": state_names().get(batch.state, batch.state),
        "counts": [(looks.status_look(status), count) for status, count in counts.items()],
        "rows": [_row(row) for row in rows.order_by("pk")[:SHOWN]],
        "shown": SHOWN,
        "totals": _totals(fee_totals(rows)),
        "actions": [action.for_user(user) for action in _actions(batch, counts)],
    }
    return render_page(request, "appointments/transactions/batch.html", context, batch.number)


def _row(row: Transaction) -> dict[str, Any]:
    return {"transaction": row, "badge": looks.status_badge(row), "cost": cost(row), "charged": charged(row)}


def _totals(sums: dict[str, int]) -> list[tuple[str, str]]:
    later = f"{sums['billed_later']} billed by the state" if sums["billed_later"] else ""
    found = [
        ("Transactions", f"{sums['count']:,}"),
        ("State fees", money(sums["state"])),
        ("NIPR fees", money(sums["nipr"])),
        ("Estimated", money(sums["estimated"])),
        ("Charged", money(sums["charged"])),
        ("Billed later", later),
    ]
    return [(label, text) for label, text in found if text]


def _actions(batch: TransactionBatch, counts: dict[str, int]) -> list[Action]:
    """The steps that at least one of its transactions could take."""
    found = []
    if TransactionStatus.READY_TO_SUBMIT in counts:
        url = f"{reverse('appointments:transactions_submit')}?batch={batch.pk}"
        found.append(Action("Submit all…", url, "send", access.SUBMIT, primary=True))
    for step in STEPS.values():
        if step.event == "hold" or not step.sources & counts.keys():
            continue
        url = f"{reverse('appointments:transactions_step', args=[step.event])}?batch={batch.pk}"
        found.append(Action(f"{step.label} all…", url, "", step.right))
    return found
