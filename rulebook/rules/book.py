"""The rule book as a value: every dated state rule, line and licence class, with no database behind it.

`rulebook.selectors.load_rule_book()` builds it from rows, tests from literals with `RuleBook.of(...)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from rulebook.rules.classes import type_by_words, type_of_kind
from rulebook.rules.vocabulary import AgentType, Confidence, LicenseKind

COUNTRY = "US"
"""The jurisdiction whose lines and classes hold in every state that has none of its own."""

NO_CATEGORY: frozenset[str] = frozenset()
KINDS_THAT_NAME_THEIR_LINES = frozenset(
    {LicenseKind.ADJUSTER, LicenseKind.PUBLIC_ADJUSTER, LicenseKind.SURPLUS_LINES}
)
NAMES_WITHOUT_CATEGORY = frozenset({"", "none", "agency", "loa not applicable"})


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What a rule of a state says in a period, and who says so. The value is text; read it typed below."""

    value: str
    effective_from: date | None = None
    effective_to: date | None = None
    source: str = ""
    confidence: str = ""
    note: str = ""
    overridden: bool = False
    reason: str = ""
    author: str = ""

    def covers(self, on: date) -> bool:
        """Both ends belong to the period; an open end has no limit."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )

    @property
    def number(self) -> int:
        return int(self.value)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.value)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word in self.value.split("|") if word)

    @property
    def told_by(self) -> str:
        """The source as a decision names it: an override by its author and reason."""
        if not self.overridden:
            return self.source
        return f"Local rule by {self.author or 'an unnamed author'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LineValue:
    """A line of authority as the library knows it. No categories means that they are not known."""

    state: str
    code: str
    name: str
    categories: frozenset[str] = NO_CATEGORY
    confidence: str = Confidence.UNKNOWN
    source: str = ""
    overridden: bool = False
    reason: str = ""
    author: str = ""
    kind: str = ""
    """The kind of licence that carries the line, where the source lists lines by licence."""


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A licence class as the library knows it; an empty kind means that it is not known."""

    state: str
    code: str
    name: str
    kind: str = ""
    confidence: str = Confidence.UNKNOWN
    source: str = ""


