"""The back office: django-unfold's admin site with our dashboard and our search."""

from __future__ import annotations

from unfold.sites import UnfoldAdminSite


class BackOfficeSite(UnfoldAdminSite):
    """Everything staff do happens under this site."""

    site_header = "AgentSync"
    site_title = "AgentSync"
    index_title = "Today"
