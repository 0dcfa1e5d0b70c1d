"""The page of a request set: its progress, its plan when it was a dry run, and what it made when it ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from appointments import access
from appointments.enums import BulkStatus, TransactionKind, TransactionStatus
from appointments.lists.transactions import money
from appointments.models import BulkRequest
from appointments.selectors.transactions import (
    counts_by,
    fee_totals,
    request_sets,
    transactions_of_set,
)
from appointments.services.asking.answer import summary_of
from appointments.services.asking.plans import (
    PLAN_HEADER,
    PlanRow,
    approve_plan,
    plan_again,
    plan_counts,
    plan_rows,
)
from appointments.views.transactions import looks
from core import clock
from core.access import actor_of, back_office_page, render_page, require_right, signed_in
from core.audit import services as audit
from core.downloads import table_file
from core.errors import DomainError, NotAllowed
from core.jobs.models import Job
from producers.page import Action
from producers.templatetags.records import badge

ROWS_A_PAGE = 100
UNDER_WAY = (BulkStatus.QUEUED, BulkStatus.RUNNING)
ERROR = "error"
"""The outcome of a row that gave no transaction, as plans name it."""
NOTHING_TO_DO = (ERROR, TransactionStatus.NOT_ELIGIBLE, TransactionStatus.RECORDED)
ORDER = (
    TransactionStatus.READY_TO_SUBMIT,
    TransactionStatus.HELD,
    TransactionStatus.AWAITING_APPROVAL,
    *(status for status in TransactionStatus if status not in NOTHING_TO_DO),
    TransactionStatus.RECORDED,
    TransactionStatus.NOT_ELIGIBLE,
    ERROR,
)


@back_office_page(access.VIEW_TRANSACTIONS)
def plan_page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One request set."""
    bulk = get_object_or_404(request_sets(), pk=pk)
    context: dict[str, Any] = {
        "bulk": bulk,
        "badge": looks.set_badge(bulk),
        "under_way": bulk.status in UNDER_WAY,
        "kind": TransactionKind(bulk.kind).label,
        "runs": list(request_sets().filter(planned_from=bulk)),
    }
    if bulk.status in UNDER_WAY:
        context |= _progress(bulk)
    elif bulk.status == BulkStatus.PLANNED:
        context |= _plan(request, bulk)
    else:
        context |= _made(bulk)
    actions = [action.for_user(signed_in(request)) for action in context.get("actions", [])]
    title = f"{'Plan' if bulk.dry_run else 'Request set'}: {bulk.name or context['kind'].lower() + 's'}"
    return render_page(request, "appointments/transactions/plan.html", {**context, "actions": actions}, title)


