"""Whether a licence carries an active line of a category."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.facts import LicenseFact, LineFact
from rulebook.rules.license_agent_type import of as agent_type_of
from rulebook.rules.line_category import RULE as LINE_CATEGORY
from rulebook.rules.vocabulary import AgentType, LoaCategory
from rulebook.rules.wording import day

RULE = "license_carries"


def categories_of(held: LicenseFact, line: LineFact, book: RuleBook) -> frozenset[str]:
    """A line's categories; on an adjuster's or a surplus lines licence every line is of that category too."""
    found = book.categories(held.state, line.code, line.name)
    match agent_type_of(held, book):
        case AgentType.ADJUSTER:
            return found | {LoaCategory.ADJUSTER}
        case AgentType.SURPLUS:
            return found | {LoaCategory.SURPLUS}
    return found


def evaluate(held: LicenseFact, category: str, book: RuleBook) -> Decision:
    """PASS with the line that carries it; FAIL saying whether the line is missing or not active."""
    idle: LineFact | None = None
    for line in held.lines:
        if category not in categories_of(held, line, book):
            continue
        if line.active:
            return _carries(held, line, category, book)
        idle = idle or line
    label = category.replace("_", " ")
    facts = {"state": held.state, "license_number": held.number, "category": category}
    name = f"License {held.number} in {held.state}"
    if idle is None:
        text = f"{name} has no line of {label}."
        unread = [
            line.name or line.code
            for line in held.lines
            if not book.line(held.state, line.code, line.name).categories
        ]
        if unread:
            facts["category_not_known"] = ", ".join(unread)
            text += f" The category of {', '.join(unread)} is not known."
    else:
        why = f" ({idle.status_reason})" if idle.status_reason else ""
        text = f"{name} has the line {idle.name or idle.code}, and it is not active{why}."
    fix = Fix("add_line", "Add the line", {"state": held.state, "category": category})
    return Decision(RULE, Outcome.FAIL, text, facts, fix=fix)


def _carries(held: LicenseFact, line: LineFact, category: str, book: RuleBook) -> Decision:
    known = book.line(held.state, line.code, line.name)
    facts = {
        "state": held.state,
        "license_number": held.number,
        "category": category,
        "loa_code": line.code,
        "loa": line.name,
        "line_issue_date": line.issue_date,
        "rule": LINE_CATEGORY,
    }
    since = f" since {day(line.issue_date)}" if line.issue_date else ""
    text = f"License {held.number} in {held.state} carries {line.name or line.code}{since}."
    return Decision(
        RULE, Outcome.PASS, text, facts, known.source, override=known.overridden, confidence=known.confidence
    )
