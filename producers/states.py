"""The states a record may name: those the compliance library knows, without the country as a whole."""

from __future__ import annotations

from rulebook.rules.book import COUNTRY
from rulebook.selectors import load_rule_book


def state_names() -> dict[str, str]:
    """Names by two-letter code."""
    return {code: name for code, name in load_rule_book().jurisdictions.items() if code != COUNTRY}


def state_choices() -> list[tuple[str, str]]:
    """Choices of a form or filter, by name; a callable, so that they are read when it is drawn."""
    return sorted(state_names().items(), key=lambda pair: pair[1])
