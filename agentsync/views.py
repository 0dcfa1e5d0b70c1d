"""Pages that belong to nobody else: errors, health, metrics."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: usually a tab left open over night."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
