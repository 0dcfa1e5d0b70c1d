"""The company screens."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from appointments import access, services
from appointments.forms.companies import CompanyForm, states_given
from appointments.models import Company, CompanyState
from appointments.selectors import records as selectors
from appointments.services.settings.companies import preview_company_states
from appointments.views.settings.telling import sentences
from core.access import actor_of, back_office_page, has_right, render_page, signed_in
from core.errors import Conflict, DomainError, InvalidInput
from producers.enums import AgentType
from producers.page import Action
from producers.states import state_choices


@back_office_page(right=access.VIEW_COMPANIES)
def company_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A company: who it is, and what it does in each state."""
    company = get_object_or_404(Company, pk=pk)
    return _company_page(request, company, selectors.states_of(company))


def _company_page(
    request: HttpRequest,
    company: Company,
    shown: Mapping[str, CompanyState],
    *,
    told: Sequence[str] = (),
    problem: str = "",
) -> HttpResponse:
    """The page with these settings in its grid: those on file, or those that were just entered."""
    user = signed_in(request)
    change = Action("Save", "", right=access.CHANGE_COMPANIES).for_user(user)
    context = {
        "company": company,
        "grid": [(state, name, shown.get(state)) for state, name in state_choices()],
        "agent_types": AgentType.choices,
        "active_states": sum(setting.active for setting in shown.values()),
        "actions": [action.for_user(user) for action in _actions(company)],
        "links": _links(company) if has_right(user, access.VIEW_TRANSACTIONS) else [],
        "refusal": change.disabled,
        "told": told,
        "problem": problem,
        "version": request.POST.get("version") or company.version,
    }
    status = 422 if problem else 200
    return render_page(request, "appointments/company_page.html", context, company.name, status=status)


def _actions(company: Company) -> list[Action]:
    bulk = f"{reverse('appointments:bulk_appoint')}?{urlencode({'company': company.pk})}"
    appoint = Action("Bulk appoint", bulk, "playlist_add", access.PREPARE)
    edit = Action(
        "Edit", reverse("appointments:company_edit", args=[company.pk]), "edit", access.CHANGE_COMPANIES
    )
    return [appoint, edit] if company.active else [edit]


def _links(company: Company) -> list[tuple[str, str]]:
    """Where the work of a company is shown."""
    return [
        ("Transactions", f"{reverse('appointments:transactions')}?{urlencode({'company': company.pk})}"),
        ("Fees", f"{reverse('appointments:ledger')}?{urlencode({'company': company.pk})}"),
        ("Appointments", f"{reverse('appointments:list')}?{urlencode({'cocode': company.cocode})}"),
    ]


@back_office_page(right=access.ADD_COMPANIES)
def new_company(request: HttpRequest) -> HttpResponse:
    """A new company."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = services.create_company(form.fields_given(), actor=actor_of(request))
        except InvalidInput as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, f"{company.name} is on file. Say below where it appoints.")
            return redirect("appointments:company", pk=company.pk)
    return _form_page(request, form, "New company", reverse("appointments:companies"), "Add company")


@back_office_page(right=access.CHANGE_COMPANIES)
def edit_company(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a company; a change made meanwhile by somebody else is not overwritten."""
    company = get_object_or_404(Company, pk=pk)
    form = CompanyForm(request.POST or None, company=company)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.update_company(
                pk, form.fields_given(), actor=actor_of(request), expected_version=version
            )
        except InvalidInput as refusal:
            _refuse(form, refusal)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "Saved.")
            return redirect("appointments:company", pk=pk)
    cancel = reverse("appointments:company", args=[pk])
    return _form_page(request, form, f"Edit {company.name}", cancel, "Save")


@require_POST
@back_office_page(right=access.CHANGE_COMPANIES)
def save_states(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the grid of state settings; what touches work or people is first told, and saved when confirmed."""
    company = get_object_or_404(Company, pk=pk)
    version = request.POST.get("version", "")
    known = selectors.states_of(company)
    given = states_given(request.POST, known)
    effect = preview_company_states(pk, given)
    touches = effect.transactions or effect.appointments
    if "look" in request.POST or (touches and "confirmed" not in request.POST):
        told = sentences(effect, "state setting", "state settings")
        return _company_page(request, company, _entered(given), told=told)
    try:
        services.set_company_states(
            pk,
            given,
            actor=actor_of(request),
            expected_version=int(version) if re.fullmatch(r"[0-9]{1,9}", version) else None,
        )
    except InvalidInput as refusal:
        problem = " ".join(error["message"] for error in refusal.errors)
        return _company_page(request, company, _entered(given), problem=problem)
    except DomainError as refusal:
        return _company_page(request, company, known, problem=str(refusal))
    messages.success(request, "The state settings are saved.")
    return redirect("appointments:company", pk=pk)


def _entered(given: Sequence[services.CompanyStateFields]) -> dict[str, CompanyState]:
    """What was entered, as the grid reads it; none of it is saved."""
    return {row["state"]: CompanyState(**row) for row in given}


def _refuse(form: CompanyForm, refusal: InvalidInput) -> None:
    """Show the faults at their fields, with a link to the company that is in the way."""
    form.refuse(refusal)
    if isinstance(refusal, services.DuplicateCompany):
        url = reverse("appointments:company", args=[refusal.existing.pk])
        form.add_error("cocode", format_html('<a href="{}">Open {}</a>', url, refusal.existing.name))


def _form_page(request: HttpRequest, form: CompanyForm, title: str, cancel: str, submit: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "cancel": cancel, "submit": submit}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render_page(request, "producers/form.html", context, title, status=status)
