"""Small pieces that scorecard pages are made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import template

from rulebook.rules.wording import day
from scorecards import wording

register = template.Library()


@register.filter
def percent(value: Decimal | None) -> str:
    return wording.percent_text(value)


@register.filter
def category(code: str) -> str:
    return wording.category_label(code)


@register.filter
def as_day(value: date | str | None) -> str:
    """A date, or a date as it is stored, as people read it."""
    if not value:
        return ""
    return day(date.fromisoformat(value) if isinstance(value, str) else value)
