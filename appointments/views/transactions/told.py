"""Telling what came of a step: how many, and of those that did not work the first reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest

from appointments.services.handling.results import Handled, HandledOne

REASONS, NUMBERS = 3, 4
"""How many reasons are told, and of each how many transactions are named."""


def tell(request: HttpRequest, handled: Handled, done: str) -> None:
    """``done`` as in “12 transactions {done}.”; what did not work is grouped by its reason."""
    if handled.done:
        messages.success(request, f"{_count(len(handled.done))} {done}.{_notes(handled.done)}")
    if handled.refused:
        messages.warning(request, refusals(handled.refused))
    if not handled.results:
        messages.warning(request, "None of these transactions is there any more. Nothing was done.")


def refusals(refused: Sequence[HandledOne], verdict: str = "") -> str:
    """“3 transactions were left as they are. GT-…, GT-…: why. What to do.” ``verdict`` says it otherwise."""
    by_reason: dict[str, list[HandledOne]] = defaultdict(list)
    for one in refused:
        by_reason[f"{one.message.replace(one.number, 'each')} {one.fix}".strip()].append(one)
    ordered = sorted(by_reason.items(), key=lambda pair: -len(pair[1]))
    told = [_told(ones, reason) for reason, ones in ordered[:REASONS]]
    if len(ordered) > REASONS:
        told.append(f"And {len(ordered) - REASONS} more reasons; open a transaction to read its own.")
    were = "was left as it is" if len(refused) == 1 else "were left as they are"
    return f"{_count(len(refused))} {verdict or were}. {' '.join(told)}"


def _told(ones: Sequence[HandledOne], reason: str) -> str:
    """One reason, once: by name for a single transaction, else with the first of their numbers."""
    if len(ones) == 1:
        one = ones[0]
        named = "" if one.number in one.message else f"{one.number}: "
        return f"{named}{one.message} {one.fix}".strip()
    return f"{_names(ones)}: {reason}"


def _notes(done: Sequence[HandledOne]) -> str:
    """What services say about those that worked, each sentence once."""
    said = dict.fromkeys(one.message for one in done if one.message)
    return "".join(f" {sentence}" for sentence in list(said)[:REASONS])


def _names(ones: Sequence[HandledOne]) -> str:
    named = ", ".join(one.number for one in ones[:NUMBERS])
    more = len(ones) - NUMBERS
    return f"{named} and {more:,} more" if more > 0 else named


def _count(number: int) -> str:
    return "1 transaction" if number == 1 else f"{number:,} transactions"
