"""What is done on the page of one transaction: asking NIPR, saying what became of it, dates and papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from appointments import access
from appointments.enums import TransactionStatus
from appointments.gateway import reconcile
from appointments.models import Transaction
from appointments.selectors.transactions import transaction_list
from appointments.services.handling import documents, unknown
from appointments.services.handling.desk import set_first_business
from appointments.services.handling.results import Handled, HandledOne
from appointments.views.transactions.told import tell
from core.access import actor_of, back_office_page, has_right, signed_in
from core.accounts.models import User
from core.actor import Actor
from core.errors import DomainError, NotAllowed

Settle = Callable[..., HandledOne]

SETTLED: dict[str, tuple[Settle, str]] = {
    "attach": (unknown.attach_number, "is with NIPR now under the number you gave"),
    "not_there": (unknown.not_there, "is ready to be submitted again"),
    "write_off": (unknown.write_off, "is closed"),
}


@require_POST
@back_office_page(access.VIEW_TRANSACTIONS)
def ask_registry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask NIPR what became of it. Costs nothing, so whoever may do anything with transactions may ask."""
    transaction = _of(pk)
    if not may_ask(signed_in(request)):
        raise NotAllowed(access.PREPARE, "Whoever only reads transactions does not ask NIPR about them.")
    quiet = request.headers.get("HX-Request") == "true"
    try:
        asked = _ask(transaction, actor_of(request))
    except DomainError as refusal:
        if quiet:
            return HttpResponse(status=204)
        messages.error(request, str(refusal))
        return redirect(transaction)
    if quiet:
        # With nothing new to show the page stays as it is.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"} if asked else {})
    if asked:
        messages.success(request, "NIPR has been asked; below is what is known now.")
    else:
        messages.info(request, "NIPR was not asked: it is not unknown any more, or an answer is on its way.")
    return redirect(transaction)


def _ask(transaction: Transaction, actor: Actor) -> int:
    if transaction.status != TransactionStatus.UNKNOWN:
        return 0
    return reconcile.ask_now([transaction.pk], actor)


@require_POST
@back_office_page(access.APPROVE)
def settle(request: HttpRequest, pk: int, event: str) -> HttpResponseBase:
    """A person says what became of it."""
    transaction = _of(pk)
    run, said = SETTLED.get(event, (None, ""))
    if run is None:
        raise Http404("There is no such answer.")
    given: dict[str, Any] = {"reason": _text(request, "reason", 500)}
    if event == "attach":
        given["nipr_trans"] = _text(request, "nipr_trans", 40)
    try:
        one = run(transaction.pk, actor=actor_of(request), has_right=signed_in(request).has_perm, **given)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(transaction)
    if one.ok:
        messages.success(request, f"{one.number} {said}. {one.message}".strip())
    else:
        messages.error(request, f"{one.message} {one.fix}".strip())
    return redirect(transaction)


@require_POST
@back_office_page(access.PREPARE)
def first_business(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say on which day the first business was placed, or take it back; the state's days run from it."""
    transaction = _of(pk)
    text = request.POST.get("day", "").strip()
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        messages.error(request, f"“{text[:20]}” is not a date; write it as 2026-11-21.")
        return redirect(transaction)
    try:
        handled = set_first_business(
            [transaction.pk], day, actor=actor_of(request), has_right=signed_in(request).has_perm
        )
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        _tell_one(request, handled, "The day of first business is saved.")
    return redirect(transaction)


@require_POST
@back_office_page(access.PREPARE)
def attach_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Attach a file to it."""
    transaction = _of(pk)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, "Choose a file first: a PDF, PNG or JPEG of at most 10 MB.")
    elif (file.size or 0) > documents.LARGEST:
        messages.error(request, f"“{file.name}” is larger than 10 MB. Make it smaller or split it.")
    else:
        try:
            paper = documents.attach(
                transaction.pk,
                file.name or "document",
                file.read(),
                actor=actor_of(request),
                has_right=signed_in(request).has_perm,
            )
            messages.success(request, f"“{paper.name}” is attached.")
        except NotAllowed:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return redirect(transaction)


@require_GET
@back_office_page(access.VIEW_TRANSACTIONS)
def read_paper(request: HttpRequest, pk: int, document: int) -> HttpResponseBase:
    """A file that goes with it, as an attachment; that it was read is recorded."""
    transaction = _of(pk)
    if not transaction.supporting_documents.filter(pk=document).exists():
        raise Http404("There is no such file.")
    file = documents.read(document, actor=actor_of(request), has_right=signed_in(request).has_perm)
    answer = HttpResponse(file.content, content_type=file.content_type)
    name = file.name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox"
    return answer


def may_ask(user: User) -> bool:
    """Whoever prepares, submits or approves; an auditor changes nothing."""
    return any(has_right(user, right) for right in (access.PREPARE, access.SUBMIT, access.APPROVE))


def _of(pk: int) -> Transaction:
    return get_object_or_404(transaction_list(), pk=pk)


def _text(request: HttpRequest, name: str, longest: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def _tell_one(request: HttpRequest, handled: Handled, done: str) -> None:
    if handled.refused:
        tell(request, handled, "changed")
    else:
        messages.success(request, done)
