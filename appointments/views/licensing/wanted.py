"""What a person wants to ask for, read from the address: by a scorecard's cells, or chosen on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from appointments.enums import TransactionKind
from appointments.facts import full_facts
from appointments.views.asking.reading import among
from core import clock
from producers.enums import AgentType
from producers.models import Producer
from producers.services.assignments import ASSIGNABLE_CATEGORIES
from producers.states import state_names
from rulebook.rules.facts import LicenseFact
from rulebook.rules.holdings import Holdings
from rulebook.rules.license_request_question import LicenseAction
from rulebook.selectors import load_rule_book

APPLIES = (LicenseAction.APPLY, LicenseAction.AMEND)
Requests = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """States and categories, to apply for or to renew."""

    action: LicenseAction
    states: tuple[str, ...]
    categories: tuple[str, ...]
    agent_type: str

    @property
    def applies(self) -> bool:
        return self.action in APPLIES

    @property
    def kind(self) -> TransactionKind:
        return TransactionKind.LICENSE_APPLICATION if self.applies else TransactionKind.LICENSE_RENEWAL


def read(said: QueryDict, held: Holdings) -> Wanted:
    """Words that mean nothing are left out. A state without an action is applied for; nothing at all is a renewal."""
    action = said.get("action", "")
    if action not in set(LicenseAction):
        action = LicenseAction.APPLY if "state" in said else LicenseAction.RENEW
    assigned = held.producer.assignments
    agent_type = said.get("agent_type", "")
    if agent_type not in AgentType.values:
        agent_type = assigned[0].agent_type if assigned else AgentType.PRODUCER.value
    categories = [each.value for each in ASSIGNABLE_CATEGORIES]
    return Wanted(
        LicenseAction(action),
        tuple(among(said.getlist("state"), state_names())),
        tuple(among(said.getlist("category"), categories)),
        str(agent_type),
    )


def holdings(producer: Producer) -> Holdings:
    """What the producer holds today."""
    return Holdings(full_facts([producer.pk])[producer.pk], load_rule_book(), clock.today())


def as_requests(producer: Producer, wanted: Wanted, held: Holdings) -> Requests:
    """One request a state to apply in, or one a license to renew, as the service takes them."""
    if wanted.applies:
        return list(_applications(producer, wanted))
    return [
        {
            "npn": producer.npn,
            "state": license_.state,
            "license_number": license_.number,
            "license_class_code": license_.class_code,
        }
        for license_ in _licenses(wanted, held)
    ]


def _applications(producer: Producer, wanted: Wanted) -> Iterator[dict[str, Any]]:
    if not wanted.categories:
        return
    for state in wanted.states:
        yield {
            "npn": producer.npn,
            "state": state,
            "loa_categories": list(wanted.categories),
            "agent_type": wanted.agent_type,
        }


def _licenses(wanted: Wanted, held: Holdings) -> Sequence[LicenseFact]:
    """Every license in the states chosen; with categories those that have a line of one, active or not."""
    chosen = [one for one in held.all_licenses() if not wanted.states or one.state in wanted.states]
    if not wanted.categories:
        return chosen
    asked = frozenset(wanted.categories)
    return [
        one for one in chosen if any(not asked.isdisjoint(held.categories(one, line)) for line in one.lines)
    ]
