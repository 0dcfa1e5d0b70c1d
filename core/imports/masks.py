"""Cells that are kept secret: what is shown of them, and what of them can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.imports import hiding
from core.imports.models import ImportRow, ImportRun
from core.imports.resource import Problem, warning

_ORIGIN = re.compile(r"(\d{1,10}):(\d{1,7})")
#: A file of failed rows comes from one upload. Hundreds in one file are no such thing, and dear to look up.
_ORIGINS_AT_MOST: Final = 20
_ONLY_THE_END: Final = (
    "Only the end of this number is known, and it was left out: the whole of it is not kept any more."
    " Type it in full if it is to be stored."
)


@dataclass(slots=True)
class Shielded:
    """A row of a file, with what is secret apart from what is shown."""

    number: int
    cells: dict[str, str]
    extra: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    """``12:7`` where it is the failed row 7 of upload 12, come back."""


def secret_texts(stored: str | None) -> dict[str, str]:
    """``{column: text}`` of what ``ImportRow.secrets`` holds."""
    texts: dict[str, str] = json.loads(stored) if stored else {}
    return texts


def shield(row: Shielded, secret_columns: Sequence[str]) -> Shielded:
    """Move the secrets of a row out of its cells: those of secret columns, and what looks like one elsewhere."""
    cells = row.cells
    for name in secret_columns:
        if text := cells.get(name):
            shield_cell(cells, row.secrets, name, text, secret=True)
    if hiding.looks_secret("|".join(cells.values())):
        for name, text in [item for item in cells.items() if hiding.looks_secret(item[1])]:
            shield_cell(cells, row.secrets, name, text, secret=False)
    return row


def shield_cell(
    cells: dict[str, str], secrets: dict[str, str], name: str, text: str, *, secret: bool
) -> None:
    """Put a text into a cell, or its mask into the cell and the text aside."""
    secrets.pop(name, None)
    if secret and hiding.is_masked(text):
        cells[name] = hiding.as_mask(text)
    elif secret:
        cells[name], secrets[name] = hiding.last_four(text), text
    elif (shown := hiding.hidden(text)) != text:
        cells[name], secrets[name] = shown, text
    else:
        cells[name] = text


def readable(cells: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[Mapping[str, str], list[Problem]]:
    """The texts to be read, secrets in full; masks without their secret are left out, with a warning each."""
    texts = {**cells, **secrets} if secrets else cells
    if "•" not in "".join(texts.values()):
        return texts, []
    masked = [name for name, text in texts.items() if text[0] == "•" and hiding.is_masked(text)]
    if not masked:
        return texts, []
    return {name: text for name, text in texts.items() if name not in masked}, [
        warning(name, "only_the_end", _ONLY_THE_END, texts[name]) for name in masked
    ]


def restore(run: ImportRun, rows: Sequence[Shielded]) -> None:
    """Put back the secrets of failed rows that come back masked, where they are still kept."""
    masked = [row for row in rows if row.origin and _masked(row)]
    if not masked:
        return
    kept = _kept_secrets(run, {row.origin for row in masked})
    for row in masked:
        earlier = kept.get(row.origin, {})
        for name in _masked(row):
            if name in earlier and hiding.same_end(row.cells[name], earlier[name]):
                row.secrets[name] = earlier[name]


def _masked(row: Shielded) -> list[str]:
    return [
        name
        for name, text in row.cells.items()
        if text[0] == "•" and name not in row.secrets and hiding.is_masked(text)
    ]


def _kept_secrets(run: ImportRun, origins: set[str]) -> dict[str, dict[str, str]]:
    """``{origin: {column: text}}`` of rows of the same type, with one query."""
    places = {origin: _ORIGIN.fullmatch(origin) for origin in origins}
    runs = sorted({int(place[1]) for place in places.values() if place})[:_ORIGINS_AT_MOST]
    numbers = {int(place[2]) for place in places.values() if place}
    found = ImportRow.objects.filter(
        run_id__in=runs, number__in=numbers, run__type=run.type, secrets__isnull=False
    )
    kept = {
        (run_id, number): text for run_id, number, text in found.values_list("run_id", "number", "secrets")
    }
    return {
        origin: secret_texts(kept.get((int(place[1]), int(place[2]))))
        for origin, place in places.items()
        if place
    }
