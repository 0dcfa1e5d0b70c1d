"""Whether a state takes appointments of individuals, or of firms: yes, no, or by the company's own registry.

PASS means that an appointment is filed, FAIL that the state takes none, INFO that it is a registry state.
"""

from __future__ import annotations

from datetime import date

from rulebook.decision import Decision, Outcome
from rulebook.rules.book import RuleBook
from rulebook.rules.vocabulary import EntityType
from rulebook.rules.wording import decide, place, set_rule

RULE = "state_appoints"
FIELDS = {EntityType.INDIVIDUAL: "appoints_individuals", EntityType.FIRM: "appoints_firms"}


def answer(book: RuleBook, state: str, entity_type: str, as_of: date) -> str:
    """yes, no, registry, or empty when it is not known."""
    rule = book.value(state, FIELDS[EntityType(entity_type)], as_of)
    return rule.value if rule else ""


def evaluate(book: RuleBook, state: str, entity_type: str, as_of: date) -> Decision:
    field = FIELDS[EntityType(entity_type)]
    who = "firms" if entity_type == EntityType.FIRM else "individuals"
    name = place(book, state)
    facts = {"state": state, "entity_type": entity_type, "as_of": as_of}
    rule = book.value(state, field, as_of)
    if rule is None:
        text = f"Whether {name} appoints {who} is not known."
        return decide(RULE, Outcome.UNKNOWN, text, facts, fix=set_rule(state, field, as_of))
    facts["appoints"] = rule.value
    if rule.value == "registry":
        text = f"{name} is a registry state: the company keeps its own list of {who}, and nothing is filed."
        return decide(RULE, Outcome.INFO, text, facts, rule)
    if rule.value == "yes":
        return decide(RULE, Outcome.PASS, f"{name} appoints {who}.", facts, rule)
    return decide(RULE, Outcome.FAIL, f"{name} does not appoint {who}.", facts, rule)
