"""From what is asked for to lines: a category becomes every line of it that the organisation does business in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rulebook.rules.book import NO_CATEGORY, RuleBook, normalised
from rulebook.rules.facts import BusinessRuleFact
from rulebook.rules.vocabulary import AgentType, LoaCategory

CATEGORIES = tuple(LoaCategory)
ADDED_BY_TYPE = {
    AgentType.ADJUSTER: frozenset({LoaCategory.ADJUSTER}),
    AgentType.SURPLUS: frozenset({LoaCategory.SURPLUS}),
}
"""Every line on an adjuster's or a surplus lines license is of that category too (`license_carries`)."""


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line to appoint for. `category` is the one it is filed under, empty where its categories are not known."""

    loa_code: str
    loa: str
    categories: frozenset[str] = NO_CATEGORY
    category: str = ""
    license_class_codes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class WantedLines:
    """The lines, each once, in the order asked for; and the values that are neither category nor supported line."""

    lines: tuple[WantedLine, ...] = ()
    unknown: tuple[str, ...] = ()


def supported_lines(
    book: RuleBook, rules: Iterable[BusinessRuleFact], state: str, agent_type: str
) -> tuple[WantedLine, ...]:
    """Every line of the active business rules of a state and agent type, each once, in the rules' order."""
    found: dict[str, WantedLine] = {}
    for rule in rules:
        asked = rule.active and rule.state == state and rule.agent_type == agent_type
        if asked and rule.loa_code not in found:
            found[rule.loa_code] = _as_line(book, rule)
    return tuple(found.values())


def pick(supported: Sequence[WantedLine], asked: Sequence[str]) -> WantedLines:
    """The lines asked for among those supported. Categories are said by their slug; else a line's code or name."""
    wanted: dict[str, WantedLine] = {}
    unknown: list[str] = []
    for value in asked:
        if value in CATEGORIES:
            of_category = [line for line in supported if value in line.categories]
            for line in of_category:
                wanted.setdefault(line.loa_code, replace(line, category=value))
            continue
        named = _named(supported, value)
        if not named:
            unknown.append(value)
        for line in named:
            wanted.setdefault(line.loa_code, line)
    return WantedLines(tuple(wanted.values()), tuple(dict.fromkeys(unknown)))


def _named(supported: Sequence[WantedLine], value: str) -> list[WantedLine]:
    """The line of this code, or else those of this name: a state may list one name under several codes."""
    by_code = [line for line in supported if line.loa_code == value.strip()]
    plain = normalised(value)
    return by_code or [line for line in supported if plain and normalised(line.loa) == plain]


def _as_line(book: RuleBook, rule: BusinessRuleFact) -> WantedLine:
    known = book.line(rule.state, rule.loa_code)
    added: frozenset[str] = ADDED_BY_TYPE.get(AgentType(rule.agent_type), NO_CATEGORY)
    categories = known.categories | added
    first = next((word.value for word in LoaCategory if word in categories), "")
    return WantedLine(rule.loa_code, known.name, categories, first, rule.license_class_codes)
