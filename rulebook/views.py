"""The compliance library: all states side by side, one page a state, and the forms that change a rule."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from rulebook import clock, impact, library, selectors, services
from rulebook.access import CHANGE_LINES, CHANGE_RULES, library_page, may
from rulebook.comparison import compare
from rulebook.fields import BY_NAME, Kind, RuleField
from rulebook.forms import LineForm, OverrideForm, WithdrawForm
from rulebook.models import Jurisdiction, Origin, StateRule


@library_page()
def side_by_side(request: HttpRequest) -> HttpResponse:
    """All states side by side; the same box filters them and searches lines, classes and reasons."""
    on = _asked_day(request)
    text = request.GET.get("q", "").strip()[:100]
    table = compare(on, text=text, sort=request.GET.get("sort", ""))
    found = [hit for hit in library.search(text) if hit.kind != "State"]
    return _page(
        request, "library", "Compliance library", {"table": table, "q": text, "found": found, "on": on}
    )


@library_page()
def state_page(request: HttpRequest, state: str) -> HttpResponse:
    """Everything known of one state on a day, each answer with its source, confidence and since when."""
    jurisdiction, on = _state_or_404(state), _asked_day(request)
    sheet = library.answers(jurisdiction.code, on)
    context = {
        "state": jurisdiction,
        "on": on,
        "is_today": on == clock.today(),
        "sheet": sheet,
        "sources": library.sources_of(sheet),
        "reasons": selectors.reasons_of(jurisdiction.code, on),
        "lines": library.lines_of(jurisdiction.code),
        "classes": library.classes_of(jurisdiction.code),
        "fees": selectors.fees_of(jurisdiction.code),
        "windows": jurisdiction.renewal_windows.all(),
        "may_change": may(request, CHANGE_RULES),
        "may_change_lines": may(request, CHANGE_LINES),
    }
    return _page(request, "state", jurisdiction.name, context)


@library_page(CHANGE_RULES)
def change_rule(request: HttpRequest, state: str, field: str) -> HttpResponse:
    """Say for a period what a rule is: first a preview of the days that change, then the save."""
    jurisdiction, definition = _state_or_404(state), _field_or_404(field)
    form = OverrideForm(
        request.POST or None,
        initial={"effective_from": clock.today(), "value": _said_today(jurisdiction, definition)},
        state=jurisdiction.code,
        definition=definition,
        author=_author(request),
        user_id=request.user.pk,
    )
    context: dict[str, Any] = {"state": jurisdiction, "definition": definition, "form": form}
    if form.is_valid() and form.draft is not None:
        if "save" in request.POST and _accepted(form, services.override_rule, **form.rule):
            messages.success(request, f"{definition.label} of {jurisdiction.name} is changed for these days.")
            return redirect("rulebook:state", jurisdiction.code)
        context["stretches"] = library.preview(jurisdiction.code, definition.name, extra=[form.draft])
        context["impact"] = impact.sentences([form.draft])
    return _page(request, "change_rule", f"{jurisdiction.name}: {definition.label}", context)


@library_page(CHANGE_RULES)
def withdraw_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a local rule back, seeing first what will be said instead."""
    rule = get_object_or_404(StateRule.objects.select_related("jurisdiction"), pk=pk, origin=Origin.LOCAL)
    form = WithdrawForm(request.POST or None)
    if form.is_valid() and _accepted(
        form, services.withdraw_override, rule, **form.cleaned_data, **_signature(request)
    ):
        messages.success(request, f"The local rule for {rule.jurisdiction} is withdrawn.")
        return redirect("rulebook:state", rule.jurisdiction_id)
    stretches = (
        [] if rule.is_withdrawn else library.preview(rule.jurisdiction_id, rule.field, without=[rule.pk])
    )
    title = f"Withdraw a local rule of {rule.jurisdiction}"
    return _page(request, "withdraw_rule", title, {"rule": rule, "form": form, "stretches": stretches})


@library_page(CHANGE_LINES)
def change_line(request: HttpRequest, state: str, code: str) -> HttpResponse:
    """Say which categories a line belongs to, or take back what was said."""
    jurisdiction = _state_or_404(state)
    line = selectors.load_rule_book().line(jurisdiction.code, code)
    form = LineForm(request.POST or None, initial={"name": line.name, "categories": sorted(line.categories)})
    if form.is_valid() and _line_said(request, form, jurisdiction.code, code):
        messages.success(request, f"Line {code} of {jurisdiction.name} is said anew.")
        return redirect("rulebook:state", jurisdiction.code)
    context = {"state": jurisdiction, "code": code, "line": line, "form": form}
    return _page(request, "change_line", f"{jurisdiction.name}: line {code}", context)


def _line_said(request: HttpRequest, form: LineForm, state: str, code: str) -> bool:
    said, signature = library.local_line(state, code), _signature(request)
    if said and "withdraw" in request.POST:
        return _accepted(form, services.withdraw_line, said, reason=form.cleaned_data["reason"], **signature)
    asked = {"jurisdiction": state, "loa_code": code, **form.cleaned_data}
    return _accepted(form, services.mend_line, **asked, **signature)


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"rulebook/{name}.html", {**frame, "title": title, **context})


def _state_or_404(code: str) -> Jurisdiction:
    return get_object_or_404(library.states(), code=code.upper())


def _field_or_404(name: str) -> RuleField:
    if name not in BY_NAME:
        raise Http404(f"There is no rule {name}.")
    return BY_NAME[name]


def _said_today(state: Jurisdiction, definition: RuleField) -> str | list[str]:
    """What the rule says today, to begin the form with."""
    rule = selectors.load_rule_book().value(state.code, definition.name, clock.today())
    if definition.kind is Kind.WORDS:
        return list(rule.words) if rule else []
    return rule.value if rule else ""


def _asked_day(request: HttpRequest) -> date:
    """The day of `?on=`; a day that is none reads as today, and the page shows which day it is of."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


def _author(request: HttpRequest) -> str:
    return str(request.user)


def _signature(request: HttpRequest) -> dict[str, Any]:
    return {"author_label": _author(request), "user_id": request.user.pk}


def _accepted(form: Any, service: Any, *args: Model, **asked: Any) -> bool:
    """Ask a service; its refusal becomes the form's."""
    try:
        service(*args, **asked)
    except ValidationError as refusal:
        for field, errors in _by_field(refusal).items():
            form.add_error(field if field in form.fields else None, errors)
        return False
    return True


def _by_field(refusal: ValidationError) -> dict[str, list[str]]:
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"": list(refusal.messages)}
