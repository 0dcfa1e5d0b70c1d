"""How the registry writes single values, and how lenient we are in reading them."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d|[T ].*)?\Z")
_BARE_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)\Z")
_NULL_DATE = re.compile(r"[0/-]+\Z")
_NPN = re.compile(r"[0-9]{1,10}\Z")
_FEIN = re.compile(r"(\d{2})-?(\d{7})\Z")
_E164 = re.compile(r"\+1-(\d{3})-(\d{3})(\d{4})\Z")
_PHONE = re.compile(r"(\d{3})-(\d{3})-(\d{4})\Z")

PERPETUAL_YEAR = 2900
"""Renewal dates from this year on (12/31/9999, 29991231) are the registry's way of writing *never*."""


class NotADate(ValueError):
    """Carries the text as it came, so that a reader can say which element holds it."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("not a date")


@lru_cache(maxsize=1 << 16)
def parse_date(text: str) -> date | None:
    """``MM/DD/YYYY`` as the PDB writes it, also ISO and ``YYYYMMDD``; blank and all zeros are ``None``.

    Raises :class:`NotADate` for anything else. Cached: a report repeats a few dates thousands of times.
    """
    if not text or _NULL_DATE.match(text):
        return None
    if match := _US_DATE.match(text):
        month, day, year = match.groups()
    elif match := _ISO_DATE.match(text) or _BARE_DATE.match(text):
        year, month, day = match.groups()
    else:
        raise NotADate(text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotADate(text) from None


@lru_cache(maxsize=1 << 16)
def loose_date(text: str) -> date | None:
    """The same for a date nothing hangs on: wrong reads as absent."""
    try:
        return parse_date(text)
    except NotADate:
        return None


def us_date(value: date | None) -> str:
    """``MM/DD/YYYY``, blank for ``None``."""
    return f"{value.month:02}/{value.day:02}/{value.year:04}" if value else ""


def iso_date(value: date | None) -> str:
    return value.isoformat() if value else ""


def parse_moment(text: str) -> datetime | None:
    """An ISO moment with an offset, as the alerts header has it; anything else is ``None``."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_perpetual(value: date | None) -> bool:
    """Whether a renewal or expiration date stands for *never*."""
    return value is not None and value.year >= PERPETUAL_YEAR


def is_npn(text: str) -> bool:
    """One to ten ASCII digits, not all of them zero."""
    return bool(_NPN.match(text)) and text.strip("0") != ""


def same_npn(left: str, right: str) -> bool:
    """Equal apart from leading zeros, which some systems put in front."""
    return left.lstrip("0") == right.lstrip("0")


@lru_cache(maxsize=1 << 14)
def fein(text: str) -> str:
    """``NN-NNNNNNN`` for the dashed and the bare form; anything else as it came."""
    match = _FEIN.match(text)
    return f"{match[1]}-{match[2]}" if match else text


def bare_fein(text: str) -> str:
    """Nine bare digits, as the alerts service writes a FEIN."""
    match = _FEIN.match(text)
    return f"{match[1]}{match[2]}" if match else text


def phone_from_international(text: str) -> str:
    """``+1-AAA-NNNNNNN`` of the alerts in the form of the PDB, so that the two compare equal."""
    match = _E164.match(text)
    return "-".join(match.groups()) if match else text


def international_phone(text: str) -> str:
    match = _PHONE.match(text)
    return f"+1-{match[1]}-{match[2]}{match[3]}" if match else text


@lru_cache(maxsize=1 << 10)
def whole_number(text: str) -> int | None:
    """``0``, ``12``, ``24``; blank, anything that is not a whole number or does not fit a column is ``None``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
