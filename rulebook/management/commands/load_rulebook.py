"""Load the shipped rule book, or another folder of the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rulebook.loader import SHIPPED_DATA, BadFiles, load


class Command(BaseCommand):
    help = "Load the rule book from its CSV files. Run again whenever they change; local rules stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", type=Path, default=SHIPPED_DATA, help="a folder with the same files")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        try:
            counts, left_out = load(folder)
        except BadFiles as bad:
            for problem in bad.problems:
                self.stderr.write(str(problem))
            found = "1 problem" if len(bad.problems) == 1 else f"{len(bad.problems)} problems"
            raise CommandError(f"Nothing was loaded: {found} in {folder.name}.") from bad
        for label, count in counts.items():
            self.stdout.write(
                f"{label}: {count.new} new, {count.changed} changed, "
                f"{count.unchanged} unchanged, {count.removed} removed"
            )
        for row in left_out:
            self.stdout.write(f"left out: {row}")
