"""The first page: how much there is to do, each figure a way to the list of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.timesince import timesince

from agentsync.navigation import address
from core import clock
from core.access import has_right
from producers.enums import SyncRunStatus, SyncStatus, Tracking
from producers.models import Change, License, Producer, SyncRun
from scorecards.models import Scorecard

Tone = Literal["good", "plain", "soon", "bad"]
COUNTED_TO = 10_000
FAILURES = (
    SyncStatus.NIPR_TIMEOUT,
    SyncStatus.NIPR_ERROR,
    SyncStatus.INVALID_NPN,
    SyncStatus.PROCESSING_ERROR,
    SyncStatus.RETRY_ERROR,
)


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


def _tracked() -> Tile:
    tracked = Producer.objects.filter(tracking=Tracking.ACTIVE)
    return _count(
        "Tracked producers",
        tracked,
        _list("producers:list", tracking="active"),
        "badge",
        detail="updated every night",
    )


def _last_sync() -> Tile:
    run = SyncRun.objects.order_by("-started_at").first()
    if run is None:
        return Tile("Last sync", "None yet", address("producers:runs"), "sync", "it runs every night")
    tones: dict[str, Tone] = {SyncRunStatus.DONE: "good", SyncRunStatus.FAILED: "bad"}
    ago = f"{timesince(run.started_at, clock.now(), depth=1)} ago"
    changes = f", {run.changes} change{'' if run.changes == 1 else 's'}"
    url = address("producers:run", run.pk)
    return Tile(
        "Last sync", run.get_status_display(), url, "sync", ago + changes, tones.get(run.status, "plain")
    )


def _failures() -> Tile:
    failed = Producer.objects.filter(sync_status__in=FAILURES)
    url = _list("producers:list", sync_status=FAILURES)
    return _count("Sync failures", failed, url, "sync_problem", detail="producers to look at", tone="bad")


def _changes() -> Tile:
    unseen = Change.objects.filter(acknowledged_at__isnull=True)
    return _count(
        "New changes",
        unseen,
        _list("producers:changes", seen="no"),
        "difference",
        detail="not acknowledged yet",
    )


def _renewals(first: int, last: int) -> Callable[[], Tile]:
    def tile() -> Tile:
        start, end = clock.today() + timedelta(days=first), clock.today() + timedelta(days=last)
        title = f"Within {last} days" if first == 0 else f"In {first} to {last} days"
        url = _list("producers:licenses", active="true", expires_from=start, expires_to=end)
        due = _held().filter(active=True, expiration_date__range=(start, end))
        tone: Tone = "soon" if first == 0 else "plain"
        return _count(title, due, url, "event_upcoming", detail=f"until {end:%-d %B}", tone=tone)

    return tile


def _expired() -> Tile:
    end = clock.today() - timedelta(days=1)
    start = end - timedelta(days=89)
    url = _list("producers:licenses", expires_from=start, expires_to=end)
    expired = _held().filter(expiration_date__range=(start, end))
    return _count("Expired", expired, url, "event_busy", detail="in the last 90 days", tone="bad")


def _held() -> QuerySet[License]:
    return License.objects.filter(known_to__isnull=True, removed_at__isnull=True)


def _scorecards() -> Tile:
    below = Scorecard.objects.filter(licensed_percent__lt=100)
    return _count(
        "Licensed below 100 %", below, _list("scorecards:list", licensed_below=100), "scoreboard", tone="soon"
    )


def _appointed() -> Tile:
    below = Scorecard.objects.filter(appointed_percent__lt=100)
    url = _list("scorecards:list", appointed_below=100)
    return _count("Appointed below 100 %", below, url, "handshake", tone="soon")


def _to_do() -> Tile:
    waiting = Scorecard.objects.filter(to_do__gt=0)
    return _count(
        "With something to do", waiting, _list("scorecards:list", to_do="true"), "checklist", tone="soon"
    )


def _count(
    title: str, rows: QuerySet[Any], url: str, icon: str, *, detail: str = "", tone: Tone = "plain"
) -> Tile:
    """A tile that counts; a nought is good news, and no large table is counted to its end."""
    found = rows.order_by().values("pk")[: COUNTED_TO + 1].count()
    value = (
        f"{number_format(COUNTED_TO, force_grouping=True)}+"
        if found > COUNTED_TO
        else number_format(found, force_grouping=True)
    )
    return Tile(title, value, url, icon, detail, tone if found else "plain")


def _list(name: str, **filters: Any) -> str:
    return f"{address(name)}?{urlencode(filters, doseq=True)}"


_PRODUCERS, _LICENSES, _SCORECARDS = (
    "producers.view_producer",
    "producers.view_license",
    "scorecards.view_scorecard",
)
ROWS: Iterable[tuple[str, list[tuple[str, Callable[[], Tile]]]]] = (
    (
        "Licenses to renew",
        [
            (_LICENSES, _renewals(0, 30)),
            (_LICENSES, _renewals(31, 60)),
            (_LICENSES, _renewals(61, 90)),
            (_LICENSES, _expired),
        ],
    ),
    ("Scorecards", [(_SCORECARDS, _scorecards), (_SCORECARDS, _appointed), (_SCORECARDS, _to_do)]),
    (
        "Registry",
        [
            (_PRODUCERS, _tracked),
            ("producers.view_syncrun", _last_sync),
            (_PRODUCERS, _failures),
            ("producers.view_change", _changes),
        ],
    ),
)
