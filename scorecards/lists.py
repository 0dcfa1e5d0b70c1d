"""The list of all scorecards: one description for the screen and the files."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments.access import PREPARE
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.requests import MOST
from core.actor import Actor
from core.lists.cells import Badge, Link, Tone
from core.lists.definition import BulkAction, Column, EmptyState, ListDefinition
from producers.cells import producer_link
from scorecards import selectors
from scorecards.access import VIEW_SCORECARDS
from scorecards.doing import appointment_requests
from scorecards.filters import ScorecardFilter, search_scorecards
from scorecards.models import Scorecard
from scorecards.wording import category_label, percent_text


def page_url(scorecard: Scorecard) -> str:
    return reverse("scorecards:page", args=[scorecard.number])


def _percent(value: Decimal | None) -> Badge | None:
    """Full is calm, less than half is loud."""
    if value is None:
        return None
    tone: Tone = "success" if value >= 100 else "danger" if value < 50 else "warning"
    return Badge(percent_text(value), tone)


def _freshness(scorecard: Scorecard) -> Badge:
    if scorecard.computed_at is None:
        return Badge("Being computed", "info")
    return Badge("Being computed again", "info") if scorecard.stale else Badge("Up to date", "success")


def _appoint(rows: QuerySet[Scorecard], actor: Actor) -> str | HttpResponse:
    """A dry run of every appointment that these scorecards ask for and that is possible; its plan is then approved."""
    wanted = appointment_requests(rows)
    if not wanted:
        return "None of these scorecards asks for an appointment that is possible now."
    if len(wanted) > MOST:
        return (
            f"These scorecards ask for {len(wanted):,} appointments; at most {MOST:,} are planned at once. "
            "Choose fewer, by agency or state."
        )
    plan = ask_appointments(wanted, dry_run=True, actor=actor)
    return redirect("appointments:plan", pk=plan.pk)


SCORECARDS: ListDefinition[Scorecard] = ListDefinition(
    key="scorecards",
    title="Scorecards",
    selector=selectors.scorecard_list,
    right=VIEW_SCORECARDS,
    filterset_class=ScorecardFilter,
    search=search_scorecards,
    search_hint="Number, NPN or producer (last name first)",
    columns=(
        Column("number", "Scorecard", lambda row: row.number, sort="id"),
        Column("producer", "Producer", lambda row: producer_link(row.producer), sort="producer__sort_name"),
        Column("npn", "NPN", lambda row: row.producer.npn),
        Column("agency", "Agency", lambda row: producer_link(row.producer.agency)),
        Column("owner", "Owner", lambda row: str(row.producer.owner) if row.producer.owner else None),
        Column("states", "States", lambda row: row.assignment.states),
        Column(
            "categories",
            "Categories",
            lambda row: [category_label(name) for name in row.assignment.loa_categories],
        ),
        Column("licensed", "Licensed", lambda row: _percent(row.licensed_percent), sort="licensed_percent"),
        Column(
            "appointed", "Appointed", lambda row: _percent(row.appointed_percent), sort="appointed_percent"
        ),
        Column(
            "to_do", "To do", lambda row: row.to_do or None, sort="to_do", help="Cells that ask for something"
        ),
        Column("freshness", "Freshness", _freshness),
        Column(
            "agent_type", "Agent type", lambda row: row.assignment.get_agent_type_display(), default=False
        ),
        Column("type", "Type", lambda row: row.assignment.get_scorecard_type_display(), default=False),
        Column("companies", "Companies", lambda row: row.assignment.cocodes, default=False),
        Column("computed_at", "Computed", lambda row: row.computed_at, default=False),
        Column("next_change_on", "Next change", lambda row: row.next_change_on, default=False),
        Column("open", "Open", lambda row: Link("Open", page_url(row)), default=False),
    ),
    default_sort="number",
    row_url=page_url,
    empty=EmptyState(
        "No scorecards yet.",
        "One is made when a producer has been read from the registry and has an assignment.",
    ),
    nouns=("scorecard", "scorecards"),
    actions=(BulkAction("appoint", "Plan what they ask to appoint…", _appoint, PREPARE),),
)