@lru_cache(maxsize=4096)
def normalised(name: str) -> str:
    """A name for comparing: case, punctuation, spacing and "&" for "and" make no difference; words do."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and ")).split())


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules by (state, field), strongest first; lines and licence classes by code and by name."""

    jurisdictions: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[tuple[str, str], tuple[RuleValue, ...]] = field(default_factory=dict)
    lines: Mapping[tuple[str, str], LineValue] = field(default_factory=dict)
    named_lines: Mapping[tuple[str, str], tuple[LineValue, ...]] = field(default_factory=dict)
    classes: Mapping[tuple[str, str], ClassValue] = field(default_factory=dict)
    named_classes: Mapping[tuple[str, str], ClassValue] = field(default_factory=dict)
    _seen: dict[tuple[str, str, str], LineValue] = field(default_factory=dict, compare=False, repr=False)

    def value(self, state: str, name: str, on: date) -> RuleValue | None:
        """The rule in force on a day, or None when it is not known."""
        for rule in self.rules.get((state, name), ()):
            if rule.covers(on):
                return rule
        return None

    def periods(
        self, state: str, name: str, first: date, last: date
    ) -> Iterator[tuple[date, date, RuleValue | None]]:
        """The days from first to last in stretches under one rule each, in order."""
        starts = {first}
        for rule in self.rules.get((state, name), ()):
            if rule.effective_from is not None:
                starts.add(rule.effective_from)
            if rule.effective_to is not None and rule.effective_to < last:
                starts.add(rule.effective_to + timedelta(days=1))
        ordered = sorted(start for start in starts if first <= start <= last)
        ends = [start - timedelta(days=1) for start in ordered[1:]] + [last]
        for start, end in zip(ordered, ends, strict=True):
            yield start, end, self.value(state, name, start)

    def line(self, state: str, loa_code: str, loa_name: str = "") -> LineValue:
        """What is known of a line: by the state's code, the country's code, then by exactly its name."""
        key = (state, loa_code, loa_name)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._find_line(state, loa_code, loa_name)
        return found

    def categories(self, state: str, loa_code: str, loa_name: str = "") -> frozenset[str]:
        """The categories of a line; empty when they are not known."""
        return self.line(state, loa_code, loa_name).categories

    def license_class(self, state: str, class_code: str, class_name: str = "") -> ClassValue | None:
        """What is known of a licence class: by its name in the state or the country, then by its code."""
        name = normalised(class_name)
        if name:
            for place in (state, COUNTRY):
                known = self.named_classes.get((place, name))
                if known is not None and known.kind:
                    return known
        return self.classes.get((state, class_code))

    def agent_type(self, state: str, class_code: str, class_name: str = "") -> str:
        """producer, adjuster, surplus or other. A class that nothing is known of is read as a producer's."""
        known = self.license_class(state, class_code, class_name)
        if known is not None and known.kind:
            return type_of_kind(known.kind)
        name = class_name or (known.name if known else "")
        return type_by_words(normalised(name)) or AgentType.PRODUCER

    def with_rules(self, extra: Mapping[tuple[str, str], Iterable[RuleValue]]) -> Self:
        """The same book with some rules put on top, for "what if". This book does not change."""
        rules = dict(self.rules)
        for key, values in extra.items():
            rules[key] = (*values, *rules.get(key, ()))
        return replace(self, rules=rules, _seen={})

    def _find_line(self, state: str, code: str, name: str) -> LineValue:
        plain = normalised(name)
        own = self.lines.get((state, code)) if code else None
        if own is not None and (own.overridden or own.categories):
            return own
        if plain not in NAMES_WITHOUT_CATEGORY or not name:
            national = self.lines.get((COUNTRY, code)) if code else None
            if national is not None and national.categories:
                return replace(national, state=state, name=name or national.name)
        known_name = name or (own.name if own else "")
        matched = self._match_name(state, normalised(known_name))
        if matched is not None:
            return replace(matched, state=state, code=code, name=known_name)
        return own or LineValue(state=state, code=code, name=name)

    def _match_name(self, state: str, plain: str) -> LineValue | None:
        """A row of the same name whose categories are beyond doubt: of the state, else of the country."""
        if plain in NAMES_WITHOUT_CATEGORY:
            return None
        for place in (state, COUNTRY):
            # What such a licence's list calls "adjuster" is said of the licence, not of the line's name.
            rows = [
                row
                for row in self.named_lines.get((place, plain), ())
                if row.categories and row.kind not in KINDS_THAT_NAME_THEIR_LINES
            ]
            producing = [row for row in rows if row.kind in ("", LicenseKind.PRODUCER)]
            for candidates in (producing, rows):
                if len({row.categories for row in candidates}) == 1:
                    return replace(candidates[0], confidence=Confidence.MATCHED_BY_NAME)
        return None

    @classmethod
    def of(
        cls,
        rules: Mapping[tuple[str, str], Any] | None = None,
        *,
        lines: Mapping[tuple[str, str], Iterable[str]] | None = None,
        names: Mapping[tuple[str, str], Iterable[str]] | None = None,
        classes: Mapping[tuple[str, str], str] | None = None,
        jurisdictions: Mapping[str, str] | None = None,
    ) -> Self:
        """A book from literals: `RuleBook.of({("CA", "renewal_window_days"): 90})`.

        A rule is a plain value, a RuleValue, or a list of RuleValues, strongest first. `lines` gives
        categories to lines by (state, code), `names` by (state, name), and `classes` gives kinds to licence
        classes by (state, name).
        """
        book = {key: _rule_values(value) for key, value in (rules or {}).items()}
        return cls.from_parts(
            jurisdictions=jurisdictions or {state: state for state, _ in book},
            rules=book,
            lines=[
                LineValue(place, code, "", frozenset(found), Confidence.VERIFIED)
                for (place, code), found in (lines or {}).items()
            ]
            + [
                LineValue(place, "", name, frozenset(found), Confidence.VERIFIED)
                for (place, name), found in (names or {}).items()
            ],
            classes=[
                ClassValue(place, "", name, kind, Confidence.VERIFIED)
                for (place, name), kind in (classes or {}).items()
            ],
        )

    @classmethod
    def from_parts(
        cls,
        *,
        jurisdictions: Mapping[str, str],
        rules: Mapping[tuple[str, str], tuple[RuleValue, ...]],
        lines: Iterable[LineValue],
        classes: Iterable[ClassValue],
    ) -> Self:
        """A book from values that are ready; the indexes by code and by name are made here."""
        by_code: dict[tuple[str, str], LineValue] = {}
        by_name: dict[tuple[str, str], tuple[LineValue, ...]] = {}
        for line in lines:
            if line.code:
                by_code.setdefault((line.state, line.code), line)
            name = (line.state, normalised(line.name))
            # A local answer about one code says nothing about other codes that share its name.
            if name[1] and not (line.overridden and line.code):
                by_name[name] = (*by_name.get(name, ()), line)
        class_codes: dict[tuple[str, str], ClassValue] = {}
        class_names: dict[tuple[str, str], ClassValue] = {}
        for known in classes:
            if known.code:
                class_codes.setdefault((known.state, known.code), known)
            class_names.setdefault((known.state, normalised(known.name)), known)
        return cls(
            jurisdictions=jurisdictions,
            rules=rules,
            lines=by_code,
            named_lines=by_name,
            classes=class_codes,
            named_classes=class_names,
        )


def _rule_values(value: Any) -> tuple[RuleValue, ...]:
    match value:
        case RuleValue():
            return (value,)
        case list() | tuple():
            return tuple(value)
    return (RuleValue(str(value), source="test book", confidence=Confidence.VERIFIED),)
