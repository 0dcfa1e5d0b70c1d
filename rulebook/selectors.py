"""Reads of the rule book: the book as a value, and the sheets that the library's pages show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

from django.db.models import F, Q, QuerySet

from rulebook.models import (
    CodeSystem,
    Edition,
    Fee,
    Jurisdiction,
    LicenseClass,
    LineOfAuthority,
    StateRule,
    TerminationReason,
)
from rulebook.rules.book import ClassValue, LineValue, RuleBook, RuleValue
from rulebook.rules.fees import RegistryRates
from rulebook.rules.reasons import ReasonBook, ReasonFact

REASON_CODES = "termination_reason_codes"
RATE_ITEMS = {
    "appointment_cents": "Appointment or termination, programmed",
    "termination_cents": "Appointment or termination, programmed",
    "application_resident_cents": "Resident license/renewal",
    "application_non_resident_cents": "Non-resident license",
    "renewal_resident_cents": "Resident license/renewal",
    "renewal_non_resident_cents": "Non-resident renewal",
}
"""The items of the registry's price list, by what they are the price of."""

OLDEST_FIRST = F("effective_from").asc(nulls_first=True)

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
        lines=[as_line_value(line, kinds) for line in _lines_in_force()],
        classes=[_class_value(item) for item in classes],
    )


def _lines_in_force() -> QuerySet[LineOfAuthority]:
    """Local answers first, then rows with categories: the first row of a code is the one that counts."""
    return LineOfAuthority.objects.filter(withdrawn_at=None).order_by("origin", "-categories", "pk")


def as_line_value(line: LineOfAuthority, kinds: dict[tuple[str, str, str], str]) -> LineValue:
    return LineValue(
        state=line.jurisdiction_id,
        code=registry_code(line),
        name=line.name,
        categories=frozenset(line.category_list),
        confidence=line.confidence,
        source=line.source,
        overridden=line.is_local,
        reason=line.reason,
        author=line.author_label,
        kind=kinds.get((line.jurisdiction_id, line.license_class_code, line.license_class_name), ""),
    )


def registry_code(row: LineOfAuthority | LicenseClass) -> str:
    """Licences carry registry codes. The same digits in another system mean something else: only names count."""
    return row.code if row.code_system == CodeSystem.NIPR else ""


def _class_value(item: LicenseClass) -> ClassValue:
    return ClassValue(
        state=item.jurisdiction_id,
        code=registry_code(item),
        name=item.name,
        kind=item.kind,
        confidence=item.confidence,
        source=item.source,
    )


def fees_of(state: str) -> QuerySet[Fee]:
    return Fee.objects.filter(jurisdiction=state)


def _fees_on(on: date) -> QuerySet[Fee]:
    return Fee.objects.filter(
        Q(effective_from=None) | Q(effective_from__lte=on),
        Q(effective_to=None) | Q(effective_to__gte=on),
    )


def reasons_of(state: str, on: date) -> list[TerminationReason]:
    """The termination reasons that a state takes on a day; empty when it takes none or they are not known."""
    rule = load_rule_book().value(state, REASON_CODES, on)
    return list(TerminationReason.objects.filter(slug__in=rule.words)) if rule else []


def load_reason_book(on: date, defaults: Mapping[str, str]) -> ReasonBook:
    """The termination reasons as the states take them on a day, with the organisation's defaults by state.

    Two queries. Give it to every question of a request set.
    """
    book = load_rule_book()
    lists = {
        state: book.value(state, REASON_CODES, on) for state, field in book.rules if field == REASON_CODES
    }
    rows = TerminationReason.objects.values_list("slug", "label", "for_cause")
    return ReasonBook(
        reasons={slug: ReasonFact(slug, label, for_cause) for slug, label, for_cause in rows},
        lists={state: listed for state, listed in lists.items() if listed is not None},
        defaults=dict(defaults),
    )


def registry_rates(on: date) -> RegistryRates:
    """What the registry takes for a transaction on a day, in cents: one query."""
    rows = _fees_on(on).filter(item__in=set(RATE_ITEMS.values()))
    found = dict(rows.order_by(OLDEST_FIRST).values_list("item", "amount_cents"))
    return RegistryRates(**{name: found.get(item) for name, item in RATE_ITEMS.items()})
