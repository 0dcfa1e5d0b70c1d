"""Numbers as sentences for people have them."""

from __future__ import annotations

from decimal import Decimal


def money(cents: int) -> str:
    """``123400`` as “$1,234.00”."""
    return f"${Decimal(cents) / 100:,.2f}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """“1 license”, “1,200 licenses”."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
