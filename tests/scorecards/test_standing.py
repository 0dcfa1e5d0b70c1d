"""May this producer sell there?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from producers.models import License
from scorecards.standing import standing
from tests.scorecards import records


def test_licensed_and_appointed_is_allowed(ines):
    records.appointment(ines)
    answer = standing(ines, "CA", "life", "77001")
    assert answer.allowed
    told = answer.as_dict()
    assert (told["license"]["status"], told["appointment"]["status"]) == ("renew", "appointed")
    assert [decision["rule"] for decision in told["decisions"]][-1] == "appointment_held"


@pytest.mark.parametrize(
    ("state", "category", "cocode"), [("CA", "life", "77001"), ("TX", "life", ""), ("CA", "health", "")]
)
def test_without_license_or_appointment_it_is_not(ines, state, category, cocode):
    assert not standing(ines, state, category, cocode).allowed


def test_without_a_company_the_license_alone_answers(ines):
    answer = standing(ines, "CA", "life")
    assert answer.allowed
    assert answer.as_dict()["appointment"] is None


def test_it_is_judged_on_the_day_asked_for(ines):
    assert standing(ines, "CA", "life", on=clock.today() + timedelta(days=40)).allowed
    assert not standing(ines, "CA", "life", on=clock.today() + timedelta(days=41)).allowed


def test_before_it_was_issued_or_its_line_added_a_license_allows_nothing(ines):
    today = clock.today()
    License.objects.update(issue_date=today)
    assert standing(ines, "CA", "life", on=today).allowed
    assert not standing(ines, "CA", "life", on=today - timedelta(days=1)).allowed
    License.objects.update(issue_date=None)
    ines.license_lines.update(issue_date=today)
    assert standing(ines, "CA", "life", on=today).allowed
    assert not standing(ines, "CA", "life", on=today - timedelta(days=1)).allowed


def test_before_it_begins_an_appointment_allows_nothing(ines):
    records.appointment(ines)
    assert standing(ines, "CA", "life", "77001").allowed
    before = standing(ines, "CA", "life", "77001", on=clock.today() - timedelta(days=1))
    assert (before.allowed, before.appointment and before.appointment.status) == (False, "pending")


def test_it_is_judged_by_what_was_known_then(ines):
    earlier = clock.now() - timedelta(days=10)
    License.objects.update(known_from=earlier, known_to=clock.now())
    assert not standing(ines, "CA", "life").allowed
    ines.license_lines.update(known_from=earlier)
    assert standing(ines, "CA", "life", known_at=clock.now() - timedelta(days=1)).allowed
    assert not standing(ines, "CA", "life", known_at=earlier - timedelta(days=1)).allowed
