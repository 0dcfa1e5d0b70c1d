"""Idempotency keys for every POST of the API, whichever app the view belongs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from core.accounts.models import User
from core.api import idempotency
from core.api.authentication import ClientAuthentication
from core.api.fallback import is_api
from core.api.idempotency import InFlight, Mismatch
from core.api.models import IdempotencyKey
from core.api.problems import problem_response

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
View = Callable[..., HttpResponseBase]


class ProgramsMiddleware:
    """What holds for whatever a program asks: times are told in UTC, and answers are kept by no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_api(request):
            return self.get_response(request)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problem_response(400, "bad_request", "The address holds a NUL character (%00).")
        with timezone.override(UTC):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class IdempotencyMiddleware:
    """Runs the view of a POST with a key inside one transaction with the row that keeps its answer.

    A view says ``idempotency_key_required = True`` when it must not be called without a key, and
    ``commits_itself = True`` when it must not run inside a transaction, because it talks to the outside.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer in the view's place when the request has been seen before; None lets the view run as usual."""
        api_view = getattr(view, "cls", None)
        if request.method != "POST" or api_view is None or not issubclass(api_view, APIView):
            return None
        key = request.headers.get(HEADER, "")
        if not key:
            if getattr(api_view, "idempotency_key_required", False) and _caller(request):
                detail = f"Send an {HEADER} header with a value of your own, new for each new request."
                return problem_response(400, "idempotency_key_required", detail)
            return None
        if len(key) > LONGEST_KEY or not key.isprintable():
            return problem_response(
                400, "idempotency_key_invalid", f"A key has 1 to {LONGEST_KEY} characters."
            )
        caller = _caller(request)
        return (
            _once(request, caller, key, lambda: view(request, *args, **kwargs), api_view) if caller else None
        )


def _once(
    request: HttpRequest, caller: str, key: str, run: Callable[[], HttpResponseBase], api_view: type[APIView]
) -> HttpResponseBase:
    try:
        print_ = idempotency.fingerprint(request)
    except RequestDataTooBig:
        return problem_response(413, "too_large", "The body is too large.")
    match idempotency.claim(caller, key, print_):
        case Mismatch():
            detail = "This Idempotency-Key was used for another request. Use a new key for a new request."
            return problem_response(422, "idempotency_key_reused", detail)
        case InFlight(seconds):
            return _in_flight(seconds)
        case IdempotencyKey() as row:
            return _run(row, run, atomic=not getattr(api_view, "commits_itself", False))
        case replayed:
            return replayed


def _run(row: IdempotencyKey, run: Callable[[], HttpResponseBase], *, atomic: bool) -> HttpResponseBase:
    """Run the view and keep its answer; whatever happens, the key is either answered or free afterwards."""
    try:
        response = _in_one_transaction(row, run) if atomic else _rendered(run())
    except BaseException:
        idempotency.release(row)
        raise
    if row.status is None:
        if idempotency.is_outcome(response):
            idempotency.keep(row, response)
        else:
            idempotency.release(row)
    return response


def _in_one_transaction(row: IdempotencyKey, run: Callable[[], HttpResponseBase]) -> HttpResponse:
    """The effect and the kept answer commit together, so that a crash leaves both or neither."""
    with transaction.atomic():
        response = _rendered(run())
        if response.status_code >= 400:
            transaction.set_rollback(True)
        elif not idempotency.keep(row, response):
            transaction.set_rollback(True)  # so slow that somebody took the key over: theirs is the effect
            return _in_flight(1)
    return response


def _in_flight(seconds: int) -> HttpResponse:
    detail = "The first request with this Idempotency-Key is under way. Ask again later."
    return problem_response(409, "in_flight", detail, {"Retry-After": str(seconds)})


def _rendered(response: HttpResponseBase) -> HttpResponse:
    render = getattr(response, "render", None)
    return cast("HttpResponse", render() if render else response)


def _caller(request: HttpRequest) -> str:
    """Keys belong to their caller: a client's live on over its tokens. "" for strangers, whom the view refuses."""
    found = ClientAuthentication().authenticate(cast("Request", request))
    if found is not None:
        return f"client:{found[0].client_id}"
    return f"user:{request.user.pk}" if isinstance(request.user, User) else ""
