"""`manage.py demo_next_month`: let days pass at the simulator and here, sync, and show what came of it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agentsync import demo
from core import clock
from core.jobs import services as jobs
from core.notices.models import Notice
from core.notices.rounds import ask_round
from producers.models import Change
from producers.sync.runs import request_nightly_sync
from scorecards.models import Scorecard
from scorecards.tasks import CALENDAR_JOB

NIGHT_EVERY = 10
SHOWN = 12


class Command(BaseCommand):
    """Moves both clocks in steps and runs the nightly jobs after each, as the nights themselves would have."""

    help = "Move the demonstration 30 days on: simulator, product, nightly sync, scorecards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CLOCK_OFFSET_FILE is None:
            raise CommandError("Only a demonstration's clock can be moved; use `make demo-next-month`.")
        simulator = demo.Simulator(settings.NIPR_URL_TEMPLATE)
        began, before = clock.now(), _figures()
        try:
            simulator.get("health")
            for days in _steps(options["days"]):
                self._pass(days, simulator)
        except httpx.HTTPError as error:
            raise CommandError(
                "The simulator does not answer. Start `make demo` in another terminal first."
            ) from error
        except demo.DemoFailed as error:
            raise CommandError(str(error)) from error
        self._tell(began, before)

    def _pass(self, days: int, simulator: demo.Simulator) -> None:
        path = Path(str(settings.CLOCK_OFFSET_FILE))
        offset = int(path.read_text()) if path.exists() else 0
        path.write_text(str(offset + days))
        simulator.move_to(clock.today().isoformat())
        self.stdout.write(f"It is {clock.today():%A, %-d %B %Y}; the nightly jobs run.")
        request_nightly_sync(actor=demo.ACTOR)
        jobs.enqueue(CALENDAR_JOB, actor=demo.ACTOR)
        ask_round(demo.ACTOR)
        demo.wait_for_jobs(self.stdout.write)

    def _tell(self, began: datetime, before: dict[str, int]) -> None:
        changes = (
            Change.objects.filter(known_at__gt=began).select_related("producer").order_by("-known_at", "-pk")
        )
        kinds = Counter(change.get_kind_display() for change in changes)
        self.stdout.write(
            f"\n{sum(kinds.values())} changes: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items())
        )
        for change in changes[:SHOWN]:
            effect = change.get_effect_display().lower()
            self.stdout.write(f"  {change.producer.display_name}: {change.subject} {effect}")
        self.stdout.write(
            "\nScorecards: " + ", ".join(f"{name} {before[name]} to {n}" for name, n in _figures().items())
        )
        told = Notice.objects.filter(created_at__gt=began).order_by("-created_at", "-pk")
        self.stdout.write(f"\n{told.count()} notices:")
        for notice in told[:SHOWN]:
            self.stdout.write(f"  {notice.title}")


def _steps(days: int) -> list[int]:
    """Ten days at a time: the registry keeps a fortnight of alerts, and what is older has to be read in full."""
    whole, rest = divmod(days, NIGHT_EVERY)
    return [NIGHT_EVERY] * whole + ([rest] if rest else [])


def _figures() -> dict[str, int]:
    running = Scorecard.objects.filter(assignment__ended_at=None)
    return {
        "fully licensed": running.filter(licensed_percent=100).count(),
        "below 100 %": running.filter(licensed_percent__lt=100).count(),
        "with something to do": running.filter(to_do__gt=0).count(),
    }
