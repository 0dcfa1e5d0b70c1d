"""`manage.py demo`: serve beside a simulated registry, and fill an empty installation from it (`make demo`)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import CommandError

from agentsync import demo, demo_transactions, demo_uploads
from agentsync.management.commands import serve
from core import clock
from core.errors import DomainError


class Command(serve.Command):
    """Everything `serve` runs, with data in it and the accounts printed."""

    help = "Run the demonstration: web, worker, beat and simulated registry, with believable data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(simulator=8100)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "This is production; the demonstration's accounts and companies have no place here."
            )
        self.simulator = demo.Simulator(f"http://127.0.0.1:{options['simulator']}")
        super().handle(*args, **options)

    def when_ready(self, address: str) -> None:
        """Seed through the running worker, then say where to go."""
        try:
            # The simulator was started anew: bring its calendar to the day the demonstration has reached.
            self.simulator.move_to(clock.today().isoformat())
            demo.seed(self.simulator, self.say)
            demo_transactions.seed(self.simulator, self.say)
            demo_uploads.seed(self.simulator, self.say)
        except (demo.DemoFailed, DomainError, httpx.HTTPError) as error:
            self.say(f"The demonstration is not complete: {error}")
        self.say("\nSign in with one of these; the password is the same for all: " + demo.PASSWORD)
        for key, name, role in demo.PEOPLE:
            self.say(f"  {key}@demo.example".ljust(28) + f"{name}, {role}")
        self.say("Another terminal: `make demo-next-month` lets a month pass.")
        super().when_ready(address)
