"""The lines that the rule book knows for a state: its own, and those of the country that are beyond doubt."""

from __future__ import annotations

from collections.abc import Iterable

from producers.enums import AgentType
from rulebook.rules.book import COUNTRY, LineValue, RuleBook, normalised
from rulebook.rules.classes import type_of_kind
from rulebook.rules.vocabulary import Confidence, LoaCategory

_TYPE_OF_CATEGORY = {LoaCategory.ADJUSTER: AgentType.ADJUSTER, LoaCategory.SURPLUS: AgentType.SURPLUS}


def codes(book: RuleBook, state: str, agent_type: str) -> list[str]:
    """Their codes, each line once: one line under two codes would be appointed twice."""
    named: dict[str, str] = {}
    for line in _known(book, state):
        if agent_type_of(line) == agent_type:
            named.setdefault(normalised(book.line(state, line.code).name) or line.code, line.code)
    return sorted(named.values())


def agent_type_of(line: LineValue) -> str:
    """Whose licenses carry the line: told by the kind of license, else by its categories."""
    if line.kind:
        return type_of_kind(line.kind).value
    for category, agent_type in _TYPE_OF_CATEGORY.items():
        if line.categories == {category}:
            return agent_type.value
    return AgentType.PRODUCER.value


def _known(book: RuleBook, state: str) -> Iterable[LineValue]:
    """The state's own first: of two codes for one name the state's counts."""
    for (place, _code), line in book.lines.items():
        if place == state:
            yield line
    for (place, _code), line in book.lines.items():
        if place == COUNTRY and line.confidence == Confidence.VERIFIED:
            yield line
