"""Lists of this room: one description each for the screen, the files and the API."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from appointments import access
from appointments.enums import AppointmentStatus
from appointments.filters.records import AppointmentFilter, CompanyFilter
from appointments.lists.selections import TERMINATE
from appointments.models import Appointment, Company
from appointments.selectors import records as selectors
from core.lists.cells import Badge
from core.lists.definition import Column, EmptyState, ListDefinition, PageButton
from producers.cells import page_url, producer_link
from rulebook.rules.vocabulary import LoaCategory


def status_badge(row: Appointment) -> Badge:
    if row.removed_at:
        return Badge("No longer at the registry", "neutral")
    return Badge(
        row.get_status_display(), "success" if row.status == AppointmentStatus.APPOINTED else "warning"
    )


def categories(row: Company) -> list[str]:
    return [LoaCategory(code).label for code in row.loa_categories]


def active_states(row: Company) -> list[str]:
    return [setting.state for setting in row.states.all() if setting.active]


APPOINTMENTS: ListDefinition[Appointment] = ListDefinition(
    key="appointments",
    title="Appointments",
    selector=selectors.appointment_list,
    right=access.VIEW_APPOINTMENTS,
    filterset_class=AppointmentFilter,
    columns=(
        Column("producer", "Producer", lambda row: producer_link(row.producer)),
        Column("npn", "NPN", lambda row: row.producer.npn),
        Column("state", "State", lambda row: row.state),
        Column("company", "Company", lambda row: row.company_name),
        Column("cocode", "CoCode", lambda row: row.cocode, sort=("cocode", "state")),
        Column("line", "Line of authority", lambda row: row.loa or row.loa_code),
        Column("status", "Status", status_badge),
        Column("status_date", "Since", lambda row: row.status_date),
        Column("renewal_date", "Renewal", lambda row: row.renewal_date),
        Column("termination_reason", "Termination reason", lambda row: row.termination_reason, default=False),
        Column("county", "County", lambda row: row.county_code, default=False),
        Column("fein", "FEIN", lambda row: row.fein, default=False),
        Column("known_from", "Known since", lambda row: row.known_from, default=False),
    ),
    row_url=lambda row: f"{page_url(row.producer)}?tab=appointments",
    empty=EmptyState(
        "No appointments are on file.", "They are read from the registry when producers are synced."
    ),
    actions=(TERMINATE,),
    nouns=("appointment", "appointments"),
)

ADD_COMPANY = PageButton("Add company", lambda: reverse("appointments:company_new"), access.ADD_COMPANIES)

COMPANIES: ListDefinition[Company] = ListDefinition(
    key="companies",
    title="Companies",
    selector=selectors.company_list,
    right=access.VIEW_COMPANIES,
    filterset_class=CompanyFilter,
    search=lambda rows, term: rows.filter(
        Q(name__icontains=term) | Q(cocode=term) | Q(fein=term.replace("-", ""))
    ),
    search_hint="Name, CoCode or FEIN",
    columns=(
        Column("name", "Name", lambda row: row.name, sort="name"),
        Column("cocode", "CoCode", lambda row: row.cocode, sort="cocode"),
        Column(
            "active", "Active", lambda row: Badge("Active", "success") if row.active else Badge("Inactive")
        ),
        Column("loa_categories", "LOA categories", categories),
        Column("active_states", "Active states", active_states),
        Column("fein", "FEIN", lambda row: row.fein, default=False),
        Column(
            "internal", "Internal appointments", lambda row: row.create_internal_appointment, default=False
        ),
        Column(
            "assignment_required",
            "Assignment required",
            lambda row: row.appointment_producer_assignment_required,
            default=False,
        ),
    ),
    default_sort="name",
    row_url=lambda row: reverse("appointments:company", args=[row.pk]),
    buttons=(ADD_COMPANY,),
    empty=EmptyState(
        "No companies yet.",
        "Add the carriers that appoint your producers, each with its CoCode.",
        ADD_COMPANY,
    ),
    nouns=("company", "companies"),
)
