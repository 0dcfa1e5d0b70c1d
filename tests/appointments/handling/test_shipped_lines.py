"""The lines of the shipped rule book, taken over for every state."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from appointments.models import GatewayBusinessRule
from appointments.services.settings.rules import seed_business_rules
from producers.states import state_names
from rulebook.rules.book import normalised
from rulebook.selectors import load_rule_book
from tests.producers.cast import TESTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> None:
    call_command("load_rulebook", verbosity=0)


def test_every_state_gets_lines_of_each_great_category_and_no_line_twice(shipped):
    states = sorted(state_names())
    seed_business_rules(states, actor=TESTER)
    book = load_rule_book()
    for state in states:
        codes = list(GatewayBusinessRule.objects.filter(state=state).values_list("loa_code", flat=True))
        found = [book.line(state, code) for code in codes]
        categories = set().union(*(line.categories for line in found))
        assert {"life", "health", "property", "casualty"} <= categories, state
        names = [normalised(line.name) for line in found if line.name]
        assert len(names) == len(set(names)), state
