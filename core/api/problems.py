"""Errors as ``application/problem+json`` (RFC 9457): what is wrong, where, what to do, and the id of the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler

from core.errors import Conflict, DomainError, FieldError, InvalidInput

PROBLEM = "application/problem+json"
PASSED_ON = ("WWW-Authenticate", "Retry-After", "Allow")


class PreconditionFailed(exceptions.APIException):
    """412: the record has changed since the caller read it."""

    status_code = 412
    default_code = "stale"
    default_detail = "The record has changed since you read it. Read it again, then make your change."


class TooLarge(exceptions.APIException):
    """413: more bytes than a body may have."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large. Send it in several requests."


@contextmanager
def named_as_sent(names: Mapping[str, str]) -> Iterator[None]:
    """Let a service's faults name the fields as the body did, where the two have different names for one thing."""
    try:
        yield
    except InvalidInput as refusal:
        for fault in refusal.errors:
            fault["path"] = names.get(fault["path"], fault["path"])
        raise


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Our refusals and the framework's errors in one shape. Anything else is a fault of ours and goes on."""
    if isinstance(error, Conflict) and error.code == "stale":
        error = PreconditionFailed()  # the service saw what If-Match was sent to find out
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, DomainError):
        return Response(_refusal(error), status=error.status, content_type=PROBLEM)
    answer = framework_handler(error, context)
    if answer is None:
        return None
    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    body = _of_framework(error, answer.status_code)
    return Response(body, status=answer.status_code, headers=headers, content_type=PROBLEM)


def problem(status: int, code: str, detail: str, errors: list[FieldError] | None = None) -> dict[str, Any]:
    """The body of a problem."""
    return {
        "type": f"urn:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }


def problem_response(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> JsonResponse:
    """A problem outside of a REST view: from a middleware, or for an address that leads nowhere."""
    return JsonResponse(problem(status, code, detail), status=status, content_type=PROBLEM, headers=headers)


def _refusal(error: DomainError) -> dict[str, Any]:
    body = problem(error.status, error.code, str(error))
    if isinstance(error, InvalidInput):
        body["errors"] = error.errors
    if isinstance(error, Conflict) and error.allowed:
        body["allowed"] = error.allowed
    return body


def _of_framework(error: Exception, status: int) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.get_full_details()))
        sentence = (
            errors[0]["message"] if len(errors) == 1 else f"{len(errors)} things are wrong with the input."
        )
        return problem(status, "invalid_input", sentence, errors)
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is no such record.")
    if isinstance(error, PermissionDenied):
        return problem(403, "not_allowed", str(error) or "This is not allowed.")
    code = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    return problem(status, code if isinstance(code, str) else "error", str(getattr(error, "detail", error)))


def _flat(details: Any, path: str = "") -> Iterator[FieldError]:
    """The framework's nested details as one list; paths are dotted: ``requests.3.npn``."""
    if _is_leaf(details):
        yield {"path": path, "code": str(details["code"]), "message": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    else:
        for place, inner in enumerate(details):
            yield from _flat(inner, path if _is_leaf(inner) else f"{path}.{place}".lstrip("."))


def _is_leaf(details: Any) -> bool:
    return (
        isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["code"], str)
    )
