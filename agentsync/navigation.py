"""The way through the back office, by task. An entry is shown to those who hold its right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from appointments.access import PREPARE, VIEW_TRANSACTIONS
from core.access import has_right
from core.imports.access import VIEW as VIEW_UPLOADS


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sidebar."""

    title: str
    icon: str
    url_name: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A headed part of the sidebar."""

    title: str
    entries: tuple[Entry, ...]


NAVIGATION = (
    Group("", (Entry("Dashboard", "space_dashboard", "admin:index"),)),
    Group(
        "Producers",
        (
            Entry("Producers", "badge", "producers:list", "producers.view_producer"),
            Entry("Agencies", "domain", "producers:agencies", "producers.view_producer"),
            Entry("Licenses", "id_card", "producers:licenses", "producers.view_license"),
            Entry("Appointments", "handshake", "appointments:list", "appointments.view_appointment"),
            Entry("Scorecards", "scoreboard", "scorecards:list", "scorecards.view_scorecard"),
            Entry("Changes", "difference", "producers:changes", "producers.view_change"),
            Entry("Uploads", "upload_file", "imports:list", VIEW_UPLOADS),
        ),
    ),
    Group(
        "Transactions",
        (
            Entry("Actionable", "checklist_rtl", "appointments:transactions_actionable", VIEW_TRANSACTIONS),
            Entry("All transactions", "swap_horiz", "appointments:transactions", VIEW_TRANSACTIONS),
            Entry("Bulk appoint", "playlist_add", "appointments:bulk_appoint", PREPARE),
            Entry("Request sets", "inventory", "appointments:plans", VIEW_TRANSACTIONS),
            Entry("Fee ledger", "payments", "appointments:ledger", VIEW_TRANSACTIONS),
            Entry("Gateway", "router", "appointments:gateway", VIEW_TRANSACTIONS),
            Entry(
                "Gateway settings",
                "settings_input_antenna",
                "appointments:gateway_settings",
                "appointments.view_gatewaysettings",
            ),
        ),
    ),
    Group(
        "Rules",
        (
            Entry("Companies", "apartment", "appointments:companies", "appointments.view_company"),
            Entry(
                "Business rules",
                "rule_settings",
                "appointments:business_rules",
                "appointments.view_gatewaybusinessrule",
            ),
            Entry(
                "Default reasons",
                "event_list",
                "appointments:default_reasons",
                "appointments.view_defaultterminationreason",
            ),
            Entry("Fees", "request_quote", "appointments:fees", VIEW_TRANSACTIONS),
            Entry("Compliance library", "gavel", "rulebook:library", "rulebook.view_jurisdiction"),
        ),
    ),
    Group(
        "Operation",
        (
            Entry("Notices", "notifications", "notices:list"),
            Entry("Syncs", "sync", "producers:runs", "producers.view_syncrun"),
            Entry("Jobs", "checklist", "jobs:list", "jobs.view_job"),
            Entry(
                "Registry calls",
                "receipt_long",
                "admin:nipr_registrycall_changelist",
                "nipr.view_registrycall",
            ),
            Entry("Audit trail", "history", "audit:list", "audit.view_auditentry"),
        ),
    ),
    Group(
        "Settings",
        (
            Entry("People", "group", "admin:accounts_user_changelist", "accounts.view_user"),
            Entry("Roles and rights", "shield_person", "admin:auth_group_changelist", "auth.view_group"),
            Entry(
                "API clients",
                "key",
                "admin:oauth2_provider_application_changelist",
                "oauth2_provider.view_application",
            ),
        ),
    ),
)


def entries_of(user: Any) -> list[Entry]:
    """Every page of the sidebar that this person may open."""
    return [entry for group in NAVIGATION for entry in group.entries if has_right(user, entry.right)]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """NAVIGATION as django-unfold draws it, for one person."""
    allowed = entries_of(request.user)
    return [
        {"title": group.title or None, "separator": bool(group.title), "items": items}
        for group in NAVIGATION
        if (items := [_item(entry) for entry in group.entries if entry in allowed])
    ]


def _item(entry: Entry) -> dict[str, Any]:
    return {"title": entry.title, "icon": entry.icon, "link": reverse(entry.url_name)}
