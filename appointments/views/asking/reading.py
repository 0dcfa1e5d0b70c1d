"""What was typed or ticked, as values. What means nothing is left out or told in a sentence; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

NO_DATE = "“{said}” is not a date. Write it as 2026-11-30, or leave it empty."


def among(said: Iterable[str], known: Collection[str]) -> list[str]:
    """The words that are known, each once, in the order in which they were said."""
    return [each for each in dict.fromkeys(said) if each in known]


def day(said: str) -> tuple[date | None, str]:
    """A date and no problem, or no date and the sentence what is wrong with it. Empty is no date."""
    said = said.strip()
    if not said:
        return None, ""
    try:
        return date.fromisoformat(said), ""
    except ValueError:
        return None, NO_DATE.format(said=said[:40])


def npns(text: str) -> tuple[list[str], list[str]]:
    """Numbers in a pasted text, each once, and the words in it that are no NPN."""
    words = dict.fromkeys(word for word in re.split(r"[\s,;|]+", text.replace("\x00", " ")) if word)
    good = [word for word in words if re.fullmatch(r"[0-9]{1,10}", word)]
    return good, [word[:40] for word in words if not re.fullmatch(r"[0-9]{1,10}", word)]


def keys(said: Iterable[str]) -> list[int]:
    """Primary keys among the words."""
    return [int(each) for each in dict.fromkeys(said) if re.fullmatch(r"[0-9]{1,18}", each)]


def money(cents: int | None) -> str:
    """Cents as people read dollars; what is not known is billed by the state."""
    return "billed by the state" if cents is None else f"${cents / 100:,.2f}"
