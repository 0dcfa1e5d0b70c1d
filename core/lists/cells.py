"""What a column may give back besides text, numbers and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

Tone = Literal["neutral", "info", "success", "warning", "danger"]
ABSENT = format_html(
    '<span class="as-absent" aria-hidden="true">–</span><span class="sr-only">{}</span>', "none"
)


@dataclass(frozen=True, slots=True)
class Badge:
    """A status: its words carry the meaning, the tone only helps the eye."""

    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere."""

    text: str
    url: str


def on_screen(value: Any) -> SafeString | str:  # noqa: PLR0911 - one answer for each kind of value
    """The cell as HTML; text is escaped."""
    match value:
        case None | "":
            return ABSENT
        case Badge(text, tone):
            return format_html('<span class="as-badge as-badge--{}">{}</span>', tone, text)
        case Link(text, url):
            return format_html('<a class="as-link" href="{}">{}</a>', url, text)
        case datetime():
            shown = date_format(timezone.localtime(value), "j M Y, H:i")
            return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
        case date():
            return format_html(
                '<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "j M Y")
            )
        case bool():
            return "Yes" if value else "No"
        case int():
            return number_format(value, use_l10n=True, force_grouping=True)
        case list() | tuple():
            return ", ".join(str(each) for each in value) or ABSENT
        case _:
            return str(value)


def in_file(value: Any) -> Any:
    """The cell as a plain value for an export."""
    match value:
        case Badge(text) | Link(text):
            return text
        case list() | tuple():
            return ", ".join(str(each) for each in value)
        case _:
            return value
