"""The reasons for ending an appointment as a value: which states take which, and what is taken where none is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulebook.rules.book import RuleValue, normalised

TAKES_NONE = "NOT_REQUIRED"
"""The word in a state's list that says that it takes no reason."""


@dataclass(frozen=True, slots=True)
class ReasonFact:
    """A reason. For cause is "yes", "no", "review" (a person has to see) or empty where that is not known."""

    slug: str
    label: str
    for_cause: str = ""


@dataclass(frozen=True, slots=True)
class ReasonBook:
    """All reasons by slug, the lists of the states as their rules say them, and the organisation's defaults.

    A state without a list is one whose reasons are not known; that is no list without reasons.
    """

    reasons: Mapping[str, ReasonFact] = field(default_factory=dict)
    lists: Mapping[str, RuleValue] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def takes_none(self, state: str) -> bool:
        listed = self.lists.get(state)
        return listed is not None and TAKES_NONE in listed.words

    def accepted(self, state: str) -> tuple[ReasonFact, ...] | None:
        """What the state takes, in its order; empty where it takes none, None where that is not known."""
        listed = self.lists.get(state)
        if listed is None:
            return None
        return tuple(
            self.reasons[slug] for slug in listed.words if slug in self.reasons and slug != TAKES_NONE
        )

    def offered(self, state: str) -> tuple[ReasonFact, ...]:
        """What a screen offers: what the state takes, or where that is not known, every reason that a state takes."""
        known = self.accepted(state)
        if known is not None:
            return known
        listed = {slug for rule in self.lists.values() for slug in rule.words} - {TAKES_NONE}
        return tuple(fact for slug, fact in self.reasons.items() if slug in listed)

    def find(self, text: str) -> ReasonFact | None:
        """A reason by its slug or its label, whatever the case."""
        plain = normalised(text)
        return next(
            (
                fact
                for fact in self.reasons.values()
                if plain
                and fact.slug != TAKES_NONE
                and plain in (normalised(fact.slug), normalised(fact.label))
            ),
            None,
        )

    def words(self, text: str) -> str:
        """A reason as people read it: its label, or the text itself where no reason is called that."""
        found = self.find(text)
        return found.label if found else text.strip()

    def asked(self, state: str, given: str) -> str:
        """The text of the reason that counts: the one given, or the organisation's default for the state."""
        return given.strip() or self.defaults.get(state, "")
