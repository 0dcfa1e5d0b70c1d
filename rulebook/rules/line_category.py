"""Which categories a line of authority belongs to: as the library lists it, else by exactly its name."""

from __future__ import annotations

from rulebook.decision import Decision, Fix, Outcome
from rulebook.rules.book import NAMES_WITHOUT_CATEGORY, LineValue, RuleBook, normalised
from rulebook.rules.vocabulary import Confidence
from rulebook.rules.wording import place

RULE = "line_category"


def evaluate(book: RuleBook, state: str, loa_code: str, loa_name: str = "") -> Decision:
    line = book.line(state, loa_code, loa_name)
    called = " ".join(part for part in (loa_code, line.name) if part) or "without code and name"
    facts = {"state": state, "loa_code": loa_code, "loa": line.name, "categories": sorted(line.categories)}
    where = place(book, state)
    source = f"Local answer by {line.author}: {line.reason}" if line.overridden else line.source
    if line.categories:
        text = f"Line {called} in {where} is {_listed(line)}."
        outcome, fix = Outcome.PASS, None
    elif line.overridden or (line.name and normalised(line.name) in NAMES_WITHOUT_CATEGORY):
        text = f"Line {called} in {where} belongs to no category."
        outcome, fix = Outcome.FAIL, None
    else:
        text = f"The category of line {called} in {where} is not known."
        outcome = Outcome.UNKNOWN
        fix = Fix("set_line_categories", "Say its category", {"state": state, "loa_code": loa_code})
    return Decision(
        RULE, outcome, text, facts, source, fix=fix, override=line.overridden, confidence=line.confidence
    )


def _listed(line: LineValue) -> str:
    words = " and ".join(name.replace("_", " ") for name in sorted(line.categories))
    return f"{words} (matched by its name)" if line.confidence == Confidence.MATCHED_BY_NAME else words
