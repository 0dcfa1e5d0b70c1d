"""Asking for licenses and renewals of one producer: what would be asked, what is missing, what it costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from appointments import access
from appointments.enums import TransactionStatus
from appointments.models import BulkRequest, Transaction
from appointments.services.asking.drafts import Draft, Judged
from appointments.services.asking.requests import AT_ONCE
from appointments.services.licensing.asking import ask_license_requests, preview
from appointments.services.licensing.prerequisites import applicants
from appointments.views.asking.quick import stops
from appointments.views.asking.reading import money
from appointments.views.fixes import fix_link
from appointments.views.licensing.needs import prerequisites
from appointments.views.licensing.wanted import Requests, Wanted, as_requests, holdings, read
from appointments.views.sending import send_agreed
from core.access import (
    actor_of,
    back_office_page,
    lacking,
    render_page,
    require_right,
    signed_in,
)
from core.errors import Conflict, DomainError, InvalidInput
from producers.enums import AgentType
from producers.models import Producer
from producers.selectors import producers
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices, state_names
from rulebook.decision import Fix
from rulebook.rules.license_request_question import LicenseAction

NOTHING = "Tick at least one that can be asked for."
READY = TransactionStatus.READY_TO_SUBMIT
_OUTCOMES = {
    READY: ("good", "check_circle", "Ready to submit"),
    TransactionStatus.AWAITING_APPROVAL: ("warn", "key", "Needs papers and a second person"),
}


@back_office_page(right=access.PREPARE)
def license_request(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is asked for stands in the address; posting what was ticked prepares it, or prepares and submits."""
    producer = get_object_or_404(producers(), pk=pk)
    held = holdings(producer)
    wanted = read(request.GET, held)
    stopped = stops(producer)
    requests = [] if stopped else as_requests(producer, wanted, held)
    problem = ""
    if len(requests) > AT_ONCE:
        problem = f"That is more than {AT_ONCE} at once. Choose fewer states."
        requests = []
    if request.method == "POST":
        answer, problem = _carry_out(request, wanted, requests, problem or stopped)
        if answer:
            return answer
    judged = preview(wanted.kind, requests)
    context = _context(request, producer, wanted, requests, judged) | {"problem": problem, "stops": stopped}
    title = f"Licenses of {producer.display_name}"
    status = 422 if problem and request.method == "POST" else 200
    return render_page(request, "appointments/licensing/request.html", context, title, status=status)


def _context(
    request: HttpRequest, producer: Producer, wanted: Wanted, requests: Requests, judged: Judged
) -> dict[str, Any]:
    user, query = signed_in(request), request.GET.urlencode()
    who = applicants([producer.pk])[producer.pk]
    types = sorted({draft.agent_type for draft in judged.drafts} & set(AgentType.values))
    ready = [draft for draft in judged.drafts if draft.status == READY]
    return {
        "producer": producer,
        "wanted": wanted,
        "rows": _rows(judged, requests, producer, request),
        "refusals": [(requests[index]["state"], each.message) for index, each in judged.refusals.items()],
        "forms": [
            (AgentType(each).label, prerequisites(producer, who, each, user, query))
            for each in types or [wanted.agent_type]
        ],
        "possible": sum(draft.payable for draft in judged.drafts),
        "ready": len(ready),
        "total": money(sum(map(_cents, ready))),
        "filters": _filters(wanted),
        "agent_types": AgentType.choices,
        "may_not_submit": lacking(user, access.SUBMIT),
    }


def _filters(wanted: Wanted) -> list[dict[str, Any]]:
    categories = [(each.value, each.label) for each in ASSIGNABLE_CATEGORIES]
    return [
        {
            "name": name,
            "label": label,
            "count": len(shown) or ("none" if wanted.applies else "all"),
            "choices": [(value, words, value in shown) for value, words in known],
        }
        for name, label, known, shown in (
            ("state", "States", state_choices(), wanted.states),
            ("category", "Categories", categories, wanted.categories),
        )
    ]