@require_GET
@back_office_page(access.VIEW_TRANSACTIONS)
def plan_progress(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The part that changes while it runs; when it has ended the whole page is loaded again."""
    bulk = get_object_or_404(request_sets(), pk=pk)
    if bulk.status not in UNDER_WAY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "appointments/transactions/parts/progress.html", {"bulk": bulk, **_progress(bulk)})


@require_GET
@back_office_page(access.VIEW_TRANSACTIONS)
def plan_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """The plan as a file; that somebody took it is recorded."""
    bulk = get_object_or_404(request_sets(), pk=pk, status=BulkStatus.PLANNED)
    if kind not in {"csv", "xlsx"}:
        raise Http404("There is no such format.")
    taken = {"plan": [None, str(bulk.pk)], "format": [None, kind]}
    audit.record("plan.exported", actor=actor_of(request), subject=bulk, changes=taken)
    lines = (row.cells() for row in plan_rows(bulk))
    return table_file(PLAN_HEADER, lines, kind, f"plan-{clock.today().isoformat()}", "Plan")


@require_POST
@back_office_page(access.PREPARE)
def approve(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Carry the plan out as it was shown."""
    bulk = get_object_or_404(request_sets(), pk=pk)
    require_right(signed_in(request), _right(bulk))
    try:
        run = approve_plan(bulk, actor_of(request))
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("appointments:plan", pk=pk)
    messages.success(request, "The plan is being carried out as it was shown.")
    return redirect("appointments:plan", pk=run.pk)


@require_POST
@back_office_page(access.PREPARE)
def again(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A fresh plan of what was not carried out."""
    bulk = get_object_or_404(request_sets(), pk=pk)
    try:
        fresh = plan_again(bulk, actor_of(request))
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("appointments:plan", pk=pk)
    messages.success(request, "A fresh plan is being made.")
    return redirect("appointments:plan", pk=fresh.pk)


def _right(bulk: BulkRequest) -> str:
    """A plan that submits spends."""
    return access.SUBMIT if bulk.submit or bulk.submit_just_in_time else access.PREPARE


# What the page shows --------------------------------------------------------------------------------------------


def _progress(bulk: BulkRequest) -> dict[str, Any]:
    """How far it has come, by its job where it has one."""
    job = Job.objects.filter(pk=bulk.job_id).first() if bulk.job_id else None
    total = job.total if job else None
    return {"total": total, "percent": min(100, bulk.done * 100 // total) if total else None, "job": job}


def _plan(request: HttpRequest, bulk: BulkRequest) -> dict[str, Any]:
    """Counts, cost, one page of rows, and the button."""
    counts = plan_counts(bulk)
    total = sum(counts.values())
    page = _page(request, total)
    start = (page - 1) * ROWS_A_PAGE
    cost = summary_of(bulk)["cost"]
    return {
        "outcomes": _outcomes(counts),
        "cost": cost,
        "figures": {name: f"${Decimal(cost[name]):,.2f}" for name in ("state", "nipr", "total")},
        "total": total,
        "rows": [_row(row) for row in islice(plan_rows(bulk), start, start + ROWS_A_PAGE)],
        "page": page,
        "pages": -(-total // ROWS_A_PAGE),
        "files": [
            (kind.upper(), reverse("appointments:plan_file", args=[bulk.pk, kind]))
            for kind in ("csv", "xlsx")
        ],
        "actions": [_again_action(bulk), _approve_action(bulk, counts, cost)],
    }


def _page(request: HttpRequest, total: int) -> int:
    text = request.GET.get("page", "1")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return max(1, min(wanted, -(-total // ROWS_A_PAGE)))


def _outcomes(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Each outcome with its count, and with its reasons, the most frequent first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for (outcome, reason), count in counts.items():
        found.setdefault(outcome, []).append((reason, count))
    return [
        {
            "badge": _outcome_badge(outcome),
            "count": sum(count for _reason, count in reasons),
            "reasons": sorted(reasons, key=lambda pair: -pair[1]),
        }
        for outcome, reasons in sorted(found.items(), key=lambda pair: ORDER.index(pair[0]))
    ]


def _outcome_badge(outcome: str) -> SafeString:
    if outcome == ERROR:
        return badge(("bad", "error"), "Cannot be judged")
    return looks.status_look(outcome)


def _row(row: PlanRow) -> dict[str, Any]:
    text = ""
    if row.outcome not in NOTHING_TO_DO:
        known = (row.state_fee or Decimal()) + (row.nipr_fee or Decimal())
        text = f"${known:,.2f}{' + state' if row.state_fee is None else ''}"
    return {"row": row, "number": row.index + 1, "badge": _outcome_badge(row.outcome), "cost": text}


def _approve_action(
    bulk: BulkRequest, counts: Mapping[tuple[str, str], int], cost: Mapping[str, Any]
) -> Action:
    wanted = sum(count for (outcome, _reason), count in counts.items() if outcome not in NOTHING_TO_DO)
    made = sum(count for (outcome, _reason), count in counts.items() if outcome != ERROR)
    sends = (
        "They are submitted at once."
        if bulk.submit or bulk.submit_just_in_time
        else ("Nothing is sent yet: you look at the cost once more before you submit.")
    )
    later = f" and {cost['billed_later']} state fees billed by the state" if cost["billed_later"] else ""
    return Action(
        "Approve the plan as shown",
        reverse("appointments:plan_approve", args=[bulk.pk]),
        "task_alt",
        _right(bulk),
        "post",
        primary=True,
        confirm=f"{made:,} transactions are made, {wanted:,} of them to be carried out, for "
        f"${Decimal(cost['total']):,.2f}{later}. {sends} If anything has changed since the plan was made, nothing "
        "different from it is carried out.",
        disabled=_objection(bulk, made),
    )


def _objection(bulk: BulkRequest, made: int) -> str:
    if not made:
        return "There is nothing in it that could be carried out"
    used = bulk.runs.exclude(status=BulkStatus.FAILED).exists()
    return "It has been carried out already; make a fresh plan" if used else ""


def _again_action(bulk: BulkRequest) -> Action:
    return Action(
        "Make a fresh plan",
        reverse("appointments:plan_again", args=[bulk.pk]),
        "refresh",
        access.PREPARE,
        "post",
        confirm="What has not been carried out is judged again by today's facts and rates. Nothing is sent.",
    )


def _made(bulk: BulkRequest) -> dict[str, Any]:
    """What a request set that ran has made, and what its rows that failed a checkpoint said."""
    rows = transactions_of_set(bulk)
    sums = fee_totals(rows.exclude(status=TransactionStatus.NOT_ELIGIBLE))
    reasons = [
        {"badge": looks.status_look(status), "reason": text, "count": count}
        for status, text, count in counts_by(rows, "status", "eligibility_text")
    ]
    return {
        "made": sums["count"],
        "reasons": reasons,
        "estimated": money(sums["estimated"]),
        "billed_later": sums["billed_later"],
        "errors": _errors(bulk),
        "actions": _made_actions(
            bulk, {each["status"] for each in rows.order_by().values("status").distinct()}
        ),
    }


def _errors(bulk: BulkRequest) -> list[tuple[str, int]]:
    """Messages of rows that gave no transaction, the most frequent first."""
    stored = BulkRequest.objects.filter(pk=bulk.pk).values_list("errors", flat=True).get()
    return Counter(error["message"] for error in stored.values()).most_common()


def _made_actions(bulk: BulkRequest, statuses: set[str]) -> list[Action]:
    listed = f"{reverse('appointments:transactions')}?request_set={bulk.pk}"
    found = [Action("Show the transactions", listed, "list", primary=not statuses)] if statuses else []
    if TransactionStatus.READY_TO_SUBMIT in statuses:
        url = f"{reverse('appointments:transactions_submit')}?request_set={bulk.pk}"
        found.append(Action("Submit what is ready…", url, "send", access.SUBMIT, primary=True))
    return [_again_action(bulk), *found] if bulk.status in (BulkStatus.CHANGED, BulkStatus.FAILED) else found
