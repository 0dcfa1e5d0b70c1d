"""How the library's templates say periods, values and marks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rulebook.fields import RuleField
from rulebook.models import StateRule
from rulebook.rules.book import RuleValue
from rulebook.rules.vocabulary import Confidence
from rulebook.rules.wording import day

register = template.Library()


@register.simple_tag
def local_mark() -> SafeString:
    return format_html('<span class="b-mark">{}</span>', "Local rule")


@register.simple_tag(takes_context=True)
def querystring_with(context: template.Context, **changes: str) -> str:
    """The page's own query with some parts changed."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()


@register.simple_tag
def footnote(sources: list[str], source: str) -> SafeString | str:
    """The number of a source in the list at the foot of the page."""
    if source not in sources:
        return ""
    number = sources.index(source) + 1
    return format_html('<a href="#source-{}" aria-label="Source {}">[{}]</a>', number, number, number)


@register.simple_tag
def period(rule: StateRule) -> SafeString | str:
    """Since when a rule holds; a shipped one without dates says so."""
    if rule.effective_from is None and rule.effective_to is None and not rule.is_local:
        return format_html('<span class="b-unknown">{}</span>', "not known")
    return days(rule.effective_from, rule.effective_to)


@register.simple_tag
def days(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{day(first)} to {day(last)}"
    if first:
        return f"from {day(first)}"
    return f"until {day(last)}" if last else "always"


@register.simple_tag
def told(definition: RuleField, value: RuleValue | None) -> str:
    """A value of a preview, and who says it when that is a person."""
    if value is None:
        return "not known"
    text = definition.told(value.value)
    return f"{text} ({value.told_by})" if value.overridden else text


@register.filter
def in_words(categories: Iterable[str]) -> str:
    return ", ".join(sorted(spaced(name) for name in categories))


@register.filter
def spaced(text: str) -> str:
    return text.replace("|", ", ").replace("_", " ")


@register.filter
def confidence(value: str) -> str:
    return Confidence(value).label if value else ""
