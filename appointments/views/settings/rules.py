"""Gateway business rules: the matrix, many states at once, and the page of one state."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from appointments import access
from appointments.models import GatewayBusinessRule
from appointments.services.settings import known_lines, rules
from appointments.services.settings.values import Effect, RuleFields
from appointments.views.settings.matrix import line_name, matrix
from appointments.views.settings.telling import sentences
from core.access import (
    actor_of,
    back_office_page,
    has_right,
    render_page,
    require_right,
    right_label,
    signed_in,
)
from core.errors import Conflict, DomainError, InvalidInput
from producers.enums import AgentType
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_choices, state_names
from rulebook.rules.vocabulary import LoaCategory
from rulebook.selectors import load_rule_book

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
        "refusal": "" if may else f"Needs the right “{right_label(access.CHANGE_RULES)}”.",
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


# One state ------------------------------------------------------------------------------------------------------------


@back_office_page(right=VIEW_RULES)
def business_rules_state(request: HttpRequest, state: str) -> HttpResponseBase:
    """Every line of a state: which are active, and for which license classes."""
    names = state_names()
    if state not in names:
        raise Http404
    may = has_right(signed_in(request), access.CHANGE_RULES)
    told: list[str] = []
    problem = ""
    if request.method == "POST":
        require_right(signed_in(request), access.CHANGE_RULES)
        try:
            done, told = _state_posted(request, state)
            if done:
                messages.success(request, " ".join(told))
                return redirect("appointments:business_rules_state", state=state)
        except InvalidInput as refusal:
            problem = " ".join(error["message"] for error in refusal.errors[:8])
        except DomainError as refusal:
            problem = str(refusal)
    context = {
        "state": state,
        "name": names[state],
        "groups": _groups(state, request.POST if request.method == "POST" else None),
        "stamp": _stamp(state) if request.method != "POST" else request.POST.get("stamp", ""),
        "told": told,
        "problem": problem,
        "may": may,
        "refusal": "" if may else f"Needs the right “{right_label(access.CHANGE_RULES)}”.",
        "others": state_choices(),
    }
    title = f"Gateway business rules: {names[state]}"
    status = 422 if problem else 200
    return render_page(request, "appointments/settings/rules_state.html", context, title, status=status)


def _state_posted(request: HttpRequest, state: str) -> tuple[bool, list[str]]:
    """Save what was posted, or say what saving would change."""
    if request.POST.get("stamp", "") != _stamp(state):
        raise Conflict(
            "Somebody else changed the rules of this state while you were working on them.",
            "Open the page again, then make your change.",
        )
    wanted = _wanted(state, request.POST)
    effect = rules.preview_business_rules(state, wanted)
    told = sentences(effect, "rule", "rules")
    if "confirmed" not in request.POST:
        return False, told
    rules.set_business_rules(state, wanted, actor=actor_of(request), has_right=rights_of(request))
    return True, told


def _wanted(state: str, posted: QueryDict) -> list[RuleFields]:
    """The whole set of a state as posted: what is ticked, and what was there before, off."""
    there = {(rule.agent_type, rule.loa_code) for rule in GatewayBusinessRule.objects.filter(state=state)}
    wanted: list[RuleFields] = []
    for agent_type, code in _lines(state, there):
        active = f"{agent_type}-{code}" in posted
        if active or (agent_type, code) in there:
            classes = posted.get(f"classes-{agent_type}-{code}", "").replace("\x00", "")
            wanted.append(
                {
                    "loa_code": code,
                    "agent_type": agent_type,
                    "active": active,
                    "license_class_codes": [each.strip() for each in classes.split(",") if each.strip()]
                    or None,
                }
            )
    return wanted


def _lines(state: str, there: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Agent type and code of every line that is known or set in a state."""
    book = load_rule_book()
    known = {(kind, code) for kind in AgentType.values for code in known_lines.codes(book, state, kind)}
    order = list(AgentType.values)
    return sorted(known | there, key=lambda line: (order.index(line[0]), line_name(book, state, line[1])))


def _groups(state: str, posted: QueryDict | None) -> list[dict[str, Any]]:
    """The lines by agent type, as set or as posted."""
    book = load_rule_book()
    rows = {(r.agent_type, r.loa_code): r for r in GatewayBusinessRule.objects.filter(state=state)}
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in AgentType.values}
    for kind, code in _lines(state, set(rows)):
        rule = rows.get((kind, code))
        name, classes = f"{kind}-{code}", f"classes-{kind}-{code}"
        said = ", ".join(rule.license_class_codes or []) if rule else ""
        found[kind].append(
            {
                "name": name,
                "classes_name": classes,
                "code": code,
                "line": line_name(book, state, code),
                "categories": sorted(book.line(state, code).categories),
                "active": name in posted if posted is not None else bool(rule and rule.active),
                "classes": posted.get(classes, "") if posted is not None else said,
                "is_set": rule is not None,
            }
        )
    return [{"label": AgentType(kind).label, "rows": lines} for kind, lines in found.items() if lines]


def _stamp(state: str) -> str:
    """What the rules of a state say now, so that nobody overwrites what somebody else has saved meanwhile."""
    rows = GatewayBusinessRule.objects.filter(state=state).order_by("agent_type", "loa_code")
    said = [
        f"{r.agent_type}.{r.loa_code}.{int(r.active)}.{'+'.join(r.license_class_codes or ['*'])}"
        for r in rows
    ]
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:16]
