"""The company screens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from appointments import access, services
from appointments.forms.companies import CompanyForm, states_given
from appointments.models import Company
from appointments.selectors import records as selectors
from core.access import actor_of, back_office_page, render_page, signed_in
from core.errors import Conflict, DomainError, InvalidInput
from producers.enums import AgentType
from producers.page import Action
from producers.states import state_choices


@back_office_page(right=access.VIEW_COMPANIES)
def company_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A company: who it is, and what it does in each state."""
    company = get_object_or_404(Company, pk=pk)
    settings = selectors.states_of(company)
    edit = Action("Edit", reverse("appointments:company_edit", args=[pk]), "edit", access.CHANGE_COMPANIES)
    change = Action("Save", "", right=access.CHANGE_COMPANIES).for_user(signed_in(request))
    context = {
        "company": company,
        "grid": [(state, name, settings.get(state)) for state, name in state_choices()],
        "agent_types": AgentType.choices,
        "active_states": sum(setting.active for setting in settings.values()),
        "actions": [edit.for_user(signed_in(request))],
        "refusal": change.disabled,
    }
    return render_page(request, "appointments/company_page.html", context, company.name)


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
    """Save the grid of state settings."""
    company = get_object_or_404(Company, pk=pk)
    version = request.POST.get("version", "")
    try:
        services.set_company_states(
            pk,
            states_given(request.POST, selectors.states_of(company)),
            actor=actor_of(request),
            expected_version=int(version) if version.isdecimal() else None,
        )
        messages.success(request, "The state settings are saved.")
    except InvalidInput as refusal:
        messages.error(request, " ".join(error["message"] for error in refusal.errors))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("appointments:company", pk=pk)


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
