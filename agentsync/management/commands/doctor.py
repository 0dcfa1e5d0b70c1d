"""`manage.py doctor`: what is well and what is not, in words and in the exit code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentsync import health


class Command(BaseCommand):
    """Looks at the database, the broker, and a worker's heartbeat that has to come through beat and the queue."""

    help = "Say whether database, queue, beat and worker are well; ends with an error when one is not."

    def handle(self, *args: Any, **options: Any) -> None:
        parts = health.examine()
        for name, state in parts.items():
            self.stdout.write(f"{name}: {state}")
        if not health.is_well(parts):
            raise CommandError("Something is not well; see above.")
