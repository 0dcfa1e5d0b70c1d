"""On which day the calendar alone may change a scorecard: then it is computed again, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from rulebook.rules import late_renewal, reinstatement, renewal_opens, renewal_window, state_appoints
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import AssignmentFact, LicenseFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_in_force import expired

ONE_DAY = timedelta(days=1)
RENEWAL_FIELDS = (renewal_window.FIELD, late_renewal.FIELD, reinstatement.FIELD)
FIELDS = (*RENEWAL_FIELDS, *state_appoints.FIELDS.values(), "jit_allowed", "jit_days", "jit_categories")


def next_change_on(assignment: AssignmentFact, held: Holdings) -> date | None:
    """Of licenses and of dated rules, the first day after this one. A license of any state may be the resident one."""
    states = set(assignment.states)
    days: list[date] = []
    for license_ in held.all_licenses():
        states.add(license_.state)
        days.extend(license_days(license_, held.book, held.as_of))
    days.extend(rule_days(states, held.book))
    if assignment.wants_appointments:
        days.extend(fact.status_date for fact in held.producer.appointments if fact.status_date)
    return min((day for day in days if day > held.as_of), default=None)


def license_days(license_: LicenseFact, book: RuleBook, as_of: date) -> Iterator[date]:
    """When it and its lines begin, its window opens, it has expired, and late renewal and reinstatement are over."""
    yield from filter(None, (license_.issue_date, *(line.issue_date for line in license_.lines)))
    expires = license_.expiration_date
    if expires is None:
        return
    if not expired(license_, as_of):
        yield expires + ONE_DAY
        opens = renewal_opens.opens_on(license_, book, as_of)
        if opens:
            yield opens[0]
        return
    for field in (late_renewal.FIELD, reinstatement.FIELD):
        rule = book.value(license_.state, field, as_of)
        if rule:
            yield expires + timedelta(days=rule.number) + ONE_DAY


def rule_days(states: Iterable[str], book: RuleBook) -> Iterator[date]:
    """The days on which a rule of these states begins, or the day after it ends."""
    for state in states:
        for field in FIELDS:
            for rule in book.rules.get((state, field), ()):
                if rule.effective_from:
                    yield rule.effective_from
                if rule.effective_to:
                    yield rule.effective_to + ONE_DAY
