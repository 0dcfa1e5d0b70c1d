"""Dates as people and spreadsheets write them: kept exactly, or refused with the date that was probably meant."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from datetime import date, timedelta
from functools import lru_cache

from core.imports.resource import CellFault

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 0?0:00(?::00)?)?", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2})", re.ASCII)
_SHORT_ISO = re.compile(r"(\d{2})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_ZERO = date(1899, 12, 30)
"""What spreadsheets count days from."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_CENTURY = 2000


@lru_cache(maxsize=1024)
def read_day(text: str) -> date:
    """The date of a text as YYYY-MM-DD or MM/DD/YYYY; CellFault for every other.

    Nothing is guessed: what could be meant is said, and left to a person.
    """
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _day(text, year, month, day)
    if found := _AMERICAN.fullmatch(text):
        month, day, year = map(int, found.groups())
        return _day(text, year, month, day)
    raise _refusal(text)


def _day(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        hint = " The month stands first, as in 11/23/2026." if "/" in text and day <= 12 else ""
        raise CellFault("not_a_date", f"“{text}” is not a date: there is no month {month}.{hint}")
    if month == 2 and day == 29 and not isleap(year):
        raise CellFault(
            "not_a_date", f"“{text}” is not a date: {year} is no leap year, its February ends on the 28th."
        )
    if not 1 <= day <= monthrange(year or _CENTURY, month)[1]:
        raise CellFault("not_a_date", f"“{text}” is not a date: its month has no day {day}.")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CellFault("not_a_date", f"“{text}” lies too far away: the year is {year}.")
    return date(year, month, day)


def _refusal(text: str) -> CellFault:
    if found := _DAY_NUMBER.fullmatch(text):
        meant = _DAY_ZERO + timedelta(days=int(found[1]))
        return CellFault(
            "day_number",
            f"“{text}” is a spreadsheet's number for a day. Did you mean “{meant.isoformat()}”?",
        )
    if (meant_day := _with_century(text)) is not None:
        return CellFault(
            "short_year",
            f"“{text}” has a year of two digits. Did you mean “{meant_day.isoformat()}”?",
        )
    if (meant_day := _run_together(text)) is not None:
        return CellFault("not_a_date", f"“{text}” is not a date. Did you mean “{meant_day.isoformat()}”?")
    return CellFault("not_a_date", f"“{text[:50]}” is not a date; write it as 2026-11-23 or 11/23/2026.")


def _with_century(text: str) -> date | None:
    if found := _SHORT_YEAR.fullmatch(text):
        month, day, year = map(int, found.groups())
    elif found := _SHORT_ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    return _if_there_is(_CENTURY + year, month, day)


def _run_together(text: str) -> date | None:
    found = _RUN_TOGETHER.fullmatch(text)
    return _if_there_is(*map(int, found.groups())) if found else None


def _if_there_is(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
