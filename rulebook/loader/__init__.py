"""Load the rule book from a folder of CSV files: all of it, or nothing and every bad cell named."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from rulebook import services
from rulebook.loader.apply import Counts, apply_shipment
from rulebook.loader.files import read_shipment
from rulebook.loader.table import BadFiles, Problem

SHIPPED_DATA = Path(__file__).resolve().parent.parent / "data"

__all__ = ["SHIPPED_DATA", "BadFiles", "Counts", "Problem", "load"]


def load(folder: Path = SHIPPED_DATA) -> tuple[dict[str, Counts], list[Problem]]:
    """Make the shipped rows equal to the folder's files. Local rows stay as they are.

    Answers with the counts by record, and the rows that were left out on purpose. Raises BadFiles with
    everything that is wrong, and then has changed nothing.
    """
    shipment, left_out = read_shipment(folder)
    with transaction.atomic():
        services.one_at_a_time()
        counts, jurisdictions, fields = apply_shipment(shipment)
        if fields:
            services.book_changed(
                jurisdictions=jurisdictions,
                fields=fields,
                action="loaded",
                author_label="load_rulebook",
                reason=f"Loaded from {folder.name}",
            )
    return counts, left_out
