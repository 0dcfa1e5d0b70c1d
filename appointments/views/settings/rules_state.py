"""Gateway business rules of one state: which lines are active, and for which license classes."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from appointments import access
from appointments.models import GatewayBusinessRule
from appointments.services.settings import known_lines, rules
from appointments.services.settings.values import RuleFields
from appointments.views.settings.matrix import line_name
from appointments.views.settings.rules import VIEW_RULES, rights_of
from appointments.views.settings.telling import sentences
from core.access import (
    actor_of,
    back_office_page,
    has_right,
    lacking,
    render_page,
    require_right,
    signed_in,
)
from core.errors import Conflict, DomainError, InvalidInput
from producers.enums import AgentType
from producers.states import state_choices, state_names
from rulebook.selectors import load_rule_book


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
        "refusal": lacking(signed_in(request), access.CHANGE_RULES),
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
