"""Changes are acknowledged one by one, or all of a producer, from its page; the inbox does the rest."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import actor_of, back_office_page
from producers import services
from producers.access import ACKNOWLEDGE
from producers.models import Change, Producer


@require_POST
@back_office_page(right=ACKNOWLEDGE)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge one change (``change``) or all of one producer (``producer``)."""
    if request.POST.get("change", "").isdecimal():
        change = get_object_or_404(Change, pk=request.POST["change"])
        producer_id, rows = change.producer_id, Change.objects.filter(pk=change.pk)
    else:
        wanted = request.POST.get("producer", "")
        producer_id = get_object_or_404(
            Producer.objects.only("pk"), pk=wanted if wanted.isdecimal() else 0
        ).pk
        rows = Change.objects.filter(producer_id=producer_id)
    count = services.acknowledge_changes(rows, actor=actor_of(request))
    messages.success(request, f"{count:,} change{'s' if count != 1 else ''} acknowledged.")
    return redirect(reverse("producers:page", args=[producer_id]) + "?tab=changes")
