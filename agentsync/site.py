"""The back office: django-unfold's admin site with our dashboard."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from unfold.sites import UnfoldAdminSite


class BackOfficeSite(UnfoldAdminSite):
    """Everything staff do happens under this site."""

    site_header = "AgentSync"
    site_title = "AgentSync"
    index_title = "Dashboard"
    index_template = "agentsync/dashboard.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard: what is to be done today."""
        from agentsync.dashboard import dashboard

        return super().index(request, {"rows": dashboard(request.user), **(extra_context or {})})
