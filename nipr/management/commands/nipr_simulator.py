"""Run the simulated registry: a server of its own that touches no database."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nipr.simulator.cli import add_arguments, run


class Command(BaseCommand):
    help = "Run a simulated registry that speaks the registry's formats over HTTP."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def write(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()

        run(Namespace(**options), write)
