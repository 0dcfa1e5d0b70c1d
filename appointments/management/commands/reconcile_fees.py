"""``manage.py reconcile_fees``: our fees against the registry's book, differences told both ways."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from appointments.gateway.settings import registry_is_simulated
from appointments.models import dollars
from appointments.services.ledger.books import invoice, simulator_book
from appointments.services.ledger.comparison import Comparison, FeeDifference, compare_with_book
from core.errors import DomainError, InvalidInput


class Command(BaseCommand):
    """Compares what was charged here with the simulator's book or an invoice; ends with an error when they differ."""

    help = (
        "Compare the fee ledger with the registry's book: the simulator's while the registry is simulated, or an "
        "invoice as a CSV file (nipr_trans, or batch and trans; cents, or amount in dollars)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--csv", metavar="FILE", help="an invoice instead of the simulator's book")
        parser.add_argument("--since", type=_day, metavar="DATE", help="the first day of the book")
        parser.add_argument("--until", type=_day, metavar="DATE", help="its last day")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entries = _book(options["csv"])
        except InvalidInput as refusal:
            raise CommandError("\n".join(error["message"] for error in refusal.errors)) from refusal
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell(compare_with_book(entries, since=options["since"], until=options["until"]))

    def _tell(self, comparison: Comparison) -> None:
        self.stdout.write(f"{comparison.agreed:,} agree, ${dollars(comparison.agreed_cents):,} in all.")
        for difference in comparison.differences:
            self.stdout.write(_line(difference))
        if comparison.differences:
            raise CommandError(f"{len(comparison.differences):,} differ.")


def _book(path: str | None) -> dict[str, int]:
    if path:
        try:
            return invoice(Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
    if not registry_is_simulated():
        raise CommandError("The registry has no book to read. Name its invoice: --csv FILE.")
    return simulator_book()


def _line(difference: FeeDifference) -> str:
    ours, theirs = _amount(difference.ours_cents), _amount(difference.theirs_cents)
    return f"{difference.number or '-'} {difference.key}: here {ours}, there {theirs}. {difference.message}"


def _amount(cents: int | None) -> str:
    return "nothing" if cents is None else f"${dollars(cents):,}"


def _day(text: str) -> date:
    return date.fromisoformat(text)
