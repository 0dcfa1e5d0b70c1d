"""The first page: how much there is to do. Each figure is the length of the list it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.timesince import timesince

from appointments.access import VIEW_TRANSACTIONS
from appointments.enums import TransactionStatus as Status
from appointments.models import Transaction
from core import clock
from core.access import has_right
from core.lists.paging import capped_count
from producers.enums import EntityType, SyncRunStatus, Tracking
from producers.filters import FAILED
from producers.models import Change, License, Producer, SyncRun
from scorecards.models import Scorecard

Tone = Literal["good", "plain", "soon", "bad"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its way on."""

    title: str
    value: str
    url: str
    icon: str
    detail: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """Tiles that belong together."""

    title: str
    tiles: list[Tile]


def dashboard(user: Any) -> list[Row]:
    """What this person may see of the figures."""
    rows = [Row(title, [make() for right, make in tiles if has_right(user, right)]) for title, tiles in ROWS]
    return [row for row in rows if row.tiles]


def _renewals(days: int, tone: Tone = "plain") -> Callable[[], Tile]:
    def tile() -> Tile:
        end = clock.today() + timedelta(days=days)
        due = _held().filter(active=True, expiration_date__range=(clock.today(), end))
        url = _list("producers:licenses", expiring_in=days, active="true")
        return _count(
            f"Within {days} days", due, url, "event_upcoming", detail=f"until {end:%-d %B}", tone=tone
        )

    return tile


def _expired() -> Tile:
    expired = _held().filter(expiration_date__lt=clock.today(), removed_at__isnull=True)
    url = _list("producers:licenses", expired="true", removed="false")
    return _count("Expired", expired, url, "event_busy", detail="the date has passed", tone="bad")


def _held() -> QuerySet[License]:
    return License.objects.filter(known_to__isnull=True)


def _licensed() -> Tile:
    below = _running().filter(licensed_percent__lt=100)
    url = _list("scorecards:list", licensed_below=100)
    return _count("Not fully licensed", below, url, "scoreboard", detail="below 100 %", tone="soon")


def _appointed() -> Tile:
    below = _running().filter(appointed_percent__lt=100)
    url = _list("scorecards:list", appointed_below=100)
    return _count("Not fully appointed", below, url, "handshake", detail="below 100 %", tone="soon")


def _to_do() -> Tile:
    waiting = _running().filter(to_do__gt=0)
    url = _list("scorecards:list", to_do="true")
    return _count(
        "With something to do", waiting, url, "checklist", detail="a cell asks for an action", tone="soon"
    )


def _running() -> QuerySet[Scorecard]:
    return Scorecard.objects.filter(assignment__ended_at=None)


def _tracked() -> Tile:
    tracked = Producer.objects.filter(tracking=Tracking.ACTIVE)
    agencies = _number(tracked.filter(entity_type=EntityType.FIRM))
    url = _list("producers:list", tracking=Tracking.ACTIVE.value)
    people = tracked.filter(entity_type=EntityType.INDIVIDUAL)
    return _count("Tracked producers", people, url, "badge", detail=f"and {agencies} agencies")


def _last_sync() -> Tile:
    run = SyncRun.objects.order_by("-started_at").first()
    if run is None:
        return Tile("Last sync", "None yet", reverse("producers:runs"), "sync", "it runs every night")
    tones: dict[str, Tone] = {SyncRunStatus.DONE: "good", SyncRunStatus.RUNNING: "plain"}
    detail = (
        f"{timesince(run.started_at, clock.now(), depth=1)} ago, changes: {run.changes}, failed: {run.failed}"
    )
    status = run.get_status_display().partition(":")[0]
    return Tile(
        "Last sync",
        status,
        reverse("producers:run", args=[run.pk]),
        "sync",
        detail,
        tones.get(run.status, "bad"),
    )


def _failures() -> Tile:
    failed = Producer.objects.filter(sync_status__in=FAILED)
    people, agencies = (failed.filter(entity_type=kind) for kind in (EntityType.INDIVIDUAL, EntityType.FIRM))
    where = "producers:list" if people.exists() or not agencies.exists() else "producers:agencies"
    url, detail = _list(where, sync_failed="true"), f"and {_number(agencies)} agencies"
    return _count("Producers that failed", people, url, "sync_problem", detail=detail, tone="bad")


def _changes() -> Tile:
    unseen = Change.objects.filter(acknowledged_at__isnull=True)
    url = _list("producers:changes", acknowledged="false")
    return _count("New changes", unseen, url, "difference", detail="not acknowledged yet")


def _actionable(title: str, icon: str, tone: Tone, *statuses: Status) -> Callable[[], Tile]:
    def tile() -> Tile:
        waiting = Transaction.objects.filter(status__in=statuses)
        url = f"{reverse('appointments:transactions')}?{urlencode([('status', each.value) for each in statuses])}"
        return _count(title, waiting, url, icon, tone=tone)

    return tile


def _count(
    title: str, rows: QuerySet[Any], url: str, icon: str, *, detail: str = "", tone: Tone = "plain"
) -> Tile:
    """A tile that counts; nought is calm."""
    value = _number(rows)
    return Tile(title, value, url, icon, detail, "plain" if value == "0" else tone)


def _number(rows: QuerySet[Any]) -> str:
    """How many, without counting a large table to its end."""
    count, is_more = capped_count(rows)
    return number_format(count, force_grouping=True) + ("+" if is_more else "")


def _list(name: str, **filters: Any) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"


_PRODUCERS, _LICENSES, _SCORECARDS = (
    "producers.view_producer",
    "producers.view_license",
    "scorecards.view_scorecard",
)
ROWS: tuple[tuple[str, tuple[tuple[str, Callable[[], Tile]], ...]], ...] = (
    (
        "Licenses to renew",
        (
            (_LICENSES, _renewals(30, "soon")),
            (_LICENSES, _renewals(60)),
            (_LICENSES, _renewals(90)),
            (_LICENSES, _expired),
        ),
    ),
    ("Scorecards", ((_SCORECARDS, _licensed), (_SCORECARDS, _appointed), (_SCORECARDS, _to_do))),
    (
        "Transactions",
        (
            (VIEW_TRANSACTIONS, _actionable("Ready to submit", "outbox", "soon", Status.READY_TO_SUBMIT)),
            (VIEW_TRANSACTIONS, _actionable("Wait for approval", "key", "soon", Status.AWAITING_APPROVAL)),
            (VIEW_TRANSACTIONS, _actionable("Held for first business", "timer", "plain", Status.HELD)),
            (
                VIEW_TRANSACTIONS,
                _actionable("Failed or unknown", "report", "bad", Status.FAILED, Status.UNKNOWN),
            ),
        ),
    ),
    (
        "Registry",
        (
            (_PRODUCERS, _tracked),
            ("producers.view_syncrun", _last_sync),
            (_PRODUCERS, _failures),
            ("producers.view_change", _changes),
        ),
    ),
)
