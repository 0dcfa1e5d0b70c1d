"""What the library's pages show: a state's sheet, all states side by side, previews, lines, and the search."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from rulebook.fields import FIELDS, Group, RuleField
from rulebook.models import (
    CodeSystem,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    Origin,
    StateRule,
    TerminationReason,
)
from rulebook.rules.book import COUNTRY, LineValue, RuleBook, RuleValue, normalised
from rulebook.selectors import as_line_value, as_value, load_rule_book, registry_code, rules_by_strength


@dataclass(frozen=True)
class Answer:
    """One question about a state, the answer in force on a day if it is known, and all local answers ever given."""

    field: RuleField
    rule: StateRule | None
    history: list[StateRule]

    @property
    def told(self) -> str:
        return self.rule.told if self.rule else "not known"

    @property
    def known(self) -> bool:
        return self.rule is not None


def states() -> QuerySet[Jurisdiction]:
    return Jurisdiction.objects.filter(is_country=False)


def answers(state: str, on: date) -> dict[Group, list[Answer]]:
    """Every question about a state with its answer on a day, by group."""
    rules: dict[str, list[StateRule]] = {}
    for rule in rules_by_strength(StateRule.objects.filter(jurisdiction=state)):
        rules.setdefault(rule.field, []).append(rule)
    sheet: dict[Group, list[Answer]] = {group: [] for group in Group}
    for field in FIELDS:
        sheet[field.group].append(_answer(field, rules.get(field.name, []), on))
    return sheet


def sources_of(sheet: dict[Group, list[Answer]]) -> list[str]:
    """The sources that a sheet's shipped answers rest on, each once, in the order of their first use."""
    rules = [answer.rule for group in sheet.values() for answer in group if answer.rule]
    return list(dict.fromkeys(rule.source for rule in rules if rule.source and not rule.is_local))


def comparison(fields: Iterable[RuleField], on: date) -> list[tuple[Jurisdiction, list[Answer]]]:
    """All states with their answers to some questions, in two queries."""
    chosen = list(fields)
    rules: dict[tuple[str, str], list[StateRule]] = {}
    rows = StateRule.objects.filter(field__in=[field.name for field in chosen], withdrawn_at=None)
    for rule in rules_by_strength(rows):
        rules.setdefault((rule.jurisdiction_id, rule.field), []).append(rule)
    return [
        (state, [_answer(field, rules.get((state.code, field.name), []), on) for field in chosen])
        for state in states()
    ]


def _answer(field: RuleField, rules: list[StateRule], on: date) -> Answer:
    in_force = next((rule for rule in rules if not rule.is_withdrawn and rule.in_force(on)), None)
    return Answer(field, in_force, [rule for rule in rules if rule.is_local])


@dataclass(frozen=True)
class Stretch:
    """Some days of a preview: what the rule says now, and what it would say. Open ends are None."""

    first: date | None
    last: date | None
    before: RuleValue | None
    after: RuleValue | None

    @property
    def differs(self) -> bool:
        return (self.before and self.before.value) != (self.after and self.after.value)


def preview(
    state: str, field: str, *, extra: Collection[StateRule] = (), without: Collection[int] = ()
) -> list[Stretch]:
    """What adding or withdrawing local rules changes, stretch by stretch, over the days that they cover."""
    rows = list(StateRule.objects.filter(jurisdiction=state, field=field, withdrawn_at=None))
    key = (state, field)
    now = RuleBook(rules={key: tuple(as_value(rule) for rule in rules_by_strength(rows))})
    kept = rules_by_strength(rule for rule in rows if rule.pk not in without)
    then = RuleBook(rules={key: tuple(as_value(rule) for rule in [*extra, *kept])})
    moved = [*extra, *(rule for rule in rows if rule.pk in without)]
    first = min((rule.effective_from or date.min for rule in moved), default=date.min)
    last = max((rule.effective_to or date.max for rule in moved), default=date.max)
    # Both books change only where one of them does: cut at the changes of the two together.
    both = RuleBook(rules={key: (*now.rules[key], *then.rules[key])})
    return [
        Stretch(
            None if start == date.min else start,
            None if end == date.max else end,
            now.value(state, field, start),
            then.value(state, field, start),
        )
        for start, end, _ in both.periods(state, field, first, last)
    ]


def lines_of(state: str) -> list[tuple[LineOfAuthority, LineValue]]:
    """The lines of a state with what the book makes of each: its own, and the registry's national ones."""
    book = load_rule_book()
    rows = LineOfAuthority.objects.filter(
        Q(jurisdiction=state) | Q(jurisdiction=COUNTRY, code_system=CodeSystem.NIPR), withdrawn_at=None
    ).order_by("origin", "code_system", "jurisdiction_id", "code", "name")
    told: dict[tuple[str, str, str], LineOfAuthority] = {}
    for row in rows:
        own_name = "" if row.code_system == CodeSystem.NIPR else normalised(row.name)
        told.setdefault((row.code_system, row.code, own_name), row)
    return [(row, _as_read(book, state, row)) for row in told.values()]


def local_line(state: str, code: str) -> LineOfAuthority | None:
    """What is said here of a line, if anything is."""
    said = LineOfAuthority.objects.filter(
        jurisdiction=state, code=code, origin=Origin.LOCAL, withdrawn_at=None
    )
    return said.first()


def _as_read(book: RuleBook, state: str, row: LineOfAuthority) -> LineValue:
    if row.code_system == CodeSystem.NIPR:
        return book.line(state, row.code, row.name)
    return as_line_value(row, {})


def classes_of(state: str) -> list[tuple[LicenseClass, str]]:
    """The licence classes of a state, each with the agent type that assignments know it by."""
    book = load_rule_book()
    rows = LicenseClass.objects.filter(jurisdiction=state)
    return [(item, book.agent_type(state, registry_code(item), item.name)) for item in rows]


@dataclass(frozen=True)
class Found:
    """One hit of a search through the library."""

    kind: str
    title: str
    detail: str
    state: str


def search(text: str, *, limit: int = 25) -> list[Found]:
    """States, lines, licence classes and termination reasons whose code or name holds the text."""
    text = text.strip()
    if not text:
        return []
    found = [
        Found("State", state.name, state.code, state.code)
        for state in states().filter(Q(code__iexact=text) | Q(name__icontains=text))[:limit]
    ]
    named = Q(code__iexact=text) | Q(name__icontains=text)
    lines = LineOfAuthority.objects.filter(named, withdrawn_at=None).order_by(
        "jurisdiction_id", "name", "code"
    )
    found += [
        Found("Line of authority", f"{code} {name}".strip(), categories, state)
        for code, name, categories, state in lines.values_list(
            "code", "name", "categories", "jurisdiction_id"
        ).distinct()[:limit]
    ]
    found += [
        Found(
            "License class", f"{item.code} {item.name}".strip(), item.get_kind_display(), item.jurisdiction_id
        )
        for item in LicenseClass.objects.filter(named)[:limit]
    ]
    reasons = TerminationReason.objects.filter(Q(slug__icontains=text) | Q(label__icontains=text))
    for reason in reasons.prefetch_related("jurisdictions")[:limit]:
        taken = ", ".join(sorted(state.code for state in reason.jurisdictions.all()))
        found.append(Found("Termination reason", reason.label, taken or "no state lists it", ""))
    return found
