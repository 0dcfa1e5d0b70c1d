"""Reads of the rule book: the book as a value, and the sheets that the library's pages show."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q, QuerySet

from rulebook.fields import FIELDS, Group, RuleField
from rulebook.models import (
    CodeSystem,
    Edition,
    Fee,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    Origin,
    StateRule,
    TerminationReason,
)
from rulebook.rules.book import COUNTRY, ClassValue, LineValue, RuleBook, RuleValue, normalised

_BY_EDITION: dict[uuid.UUID, RuleBook] = {}
"""The one book that this process has read, by its edition."""


def load_rule_book(extra: Iterable[StateRule] = ()) -> RuleBook:
    """The book as it stands, with `extra` unsaved rules on top for "what if".

    One query while nothing has changed; every change of the book by a service or a load changes its edition.
    """
    token = Edition.objects.values_list("token", flat=True).first()
    book = _BY_EDITION.get(token) if token else None
    if book is None:
        book = _read_book()
        _BY_EDITION.clear()
        if token:
            _BY_EDITION[token] = book
    put_on_top: dict[tuple[str, str], list[RuleValue]] = {}
    for rule in extra:
        put_on_top.setdefault((rule.jurisdiction_id, rule.field), []).append(as_value(rule))
    return book.with_rules(put_on_top) if put_on_top else book


def as_value(rule: StateRule) -> RuleValue:
    """A row as the rules read it."""
    return RuleValue(
        value=rule.value,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        source=rule.source,
        confidence=rule.confidence,
        note=rule.note,
        overridden=rule.is_local,
        reason=rule.reason,
        author=rule.author_label,
    )


def rules_by_strength(rules: Iterable[StateRule]) -> list[StateRule]:
    """Local before shipped; among local ones the newest word, among shipped ones the latest beginning."""

    def weakness(rule: StateRule) -> tuple[bool, float, float, int]:
        started = rule.effective_from.toordinal() if rule.effective_from else 0
        if rule.is_local:
            return (False, -rule.created_at.timestamp(), 0, -(rule.pk or 0))
        return (True, 0, -started, 0)

    return sorted(rules, key=weakness)


def _read_book() -> RuleBook:
    rules: dict[tuple[str, str], tuple[RuleValue, ...]] = {}
    rows = StateRule.objects.filter(withdrawn_at=None).order_by("jurisdiction_id", "field")
    for key, group in groupby(rows, key=lambda rule: (rule.jurisdiction_id, rule.field)):
        rules[key] = tuple(as_value(rule) for rule in rules_by_strength(group))
    classes = list(LicenseClass.objects.order_by("pk"))
    kinds = {(item.jurisdiction_id, item.code, item.name): item.kind for item in classes}
    return RuleBook.from_parts(
        jurisdictions=dict(Jurisdiction.objects.values_list("code", "name")),
        rules=rules,
        lines=[_line_value(line, kinds) for line in _lines_in_force()],
        classes=[_class_value(item) for item in classes],
    )


def _lines_in_force() -> QuerySet[LineOfAuthority]:
    """Local answers first, then rows with categories: the first row of a code is the one that counts."""
    return LineOfAuthority.objects.filter(withdrawn_at=None).order_by("origin", "-categories", "pk")


def _line_value(line: LineOfAuthority, kinds: dict[tuple[str, str, str], str]) -> LineValue:
    return LineValue(
        state=line.jurisdiction_id,
        code=_registry_code(line),
        name=line.name,
        categories=frozenset(line.category_list),
        confidence=line.confidence,
        source=line.source,
        overridden=line.is_local,
        reason=line.reason,
        author=line.author_label,
        kind=kinds.get((line.jurisdiction_id, line.license_class_code, line.license_class_name), ""),
    )


def _registry_code(row: LineOfAuthority | LicenseClass) -> str:
    """Licences carry registry codes. The same digits in another system mean something else: only names count."""
    return row.code if row.code_system == CodeSystem.NIPR else ""


def _class_value(item: LicenseClass) -> ClassValue:
    return ClassValue(
        state=item.jurisdiction_id,
        code=_registry_code(item),
        name=item.name,
        kind=item.kind,
        confidence=item.confidence,
        source=item.source,
    )


# Sheets for people ----------------------------------------------------------------------------------------------


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


def _as_read(book: RuleBook, state: str, row: LineOfAuthority) -> LineValue:
    if row.code_system == CodeSystem.NIPR:
        return book.line(state, row.code, row.name)
    return _line_value(row, {})


def classes_of(state: str) -> list[tuple[LicenseClass, str]]:
    """The licence classes of a state, each with the agent type that assignments know it by."""
    book = load_rule_book()
    rows = LicenseClass.objects.filter(jurisdiction=state)
    return [(item, book.agent_type(state, _registry_code(item), item.name)) for item in rows]


def fees_of(state: str) -> QuerySet[Fee]:
    return Fee.objects.filter(jurisdiction=state)


def fee_on(item: str, on: date) -> Fee | None:
    """The fee of an item on a day; None when it is not known."""
    in_time = (
        Q(effective_from=None) | Q(effective_from__lte=on),
        Q(effective_to=None) | Q(effective_to__gte=on),
    )
    return Fee.objects.filter(*in_time, item=item).order_by("-effective_from").first()


def reasons_of(state: str, on: date) -> list[TerminationReason]:
    """The termination reasons that a state takes on a day; empty when it takes none or they are not known."""
    rule = load_rule_book().value(state, "termination_reason_codes", on)
    return list(TerminationReason.objects.filter(slug__in=rule.words)) if rule else []


def overrides_in_force(on: date) -> QuerySet[StateRule]:
    """All local rules in force on a day."""
    in_time = (
        Q(effective_from=None) | Q(effective_from__lte=on),
        Q(effective_to=None) | Q(effective_to__gte=on),
    )
    return StateRule.objects.filter(*in_time, origin=Origin.LOCAL, withdrawn_at=None)


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
