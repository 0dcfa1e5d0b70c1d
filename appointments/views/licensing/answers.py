"""The background questions of one producer for an agent type: answered anew, or shown to who may see them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from appointments import access
from appointments.models import BackgroundAnswers
from appointments.services.licensing.answers import Answer, read_answers, record_answers
from appointments.services.licensing.questions import PAPERS, Question, questions_for
from core.access import back_office_page, lacking, render_page, signed_in
from core.errors import InvalidInput
from producers.enums import AgentType
from producers.models import Producer
from producers.selectors import producers

_YES_OR_NO = {"yes": True, "no": False}


@never_cache
@sensitive_post_parameters()
@back_office_page(right=access.PREPARE)
def background_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Posting ``do=record`` keeps answers, ``do=reveal`` shows those on file once."""
    producer = get_object_or_404(producers(), pk=pk)
    agent_type = request.GET.get("agent_type", "")
    if agent_type not in AgentType.values:
        agent_type = AgentType.PRODUCER.value
    faults: dict[str, str] = {}
    shown: list[Answer] = []
    if request.method == "POST":
        try:
            if request.POST.get("do") == "reveal":
                shown = _reveal(request, producer, agent_type)
            else:
                _record(request, producer, agent_type)
                return redirect(_back(request, producer))
        except InvalidInput as refusal:
            faults = {error["path"].removeprefix("answers."): error["message"] for error in refusal.errors}
    context = _context(request, producer, agent_type, faults) | {"shown": shown}
    title = f"Background questions: {producer.display_name}"
    page = "appointments/licensing/answers.html"
    return render_page(request, page, context, title, status=422 if faults else 200)


def _context(
    request: HttpRequest, producer: Producer, agent_type: str, faults: dict[str, str]
) -> dict[str, Any]:
    on_file = BackgroundAnswers.objects.filter(producer=producer, agent_type=agent_type)
    asked = questions_for(firm=producer.is_firm)
    records = request.POST.get("do") == "record"
    return {
        "producer": producer,
        "agent_type": agent_type,
        "agent_types": AgentType.choices,
        "on_file": on_file.defer("answers").first(),
        "rows": [_row(each, request.POST, faults, kept=records) for each in asked],
        "faults": faults if records else {},
        "reason_fault": faults.get("reason", ""),
        "papers": PAPERS,
        "back": _back(request, producer),
        "back_query": request.GET.get("back", ""),
        "may_not_reveal": lacking(signed_in(request), access.VIEW_ANSWERS),
    }


def _row(question: Question, said: QueryDict, faults: dict[str, str], *, kept: bool) -> dict[str, Any]:
    """A question with what was just typed; what is on file is never put into the form."""
    return {
        "question": question,
        "said": said.get(f"yes-{question.number}", "") if kept else "",
        "explanation": said.get(f"explanation-{question.number}", "") if kept else "",
        "fault": faults.get(question.number, ""),
    }


def _record(request: HttpRequest, producer: Producer, agent_type: str) -> None:
    answers = {
        each.number: {
            "yes": _YES_OR_NO.get(request.POST.get(f"yes-{each.number}", "")),
            "explanation": request.POST.get(f"explanation-{each.number}", ""),
        }
        for each in questions_for(firm=producer.is_firm)
    }
    record_answers(producer.pk, agent_type, answers, user=signed_in(request))
    messages.success(request, "The answers are kept, encrypted.")


def _reveal(request: HttpRequest, producer: Producer, agent_type: str) -> list[Answer]:
    reason = request.POST.get("reason", "")
    return read_answers(producer.pk, agent_type, user=signed_in(request), reason=reason)


def _back(request: HttpRequest, producer: Producer) -> str:
    """The request from which one came: only its query is taken from the address, never where it leads."""
    query = QueryDict(request.GET.get("back", "")).urlencode()
    url = reverse("appointments:license_request", args=[producer.pk])
    return f"{url}?{query}" if query else url
