"""What each state wants to know of a termination: its reasons, and the date where one may be set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from appointments.models import DefaultTerminationReason
from appointments.views.asking import reading
from core import clock
from producers.states import state_names
from rulebook.rules import (
    termination_backdating,
    termination_documents,
    termination_not_future,
    termination_reason_accepted,
    termination_reason_given,
)
from rulebook.rules.book import RuleBook
from rulebook.rules.reasons import ReasonBook
from rulebook.rules.termination_for_cause import needs_a_second_person
from rulebook.selectors import load_reason_book, load_rule_book


@dataclass(frozen=True, slots=True)
class Offered:
    """A reason as a choice."""

    slug: str
    label: str
    second_person: bool
    documents: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class StateTerms:
    """What a state wants, and what has been said so far."""

    state: str
    name: str
    offered: tuple[Offered, ...]
    takes_none: bool
    list_known: bool
    sets_date: bool
    earliest: date | None
    latest: date
    date_words: str
    date_said: str = ""
    problem: str = ""

    @property
    def date_help(self) -> str:
        """Which dates it takes, in one sentence."""
        if self.sets_date:
            return "The state sets the date itself."
        if self.earliest:
            return f"Empty: the state sets it. From {date_format(self.earliest, 'j M Y')}, not in the future."
        said = f" The state says: {self.date_words}." if self.date_words else ""
        return f"Empty: the state sets it. How far back is not known; not in the future.{said}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says for a state."""

    reason: str
    on: date | None
    problem: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all states: three queries."""

    book: RuleBook
    reasons: ReasonBook
    today: date

    def said(self, state: str, posted: Mapping[str, str]) -> Said:
        """Reason and date of a state as posted, with the sentence what is wrong with them."""
        on, problem = reading.day(posted.get(f"date-{state}", ""))
        given = posted.get(f"reason-{state}", "").replace("\x00", "")[:100]
        return Said(given, on, problem or self._refusal(state, given, on))

    def of(self, state: str, posted: Mapping[str, str] | None = None, problem: str = "") -> StateTerms:
        """What a state wants, filled in with what was posted or with the organisation's default."""
        said = posted or {}
        chosen = said.get(f"reason-{state}", self.reasons.defaults.get(state, ""))
        words = self.book.value(state, termination_backdating.IN_WORDS, self.today)
        return StateTerms(
            state,
            state_names().get(state, state),
            self._offered(state, chosen),
            self.reasons.takes_none(state),
            self.reasons.accepted(state) is not None,
            termination_backdating.stamps_its_own_date(self.book, state, self.today),
            termination_backdating.earliest(self.book, state, self.today),
            self.today,
            words.value if words else "",
            said.get(f"date-{state}", ""),
            problem,
        )

    def _offered(self, state: str, chosen: str) -> tuple[Offered, ...]:
        return tuple(
            Offered(
                each.slug,
                each.label,
                needs_a_second_person(each),
                termination_documents.required(self.book, state, each, self.today),
                each.slug == chosen,
            )
            for each in self.reasons.offered(state)
        )

    def _refusal(self, state: str, given: str, on: date | None) -> str:
        """The first rule that a reason and a date break, in words."""
        decisions = [termination_reason_given.evaluate(self.book, state, given, self.reasons)]
        if not self.reasons.takes_none(state) and decisions[0].passed:
            asked = self.reasons.asked(state, given)
            decisions.append(
                termination_reason_accepted.evaluate(self.book, state, asked, self.reasons, self.today)
            )
        decisions.append(termination_not_future.evaluate(on, self.today))
        decisions.append(termination_backdating.evaluate(self.book, state, on, self.today))
        return next((each.text for each in decisions if each.failed), "")


def reasons_of(terms: Iterable[StateTerms]) -> list[tuple[str, str]]:
    """Every reason that some of these states take, by its words."""
    found = {each.slug: each.label for state in terms for each in state.offered}
    return sorted(found.items(), key=lambda pair: pair[1])


def load_terms() -> Terms:
    """Read the terms of all states."""
    defaults = dict(DefaultTerminationReason.objects.values_list("state", "reason"))
    today = clock.today()
    return Terms(load_rule_book(), load_reason_book(today, defaults), today)
