"""Local rules that end soon, and that every watch is at work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentsync.rule_notices import ENDING, RULES
from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from core.notices.rounds import Round, carry_out
from core.notices.watches import registered_watches
from rulebook.models import Jurisdiction, StateRule

pytestmark = pytest.mark.django_db


def override(days: int | None, **fields) -> StateRule:
    oregon, _ = Jurisdiction.objects.get_or_create(code="OR", defaults={"name": "Oregon"})
    ends = None if days is None else clock.today() + timedelta(days=days)
    given = {"origin": "local", "reason": "The state wrote to us", "author_label": "Ada Lindqvist"}
    return StateRule.objects.create(
        jurisdiction=oregon, field="renewal_window_days", value="45", effective_to=ends, **(given | fields)
    )


def test_a_local_rule_that_ends_within_two_weeks_is_told_once_to_those_who_may_extend_it(
    ada: User, leo: User
):
    override(14)
    assert [carry_out(RULES), carry_out(RULES)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get()
    assert notice.code == ENDING
    assert notice.title.startswith("Oregon: ")
    assert "“45 days”, by Ada Lindqvist: The state wrote to us." in notice.body
    assert notice.url == "/admin/library/OR/"
    assert (ada.has_perm(notice.audience_right), leo.has_perm(notice.audience_right)) == (True, False)


@pytest.mark.parametrize("days", [15, -1, None])
def test_others_are_no_news(days):
    override(days)
    assert carry_out(RULES) == Round(0, 0)


def test_a_shipped_rule_or_one_withdrawn_is_no_news():
    override(5, origin="shipped")
    override(5, withdrawn_at=clock.now())
    assert carry_out(RULES) == Round(0, 0)


def test_it_closes_when_the_rule_is_said_for_longer():
    rule = override(5)
    carry_out(RULES)
    StateRule.objects.filter(pk=rule.pk).update(effective_to=clock.today() + timedelta(days=400))
    assert carry_out(RULES) == Round(0, 1)


def test_every_watch_of_the_product_looks():
    assert {watch.name for watch in registered_watches()} >= {
        "producers.licenses",
        "producers.education",
        "producers.people",
        "producers.nightly",
        "appointments.for_cause",
        "scorecards.dropped",
        "rulebook.overrides",
    }
