"""My license does not show: what is held that the assignment does not ask about, and windows not open yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rulebook.decision import Decision
from rulebook.rules import license_agent_type, renewal_opens
from rulebook.rules.appointment_question import category_words
from rulebook.rules.facts import AssignmentFact, LicenseFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_in_force import in_force
from rulebook.rules.vocabulary import AgentType, LoaCategory
from rulebook.rules.wording import place
from scorecards.scoring.values import OutsideEntry, OutsideKind, OutsideReason

ASSIGNABLE = frozenset({AgentType.PRODUCER, AgentType.ADJUSTER, AgentType.SURPLUS})


def outside_entries(assignment: AssignmentFact, held: Holdings) -> list[OutsideEntry]:
    """First what is not asked about, then what is not renewable yet, soonest window first."""
    licenses = list(held.all_licenses())
    not_asked = [entry for license_ in licenses if (entry := _not_asked(assignment, held, license_))]
    waiting = [entry for license_ in licenses if (entry := _not_yet_renewable(held, license_))]
    not_asked.sort(key=lambda entry: not entry.in_force)
    waiting.sort(key=lambda entry: entry.opens_on or date.max)
    return not_asked + waiting


def _not_asked(assignment: AssignmentFact, held: Holdings, license_: LicenseFact) -> OutsideEntry | None:
    """The first reason: its agent type, its state, or its categories."""
    if license_.agent_type != assignment.agent_type:
        return _other_agent_type(assignment, held, license_)
    if license_.state not in assignment.states:
        text = f"{place(held.book, license_.state)} is not on the assignment."
        return _entry(held, license_, OutsideReason.STATE, text, adds={"states": [license_.state]})
    missing = _active_categories(held, license_).difference(assignment.loa_categories)
    if not missing:
        return None
    text = f"It carries {category_words(missing)}, which the assignment does not ask for."
    return _entry(held, license_, OutsideReason.CATEGORY, text, adds={"loa_categories": sorted(missing)})


def _other_agent_type(assignment: AssignmentFact, held: Holdings, license_: LicenseFact) -> OutsideEntry:
    """An assignment asks for one agent type, so that what the button adds is another assignment."""
    agent_type = license_.agent_type
    text = f"Its agent type is {agent_type}; the assignment asks for {assignment.agent_type}."
    adds: dict[str, Any] = {}
    if agent_type in ASSIGNABLE:
        categories = sorted(_active_categories(held, license_)) or list(assignment.loa_categories)
        adds = {"agent_type": agent_type, "states": [license_.state], "loa_categories": categories}
    decision = license_agent_type.evaluate(replace(license_, agent_type=""), held.book)
    return _entry(held, license_, OutsideReason.AGENT_TYPE, text, adds=adds, decision=decision)


def _active_categories(held: Holdings, license_: LicenseFact) -> frozenset[str]:
    """Categories of the active lines; what belongs to no category is nobody's to ask for."""
    lines = (line for line in license_.lines if line.active)
    found = frozenset(category for line in lines for category in held.categories(license_, line))
    return found - {LoaCategory.NOT_APPLICABLE}


def _not_yet_renewable(held: Holdings, license_: LicenseFact) -> OutsideEntry | None:
    """In force, it expires, and its window is not open; a window that nobody knows is told as such."""
    if license_.expiration_date is None or not in_force(license_, held.as_of):
        return None
    opens = renewal_opens.opens_on(license_, held.book, held.as_of)
    if opens and opens[0] <= held.as_of:
        return None
    decision = renewal_opens.evaluate(license_, held.book, held.as_of)
    opens_on = opens[0] if opens else None
    return _entry(held, license_, OutsideReason.WINDOW, decision.text, decision=decision, opens_on=opens_on)


def _entry(
    held: Holdings,
    license_: LicenseFact,
    reason: OutsideReason,
    text: str,
    *,
    adds: Mapping[str, Any] | None = None,
    decision: Decision | None = None,
    opens_on: date | None = None,
) -> OutsideEntry:
    waiting = reason is OutsideReason.WINDOW
    return OutsideEntry(
        kind=OutsideKind.NOT_YET_RENEWABLE if waiting else OutsideKind.NOT_ASKED,
        reason=reason,
        state=license_.state,
        license_number=license_.number,
        license_class=license_.class_name,
        agent_type=license_.agent_type,
        text=text,
        in_force=in_force(license_, held.as_of),
        expiration_date=license_.expiration_date,
        opens_on=opens_on,
        adds=adds or {},
        decisions=(decision,) if decision else (),
    )
