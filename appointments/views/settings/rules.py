"""Gateway business rules: the matrix of lines by states, and many of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from appointments import access
from appointments.services.settings import rules
from appointments.services.settings.values import Effect
from appointments.views.settings.matrix import matrix
from appointments.views.settings.telling import sentences
from core.access import (
    actor_of,
    back_office_page,
    has_right,
    lacking,
    render_page,
    signed_in,
)
from core.errors import DomainError, InvalidInput
from producers.enums import AgentType
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices, state_names
from rulebook.rules.vocabulary import LoaCategory

VIEW_RULES = "appointments.view_gatewaybusinessrule"
CATEGORIES = [(each.value, each.label) for each in (*ASSIGNABLE_CATEGORIES, LoaCategory.NOT_APPLICABLE)]
NOTHING = {
    "activate": "Tick at least one line and at least one state.",
    "deactivate": "Tick at least one line and at least one state.",
    "seed": "Tick at least one state.",
}
DOES = {
    "activate": "Switch on {lines} in {states}",
    "deactivate": "Switch off {lines} in {states}",
    "seed": "Take over the lines that the rule book knows in {states}",
}


@back_office_page(right=VIEW_RULES)
def business_rules(request: HttpRequest) -> HttpResponseBase:
    """The matrix of lines by states for one category."""
    return _matrix_page(request, request.GET, "")


def _matrix_page(request: HttpRequest, shown: QueryDict, problem: str) -> HttpResponse:
    category, agent_type = _filters(shown)
    may = has_right(signed_in(request), access.CHANGE_RULES)
    context = {
        "matrix": matrix(category, agent_type),
        "category": category,
        "categories": CATEGORIES,
        "agent_type": agent_type,
        "agent_types": AgentType.choices,
        "lines": shown.getlist("line"),
        "states": shown.getlist("state"),
        "may": may,
        "refusal": lacking(signed_in(request), access.CHANGE_RULES),
        "problem": problem,
    }
    title = "Gateway business rules"
    status = 422 if problem else 200
    return render_page(request, "appointments/settings/rules.html", context, title, status=status)


def _filters(shown: QueryDict) -> tuple[str, str]:
    category = shown.get("category", LoaCategory.LIFE.value)
    agent_type = shown.get("agent_type", AgentType.PRODUCER.value)
    return (
        category if category in dict(CATEGORIES) else "",
        agent_type if agent_type in AgentType.values else AgentType.PRODUCER.value,
    )


@dataclass(frozen=True, slots=True)
class _Bulk:
    """What is to be done with which lines in which states."""

    do: str
    lines: list[str]
    states: list[str]
    agent_type: str

    @property
    def complete(self) -> bool:
        return bool(self.states) and (self.do == "seed" or bool(self.lines))

    def words(self) -> str:
        lines = f"{len(self.lines)} line{'s' if len(self.lines) != 1 else ''}"
        states = (
            state_names().get(self.states[0], "") if len(self.states) == 1 else f"{len(self.states)} states"
        )
        return DOES[self.do].format(lines=lines, states=states)

    def preview(self) -> Effect:
        if self.do == "seed":
            return rules.preview_seed(self.states, agent_type=self.agent_type)
        return rules.preview_business_rules_in_bulk(
            self.states, self.lines, agent_type=self.agent_type, active=self.do == "activate"
        )

    def save(self, request: HttpRequest) -> Effect:
        actor, allowed = actor_of(request), rights_of(request)
        if self.do == "seed":
            return rules.seed_business_rules(
                self.states, agent_type=self.agent_type, actor=actor, has_right=allowed
            )
        return rules.set_business_rules_in_bulk(
            self.states,
            self.lines,
            agent_type=self.agent_type,
            active=self.do == "activate",
            actor=actor,
            has_right=allowed,
        )


def rights_of(request: HttpRequest) -> Callable[[str], bool]:
    """Whether the person behind a request holds a right, as services ask it."""
    user = signed_in(request)
    return lambda right: has_right(user, right)


@require_POST
@back_office_page(right=access.CHANGE_RULES)
def business_rules_bulk(request: HttpRequest) -> HttpResponseBase:
    """Many lines in many states: first what it would change, then, confirmed, the change."""
    bulk = _Bulk(
        do=request.POST.get("do", "") if request.POST.get("do") in DOES else "activate",
        lines=[each.replace("\x00", "")[:20] for each in request.POST.getlist("line")],
        states=[state for state in state_names() if state in request.POST.getlist("state")],
        agent_type=_filters(request.POST)[1],
    )
    if not bulk.complete:
        return _matrix_page(request, request.POST, NOTHING[bulk.do])
    try:
        if "confirmed" in request.POST:
            effect = bulk.save(request)
            messages.success(request, " ".join(sentences(effect, "rule", "rules")))
            query = {"category": _filters(request.POST)[0], "agent_type": bulk.agent_type}
            return redirect(f"{reverse('appointments:business_rules')}?{urlencode(query)}")
        effect = bulk.preview()
    except InvalidInput as refusal:
        return _matrix_page(request, request.POST, " ".join(e["message"] for e in refusal.errors[:5]))
    except DomainError as refusal:
        return _matrix_page(request, request.POST, str(refusal))
    context = {
        "bulk": bulk,
        "words": bulk.words(),
        "sentences": sentences(effect, "rule", "rules"),
        "nothing": effect.nothing,
        "category": _filters(request.POST)[0],
        "where": [f"{name} ({code})" for code, name in state_choices() if code in bulk.states],
    }
    return render_page(request, "appointments/settings/rules_preview.html", context, "Gateway business rules")
