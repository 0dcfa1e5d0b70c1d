"""Lists of this room: one description each for the screen, the files and the API."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import lazy

from core import clock
from core.actor import Actor
from core.lists.cells import Badge
from core.lists.definition import BulkAction, Column, EmptyState, ListDefinition, PageButton
from producers import access, selectors, services
from producers.cells import (
    EFFECT_TONES,
    STANDINGS,
    acknowledgement,
    difference,
    page_url,
    producer_link,
    run_badge,
    sync_badge,
    tracking_badge,
)
from producers.enums import Tracking
from producers.filters import ChangeFilter, LicenseFilter, ProducerFilter, SyncRunFilter
from producers.models import Change, License, Producer, SyncRun
from producers.selectors import HeldLicense
from producers.sync.runs import request_sync
from producers.wording import lookup_price


def search_producers(rows: QuerySet[Producer], term: str) -> QuerySet[Producer]:
    """Every word somewhere in the name; a number at the start of the NPN; an e-mail address as it is."""
    if term.isdigit():
        return rows.filter(Q(npn__prefix=term) | Q(external_id=term))
    if "@" in term:
        return rows.filter(email=term.lower())
    named = Q()
    for word in term.casefold().replace(",", " ").split():
        named &= Q(sort_name__contains=word)
    return rows.filter(named | Q(external_id=term))


# Bulk actions ---------------------------------------------------------------------------------------------------------


def _sync(rows: QuerySet[Producer], actor: Actor) -> str:
    ids = list(rows.exclude(services.tracking.NOT_ON_REGISTRY).order_by().values_list("pk", flat=True))
    if not ids:
        return "None of these has an NPN that the registry knows."
    with transaction.atomic():
        request_sync(ids, actor=actor, reason="Sync of a selection")
    return f"A sync of {len(ids):,} producer{'s' if len(ids) != 1 else ''} is on its way; Syncs shows how it goes."


def _track(tracking: Tracking) -> Any:
    def run(rows: QuerySet[Producer], actor: Actor) -> str:
        ids = list(rows.order_by().values_list("pk", flat=True))
        outcome = services.set_tracking(ids, tracking, actor=actor)
        refused = (
            f" {len(outcome.refused)} without an NPN of the registry cannot be tracked."
            if outcome.refused
            else ""
        )
        return f"NIPR tracking is now {tracking} for {len(outcome.changed):,} more.{refused}"

    return run


def _sync_question() -> str:
    return f"One full report is read for each, and the registry charges {lookup_price()} for it."


ON_PRODUCERS: list[BulkAction[Producer]] = [
    BulkAction("sync", "Sync now", _sync, access.SYNC_PRODUCERS, lazy(_sync_question, str)()),
    BulkAction(
        "track",
        "Start tracking",
        _track(Tracking.ACTIVE),
        access.CHANGE_PRODUCERS,
        "They are updated daily and counted in billing. Those never read before are read now, which is charged.",
    ),
    BulkAction(
        "untrack",
        "Stop tracking",
        _track(Tracking.INACTIVE),
        access.CHANGE_PRODUCERS,
        "Their daily updates stop. What is known stays on file.",
    ),
]
"""What can be done with many producers or agencies; higher rooms add to it."""


def register_bulk_action(action: BulkAction[Producer]) -> None:
    """Add an action to the lists of producers and of agencies; registering a name again replaces it."""
    ON_PRODUCERS[:] = [*(each for each in ON_PRODUCERS if each.name != action.name), action]


ON_LICENSES: list[BulkAction[License]] = []
"""What can be done with many licenses; higher rooms fill it."""


def register_license_action(action: BulkAction[License]) -> None:
    """Add an action to the list of licenses; registering a name again replaces it."""
    ON_LICENSES[:] = [*(each for each in ON_LICENSES if each.name != action.name), action]


def _acknowledge(rows: QuerySet[Change], actor: Actor) -> str:
    count = services.acknowledge_changes(rows, actor=actor)
    return f"{count:,} change{'s' if count != 1 else ''} acknowledged."


# The lists ------------------------------------------------------------------------------------------------------------

NAME: Column[Producer] = Column("name", "Name", lambda row: row.display_name, sort="sort_name")
NPN: Column[Producer] = Column("npn", "NPN", lambda row: row.npn, sort="npn")
STATUS: tuple[Column[Producer], ...] = (
    Column("tracking", "Tracking", tracking_badge),
    Column("sync_status", "Sync status", sync_badge),
)
DETAILS: tuple[Column[Producer], ...] = (
    Column("owner", "Owner", lambda row: str(row.owner) if row.owner else None),
    Column("email", "E-mail", lambda row: row.email, default=False),
    Column("last_synced_at", "Facts read", lambda row: row.last_synced_at),
    Column("sync_message", "Sync message", lambda row: row.sync_message, default=False),
    Column("external_id", "External id", lambda row: row.external_id, default=False),
    Column("created_at", "On file since", lambda row: row.created_at, default=False),
)

ADD_PRODUCER = PageButton("Add producer", lambda: reverse("producers:new"), access.ADD_PRODUCERS)
ADD_AGENCY = PageButton("Add agency", lambda: reverse("producers:new_agency"), access.ADD_PRODUCERS)

PRODUCERS: ListDefinition[Producer] = ListDefinition(
    key="producers",
    title="Producers",
    selector=selectors.producer_list,
    right=access.VIEW_PRODUCERS,
    filterset_class=ProducerFilter,
    search=search_producers,
    search_hint="Name, NPN, e-mail or external id",
    columns=(
        NAME,
        NPN,
        *STATUS,
        Column("agency", "Agency", lambda row: producer_link(row.agency)),
        Column("resident_state", "Resident state", lambda row: row.resident_state),
        *DETAILS,
    ),
    default_sort="name",
    row_url=page_url,
    actions=ON_PRODUCERS,
    buttons=(ADD_PRODUCER,),
    empty=EmptyState(
        "No producers yet.",
        "Add one with its NPN, and its licenses are read from the registry.",
        ADD_PRODUCER,
    ),
    nouns=("producer", "producers"),
)

AGENCIES: ListDefinition[Producer] = ListDefinition(
    key="agencies",
    title="Agencies",
    selector=selectors.agency_list,
    right=access.VIEW_PRODUCERS,
    filterset_class=ProducerFilter,
    search=search_producers,
    search_hint="Name, NPN or external id",
    columns=(
        NAME,
        NPN,
        *STATUS,
        Column(
            "dummy_npn", "Dummy NPN", lambda row: Badge("Dummy NPN", "warning") if row.dummy_npn else None
        ),
        Column("fein", "FEIN", lambda row: row.fein),
        Column("resident_state", "Resident state", lambda row: row.resident_state),
        *DETAILS,
    ),
    default_sort="name",
    row_url=page_url,
    actions=ON_PRODUCERS,
    buttons=(ADD_AGENCY,),
    empty=EmptyState("No agencies yet.", "Add the firms that your producers belong to.", ADD_AGENCY),
    nouns=("agency", "agencies"),
)

CHANGES: ListDefinition[Change] = ListDefinition(
    key="changes",
    title="Changes",
    selector=selectors.change_list,
    right=access.VIEW_CHANGES,
    filterset_class=ChangeFilter,
    columns=(
        Column("known_at", "Known since", lambda row: row.known_at, sort="known_at"),
        Column("producer", "Producer", lambda row: producer_link(row.producer)),
        Column("effect", "Effect", lambda row: Badge(row.get_effect_display(), EFFECT_TONES[row.effect])),
        Column("subject", "What", lambda row: row.subject),
        Column("difference", "From and to", difference),
        Column("kind", "Kind", lambda row: row.get_kind_display()),
        Column("state", "State", lambda row: row.state, default=False),
        Column("npn", "NPN", lambda row: row.producer.npn, default=False),
        Column("agency", "Agency", lambda row: producer_link(row.producer.agency), default=False),
        Column("acknowledged", "Acknowledged", acknowledgement),
    ),
    default_sort="-known_at",
    actions=(BulkAction("acknowledge", "Acknowledge", _acknowledge, access.ACKNOWLEDGE),),
    empty=EmptyState("Nothing has changed.", "What each sync finds different from the last is put here."),
    nouns=("change", "changes"),
    intro="What the syncs found different, until somebody acknowledges it.",
)

LICENSES: ListDefinition[License] = ListDefinition(
    key="licenses",
    title="Licenses",
    selector=selectors.license_list,
    right=access.VIEW_LICENSES,
    filterset_class=LicenseFilter,
    search=lambda rows, term: rows.filter(license_number=term),
    search_hint="License number",
    columns=(
        Column("producer", "Producer", lambda row: producer_link(row.producer)),
        Column("npn", "NPN", lambda row: row.producer.npn),
        Column("state", "State", lambda row: row.state),
        Column("license_class", "License class", lambda row: row.license_class),
        Column("license_number", "Number", lambda row: row.license_number),
        Column("residency", "Residency", lambda row: row.get_residency_display()),
        Column("standing", "Standing", lambda row: STANDINGS[HeldLicense(row, (), clock.today()).standing]),
        Column("expiration_date", "Expires", lambda row: row.expiration_date, sort="expiration_date"),
        Column("issue_date", "Issued", lambda row: row.issue_date, default=False),
        Column("active", "Active", lambda row: row.active, default=False),
        Column("agency", "Agency", lambda row: producer_link(row.producer.agency), default=False),
        Column("known_from", "Known since", lambda row: row.known_from, default=False),
    ),
    default_sort="expiration_date",
    row_url=lambda row: f"{page_url(row.producer)}?tab=licenses",
    actions=ON_LICENSES,
    empty=EmptyState(
        "No licenses are on file.", "They are read from the registry when producers are synced."
    ),
    nouns=("license", "licenses"),
)

SYNC_RUNS: ListDefinition[SyncRun] = ListDefinition(
    key="sync_runs",
    title="Syncs",
    selector=selectors.sync_run_list,
    right=access.VIEW_RUNS,
    filterset_class=SyncRunFilter,
    columns=(
        Column("started_at", "Started", lambda row: row.started_at, sort="started_at"),
        Column("kind", "Kind", lambda row: row.get_kind_display()),
        Column("asked_by", "Asked by", lambda row: row.asked_by),
        Column("outcome", "Outcome", run_badge),
        Column("producers", "Producers", lambda row: row.producers),
        Column("changes", "Changes", lambda row: row.changes),
        Column("failed", "Failed", lambda row: row.failed),
        Column("cost", "Cost", lambda row: f"${row.cost_cents / 100:,.2f}"),
        Column("finished_at", "Finished", lambda row: row.finished_at, default=False),
    ),
    default_sort="-started_at",
    row_url=lambda row: reverse("producers:run", args=[row.pk]),
    empty=EmptyState(
        "No sync has run yet.", "The nightly sync runs by itself; a single producer syncs from its page."
    ),
    nouns=("sync", "syncs"),
)