def _rows(
    judged: Judged, requests: Requests, producer: Producer, request: HttpRequest
) -> list[dict[str, Any]]:
    """A row for each license; the first possible one of a request carries its box, and the cost of them all."""
    names, rows = state_names(), []
    cents: dict[int, int] = {}
    for draft in judged.drafts:
        cents[draft.index] = cents.get(draft.index, 0) + _cents(draft)
    for draft in sorted(judged.drafts, key=lambda draft: (not draft.payable, draft.index)):
        row = _drawn(draft, producer, request) | {"state_name": names[draft.state]}
        if draft.payable and draft.index in cents:
            row |= {"key": key_of(requests[draft.index]), "cents": cents.pop(draft.index)}
        rows.append(row)
    return rows


def _cents(draft: Draft) -> int:
    """What is to be agreed to now; what waits for approval is not sent now."""
    return (draft.nipr_fee_cents or 0) + (draft.state_fee_cents or 0) if draft.status == READY else 0


def _drawn(draft: Draft, producer: Producer, request: HttpRequest) -> dict[str, Any]:
    colour, icon, words = _OUTCOMES.get(draft.status, ("bad", "block", "Not possible"))
    last = draft.decisions[-1] if draft.decisions else None
    fix: Fix | None = next((each.fix for each in reversed(draft.decisions) if each.fix), None)
    known = {"agent_type": draft.agent_type, "back": request.GET.urlencode()}
    lines = draft.application["lines"]
    return {
        "state": draft.state,
        "name": draft.loa,
        "action": LicenseAction(draft.application["action"]).label,
        "lines": [line["loa"] or line["loa_code"] for line in lines],
        "colour": colour,
        "icon": icon,
        "words": words,
        "reason": "" if draft.payable else draft.reason_text,
        "why": "" if draft.payable or last is None else last.text,
        "fix": None if draft.payable else fix_link(fix, producer.pk, signed_in(request), **known),
        "nipr_fee": money(draft.nipr_fee_cents)
        if draft.payable and draft.nipr_fee_cents is not None
        else "—",
        "state_fee": money(draft.state_fee_cents) if draft.payable else "—",
    }


def key_of(request: dict[str, Any]) -> str:
    """What tells one request of a page from the others."""
    parts = (request["state"], request.get("license_number", ""), request.get("license_class_code", ""))
    return ":".join(str(part) for part in parts)


# Carrying out


def _carry_out(
    request: HttpRequest, wanted: Wanted, requests: Requests, problem: str
) -> tuple[HttpResponse | None, str]:
    """Prepare what was ticked; with ``do=submit`` send what is ready at the cost that was shown."""
    picked = set(request.POST.getlist("pick"))
    chosen = [each for each in requests if key_of(each) in picked]
    if problem or not chosen:
        return None, problem or NOTHING
    sends = request.POST.get("do") == "submit"
    if sends:
        require_right(signed_in(request), access.SUBMIT)
    try:
        bulk = ask_license_requests(
            wanted.kind, chosen, show_ineligible=False, actor=actor_of(request), wait=True
        )
    except InvalidInput as refusal:
        return None, " ".join(error["message"] for error in refusal.errors)
    except DomainError as refusal:
        return None, str(refusal)
    made = Transaction.objects.filter(bulk_request=bulk)
    if not made.exists():
        return None, "Nothing of it is possible any more: see below what has changed."
    _say(request, bulk, chosen, sends=sends)
    return redirect(f"{reverse('appointments:transactions')}?{urlencode({'request_set': str(bulk.pk)})}"), ""


def _say(request: HttpRequest, bulk: BulkRequest, chosen: Sequence[dict[str, Any]], *, sends: bool) -> None:
    ready = Transaction.objects.filter(bulk_request=bulk, status=READY)
    ids = list(ready.order_by("pk").values_list("pk", flat=True))
    if not sends or not ids:
        messages.success(request, "Prepared. Nothing has been sent yet: submit them below.")
        return
    try:
        send_agreed(request, ids, _agreed(request, chosen))
    except DomainError as refusal:
        messages.error(request, f"Prepared, and not sent. {refusal}")


def _agreed(request: HttpRequest, chosen: Sequence[dict[str, Any]]) -> int:
    """The cost in cents that stood beside what was ticked."""
    said = [request.POST.get(f"cents:{key_of(each)}", "") for each in chosen]
    if not all(re.fullmatch(r"[0-9]{1,9}", each) for each in said):
        raise Conflict("It does not say which cost was agreed to.", "Submit them below.")
    return sum(map(int, said))
