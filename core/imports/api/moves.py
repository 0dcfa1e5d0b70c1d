"""What is done with an upload over REST: matched, checked, processed, paused, cancelled, undone."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.middleware import HEADER
from core.api.principals import SUBMIT, ApiClient
from core.api.problems import PROBLEM, problem
from core.api.serializers import StrictSerializer
from core.api.views import ApiView
from core.errors import Conflict, DomainError, InvalidInput
from core.imports import services
from core.imports.access import UPLOAD
from core.imports.api.bodies import ColumnsSerializer, EmptySerializer, ProcessSerializer
from core.imports.api.described import COST_CHANGED
from core.imports.api.possible import STOPPED, named_as_addresses
from core.imports.api.quoting import QuotesNoSecret
from core.imports.api.runs import answer, run_to_handle
from core.imports.api.shapes import ImportSerializer, dollars
from core.imports.hiding import hidden_unknown
from core.imports.models import ImportRun
from core.imports.transitions import RUNS
from core.imports.types import upload_named


class MoveView(QuotesNoSecret, ApiView):
    """One thing to do with an upload. A subclass says what is sent along and which service does it."""

    body_class: ClassVar[type[StrictSerializer]] = EmptySerializer
    code: ClassVar[int] = status.HTTP_202_ACCEPTED
    """202 where a job does the work."""
    required_rights: ClassVar = {"POST": UPLOAD}

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        """Do it; ``said`` is the body."""
        raise NotImplementedError

    def done(self, request: Request, import_id: int) -> Response:
        """Read the body, do it, and answer with the upload as it is now."""
        body = self.body_class(data=request.data)
        body.is_valid(raise_exception=True)
        run = run_to_handle(request, import_id)
        with named_as_addresses(run):
            run = self.move(run, body.validated_data)
        return answer(request, run, self.code, {"Location": reverse("api-import", args=[run.pk])})


class SpendingView(MoveView):
    """A move that may cost money: a token that may not submit is refused, and the cost is confirmed."""

    def done(self, request: Request, import_id: int) -> Response:
        run = run_to_handle(request, import_id)
        caller: object = request.user
        if upload_named(run.type).spends(run.options):
            if isinstance(caller, ApiClient):
                _require_submit(caller)
            _require_key(request)
        try:
            return super().done(request, import_id)
        except services.CostChanged as changed:
            told = problem(changed.status, changed.code, str(changed)) | {"cost": dollars(changed.cost_cents)}
            return Response(told, status=changed.status, content_type=PROBLEM)


class ProcessImport(SpendingView):
    """The rows that wait."""

    body_class: ClassVar = ProcessSerializer

    @extend_schema(
        operation_id="imports_process",
        request=ProcessSerializer,
        responses={202: ImportSerializer, **COST_CHANGED},
    )
    def post(self, request: Request, import_id: int) -> Response:
        """Process the rows without errors, by a job. Where the options spend, the cost has to be confirmed."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        agreed: Decimal | None = said.get("confirm_cost")
        cents = None if agreed is None else int(agreed.scaleb(2))
        return services.process(run, actor=self.actor, confirm_cents=cents)


class ResumeImport(SpendingView):
    """What was paused or has failed."""

    @extend_schema(
        operation_id="imports_resume",
        request=EmptySerializer,
        responses={202: ImportSerializer, **COST_CHANGED},
    )
    def post(self, request: Request, import_id: int) -> Response:
        """Go on where it stopped; no row is done twice."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        if run.status not in STOPPED:
            allowed = [move.event for move in RUNS.allowed(run)]
            raise Conflict("It has not stopped.", "Process it.", code="wrong_state", allowed=allowed)
        return services.resume(run, actor=self.actor)


class PauseImport(MoveView):
    """While it is processed."""

    code: ClassVar = status.HTTP_200_OK

    @extend_schema(operation_id="imports_pause", request=EmptySerializer, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        """Stop between two chunks of rows; what is done stays done."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        return services.pause(run, actor=self.actor)


class CancelImport(MoveView):
    """Before it is done."""

    code: ClassVar = status.HTTP_200_OK

    @extend_schema(operation_id="imports_cancel", request=EmptySerializer, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        """Leave it, or the rest of it; what is done stays done."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        return services.cancel(run, actor=self.actor)


class CheckImport(MoveView):
    """After mending, or when something else has changed."""

    @extend_schema(operation_id="imports_check", request=EmptySerializer, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: int) -> Response:
        """Judge every row anew that has not been processed."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        return services.check_again(run, actor=self.actor)


class UndoImport(MoveView):
    """After it was processed, where its type can be undone."""

    @extend_schema(operation_id="imports_undo", request=EmptySerializer, responses={202: ImportSerializer})
    def post(self, request: Request, import_id: int) -> Response:
        """Take back what it made, by a job, as far as nothing has built on it."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        return services.undo(run, actor=self.actor)


class ChooseColumns(MoveView):
    """When a file's headers do not say enough."""

    body_class: ClassVar = ColumnsSerializer

    @extend_schema(
        operation_id="imports_columns", request=ColumnsSerializer, responses={202: ImportSerializer}
    )
    def post(self, request: Request, import_id: int) -> Response:
        """Answer the question `columns`: say what headers mean, and have the file read."""
        return self.done(request, import_id)

    def move(self, run: ImportRun, said: dict[str, Any]) -> ImportRun:
        chosen = {header: column or "" for header, column in said["columns"].items()}
        _require_headers(run, chosen)
        return services.choose_columns(run, chosen, actor=self.actor, remember=said["remember"])


def _require_headers(run: ImportRun, chosen: Iterable[str]) -> None:
    """A header that the file has not would be remembered and change nothing; the same question would come back."""
    strange = [header for header in chosen if run.headers and hidden_unknown(header) not in run.headers]
    if strange:
        raise InvalidInput(
            {
                "path": f"columns.{hidden_unknown(header)[:60]}",
                "code": "unknown_header",
                "message": f"This file has no header “{hidden_unknown(header)[:60]}”.",
            }
            for header in strange
        )


def _require_key(request: Request) -> None:
    """As of every call that may spend; which of these do depends on the upload, so the view cannot say it of all."""
    if not request.headers.get(HEADER):
        raise DomainError(
            "idempotency_key_required",
            f"Send an {HEADER} header with a value of your own, new for each new request.",
        )


def _require_submit(client: ApiClient) -> None:
    if SUBMIT not in client.scopes:
        raise PermissionDenied(f"The token lacks the scope “{SUBMIT}”.", code="insufficient_scope")
