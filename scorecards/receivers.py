"""What this room does when a lower one says that something changed. Connected in ``agentsync/wiring.py``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from appointments.models import Company, CompanyState
from scorecards import services
from scorecards.models import Scorecard


def on_facts_changed(*, producer_ids: Collection[int], **_: Any) -> None:
    """Registry facts of these producers changed: their first sync may also give them scorecards."""
    made = services.ensure_scorecards(producer_ids, synced=True)
    _refresh_if(made + services.mark_stale(producer_ids=producer_ids))


def on_assignments_changed(*, producer_ids: Collection[int], **_: Any) -> None:
    """Assignments were added, edited or ended. An edit may change every cell."""
    made = services.ensure_scorecards(producer_ids)
    _refresh_if(made + services.mark_stale(producer_ids=producer_ids))


def on_refresh_asked(*, producer_ids: Collection[int], **_: Any) -> None:
    """Somebody waits for it: compute now, not later."""
    services.ensure_scorecards(producer_ids)
    services.refresh(Scorecard.objects.filter(producer__in=producer_ids).values_list("pk", flat=True))


def on_transactions_moved(*, producer_ids: Collection[int], **_: Any) -> None:
    """Something was asked of the registry, or came to its end."""
    _refresh_if(services.mark_stale(producer_ids=producer_ids))


def on_rule_changed(*, jurisdictions: Collection[str], **_: Any) -> None:
    """State rules, lines or classes of these states read differently now."""
    _refresh_if(services.mark_stale(states=jurisdictions))


def on_company_saved(*, instance: Company | CompanyState, **_: Any) -> None:
    """A carrier or one of its state settings was added, edited or taken away."""
    company = instance.company if isinstance(instance, CompanyState) else instance
    _refresh_if(services.mark_stale(cocodes={company.cocode}))


def _refresh_if(touched: int) -> None:
    if touched:
        services.ask_refresh()
