"""Small pieces that record pages are made of."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from producers.enums import ChangeEffect, SyncStatus
from producers.identity import fein_with_dash
from producers.models import Change, Producer
from producers.wording import field_words, value_words
from rulebook.rules.vocabulary import LoaCategory

register = template.Library()

Tone = tuple[str, str]
"""A badge's colour class and its icon: a badge is understood without its colour."""

GOOD: Tone = ("good", "check_circle")
WARN: Tone = ("warn", "schedule")
BAD: Tone = ("bad", "error")
QUIET: Tone = ("quiet", "remove")

_SYNC_TONES: dict[str, Tone] = {
    SyncStatus.NOT_STARTED: ("quiet", "hourglass_empty"),
    SyncStatus.QUEUED: ("info", "schedule"),
    SyncStatus.PROCESSING: ("info", "sync"),
    SyncStatus.SUCCESS: GOOD,
    SyncStatus.SUCCESS_NO_LICENSES: GOOD,
}
_STANDINGS: dict[str, tuple[Tone, str]] = {
    "in_force": (GOOD, "In force"),
    "expiring": (WARN, "Expiring"),
    "expired": (BAD, "Expired"),
    "inactive": (BAD, "Inactive"),
    "removed": (("quiet", "link_off"), "No longer at the registry"),
}

_EFFECTS: dict[str, Tone] = {
    ChangeEffect.ADDED: ("good", "add_circle"),
    ChangeEffect.CHANGED: ("info", "edit"),
    ChangeEffect.REMOVED: ("warn", "link_off"),
    ChangeEffect.RESTORED: ("good", "undo"),
}


def badge(tone: Tone, text: str) -> SafeString:
    colour, icon = tone
    return format_html(
        '<span class="r-badge r-{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>',
        colour,
        icon,
        text,
    )


@register.simple_tag(name="badge")
def badge_tag(colour: str, icon: str, text: str) -> SafeString:
    """A badge with words, an icon and a colour: good, warn, bad, info or quiet."""
    return badge((colour, icon), text)


@register.filter
def sync_badge(producer: Producer) -> SafeString:
    return badge(_SYNC_TONES.get(producer.sync_status, BAD), producer.get_sync_status_display())


@register.filter
def tracking_badge(producer: Producer) -> SafeString:
    tracked = producer.tracking == "active"
    return badge(GOOD if tracked else QUIET, f"Tracking {producer.get_tracking_display().lower()}")


@register.filter
def standing_badge(standing: str) -> SafeString:
    tone, text = _STANDINGS[standing]
    return badge(tone, text)


@register.filter
def effect_badge(change: Change) -> SafeString:
    return badge(_EFFECTS.get(change.effect, QUIET), change.get_effect_display())


@register.filter
def category(code: str) -> str:
    """An LOA category in words."""
    return LoaCategory(code).label if code in set(LoaCategory) else code


@register.filter
def fein(digits: str) -> str:
    return fein_with_dash(digits)


@register.filter
def lookup(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """A value by a key that is a variable; empty when it is absent."""
    return (mapping or {}).get(key, "")


@register.filter
def value_shown(value: Any) -> str:
    """A value of a change as people read it."""
    return value_words(value)


@register.filter
def words(name: str) -> str:
    """A field or action name as words: ``producer.ssn_revealed`` -> ``Producer SSN revealed``."""
    text = field_words(name.replace(".", "_"))
    return text[:1].upper() + text[1:]


@register.filter
def is_choices(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)
