"""Producers and assignments are put on file and changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from core.access import actor_of, back_office_page, render_page
from core.errors import Conflict, DomainError, InvalidInput
from producers import page, selectors, services
from producers.access import ADD_PRODUCERS, ASSIGN, CHANGE_PRODUCERS, VIEW_PRODUCERS
from producers.enums import EntityType
from producers.forms import AssignmentForm, ProducerForm
from producers.models import Producer, ProducerAssignment
from producers.services.assignments import check_assignment


@sensitive_post_parameters("ssn", "birth_date")
@back_office_page(right=ADD_PRODUCERS)
def new_producer(request: HttpRequest, entity_type: str) -> HttpResponse:
    """A new individual or agency."""
    form = ProducerForm(request.POST or None, entity_type=entity_type)
    if request.method == "POST" and form.is_valid():
        try:
            producer = services.create_producer(form.fields_given(), actor=actor_of(request))
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{producer.display_name} is on file.")
            return redirect("producers:page", pk=producer.pk)
    what = "agency" if entity_type == EntityType.FIRM else "producer"
    cancel = reverse("producers:agencies" if entity_type == EntityType.FIRM else "producers:list")
    return _form_page(request, form, f"New {what}", cancel, {"submit": f"Add {what}"})


@sensitive_post_parameters("ssn", "birth_date")
@back_office_page(right=CHANGE_PRODUCERS)
def edit_producer(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a producer; a change made meanwhile by somebody else is not overwritten."""
    producer = get_object_or_404(selectors.producers(), pk=pk)
    form = ProducerForm(request.POST or None, entity_type=producer.entity_type, producer=producer)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.update_producer(
                pk, form.fields_given(), actor=actor_of(request), expected_version=version
            )
        except InvalidInput as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, "Saved.")
            return redirect("producers:page", pk=pk)
    cancel = reverse("producers:page", args=[pk])
    return _form_page(request, form, f"Edit {producer.display_name}", cancel, {"submit": "Save"})


@require_GET
@back_office_page(right=VIEW_PRODUCERS)
def agency_suggestions(request: HttpRequest) -> HttpResponse:
    """Agencies whose name or NPN begins with what is being typed, as options of the form's list."""
    found = selectors.agencies_starting_with(request.GET.get("agency", ""))
    return render_page(request, "producers/parts/agency_options.html", {"agencies": found}, "")


@back_office_page(right=ASSIGN)
def new_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """A new assignment of a producer."""
    producer = get_object_or_404(selectors.producers(), pk=pk)
    return _assignment_page(request, producer, None)


@back_office_page(right=ASSIGN)
def edit_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a running assignment."""
    running = ProducerAssignment.objects.filter(ended_at__isnull=True)
    assignment = get_object_or_404(running, pk=pk)
    producer = get_object_or_404(selectors.producers(), pk=assignment.producer_id)
    return _assignment_page(request, producer, assignment)


@require_POST
@back_office_page(right=ASSIGN)
def end_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """End a running assignment."""
    assignment = get_object_or_404(ProducerAssignment, pk=pk)
    try:
        services.end_assignment(pk, actor=actor_of(request), reason=request.POST.get("reason", "").strip())
        messages.success(request, "The assignment has ended.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(_assignments_tab(assignment.producer_id))


def _assignment_page(
    request: HttpRequest, producer: Producer, assignment: ProducerAssignment | None
) -> HttpResponse:
    form = AssignmentForm(request.POST or None, assignment=assignment)
    extra: dict[str, Any] = {"submit": "Save" if assignment else "Add assignment"}
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" not in request.POST:
                _save_assignment(request, producer, assignment, form)
                messages.success(request, "The assignment is saved; its scorecard follows.")
                return redirect(_assignments_tab(producer.pk))
            extra |= _preview(producer, assignment, form)
        except InvalidInput as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
    extra["may_preview"] = page.assignment_preview() is not None
    title = f"{'Edit' if assignment else 'New'} assignment of {producer.display_name}"
    return _form_page(request, form, title, _assignments_tab(producer.pk), extra)


def _save_assignment(
    request: HttpRequest, producer: Producer, assignment: ProducerAssignment | None, form: AssignmentForm
) -> None:
    fields, actor = form.fields_given(), actor_of(request)
    if assignment is None:
        services.create_assignment(producer.pk, fields, actor=actor)
    else:
        version = form.cleaned_data["version"]
        services.update_assignment(assignment.pk, fields, actor=actor, expected_version=version)


def _preview(
    producer: Producer, assignment: ProducerAssignment | None, form: AssignmentForm
) -> dict[str, Any]:
    """What saving would change, said by the room that keeps scorecards."""
    preview = page.assignment_preview()
    if preview is None:
        return {}
    wanted = check_assignment(form.fields_given())
    wanted.producer = producer
    template, context = preview(producer, assignment, wanted)
    return {"preview": template, **context}


def _assignments_tab(producer_id: int) -> str:
    return reverse("producers:page", args=[producer_id]) + "?tab=assignments"


def _form_page(
    request: HttpRequest, form: Any, title: str, cancel: str, extra: dict[str, Any]
) -> HttpResponse:
    status = 200 if form.is_valid() or not form.is_bound else 422
    return render_page(
        request, "producers/form.html", {"form": form, "cancel": cancel, **extra}, title, status=status
    )
