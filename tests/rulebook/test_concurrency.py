"""Two people at once: one answer stands, and neither sees a failure that is not theirs."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from rulebook import services
from rulebook.models import Jurisdiction, LineOfAuthority, StateRule
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works):
    """Run the works at the same moment, each on a connection of its own; their results or refusals."""

    def run(number):
        try:
            return works[number]()
        except ValidationError as refusal:
            return refusal

    return at_once(run, len(works))


@pytest.fixture
def state() -> Jurisdiction:
    return Jurisdiction.objects.create(code="CA", name="California")


def test_two_who_answer_one_line_at_once_leave_one_answer_in_force(state):
    def say(category):
        return lambda: services.mend_line(
            jurisdiction="CA", loa_code="901", name="Odd", categories=[category], author_label=category
        )

    together(say("life"), say("health"), say("property"))
    answers = LineOfAuthority.objects.filter(code="901")
    assert answers.count() == 3
    assert answers.filter(withdrawn_at=None).count() == 1


def test_the_same_rule_said_by_two_at_once_is_kept_once(state):
    def say():
        return services.override_rule(
            jurisdiction="CA", field="ce_hours", value="24", effective_from=None, effective_to=None,
            reason="Letter", author_label="Ada",
        )  # fmt: skip

    results = together(say, say)
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert StateRule.objects.count() == 1


def test_of_two_who_withdraw_one_rule_one_is_told_that_it_was_withdrawn(state):
    rule = services.override_rule(
        jurisdiction="CA", field="ce_hours", value="24", effective_from=None, effective_to=None,
        reason="Letter", author_label="Ada",
    )  # fmt: skip

    def withdraw(author):
        return lambda: services.withdraw_override(
            StateRule.objects.get(pk=rule.pk), reason="Recalled", author_label=author
        )

    results = together(withdraw("Ada"), withdraw("Leo"))
    assert sum(isinstance(result, ValidationError) for result in results) == 1
