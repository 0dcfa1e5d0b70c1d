"""Scorecards that were full and no longer are."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.jobs.models import Job
from core.notices.models import Notice
from core.notices.rounds import ROUND_JOB, Round, carry_out
from producers.models import License, LicenseLine
from scorecards import services, tasks
from scorecards.models import Scorecard
from scorecards.notices import SCORECARDS
from tests.scorecards import records
from tests.scorecards.test_jobs import run


def compute() -> None:
    services.refresh(Scorecard.objects.values_list("pk", flat=True))


@pytest.fixture
def full(heron) -> list[Scorecard]:
    """Three scorecards that ask for California alone, and have it."""
    for number in range(3):
        owner = records.producer(str(9000 + number), last_name=f"Number {number}")
        records.assign(owner, states=["CA"], cocodes=[], scorecard_type="license")
    services.ensure_scorecards()
    compute()
    assert set(Scorecard.objects.values_list("licensed_percent", flat=True)) == {100}
    return list(Scorecard.objects.order_by("pk"))


def drop(*cards: Scorecard) -> None:
    LicenseLine.objects.filter(producer__scorecards__in=cards).update(status="Inactive")
    compute()


def test_all_that_dropped_are_one_notice_that_leads_to_them(full, specialist):
    assert carry_out(SCORECARDS) == Round(0, 0)
    drop(*full[:2])
    assert [carry_out(SCORECARDS), carry_out(SCORECARDS)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get()
    assert notice.title == "2 scorecards dropped below 100 %"
    page = specialist.get(notice.url).text
    assert all(card.number in page for card in full[:2])
    assert full[2].number not in page


def test_one_that_never_was_full_has_not_dropped(scorecard):
    assert Scorecard.objects.get().licensed_percent < 100
    compute()
    assert carry_out(SCORECARDS) == Round(0, 0)


def test_falling_further_is_not_told_again(full):
    drop(full[0])
    carry_out(SCORECARDS)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        License.objects.filter(producer=full[0].producer).update(active=False)
        compute()
        assert carry_out(SCORECARDS) == Round(0, 0)


def test_the_notice_closes_when_all_of_them_are_full_again(full):
    drop(*full[:2])
    carry_out(SCORECARDS)
    LicenseLine.objects.filter(producer=full[0].producer).update(status="Active")
    compute()
    assert carry_out(SCORECARDS) == Round(0, 0)
    LicenseLine.objects.update(status="Active")
    compute()
    assert carry_out(SCORECARDS) == Round(0, 1)


def test_a_second_fall_is_told_too(full):
    drop(full[0])
    carry_out(SCORECARDS)
    LicenseLine.objects.update(status="Active")
    compute()
    carry_out(SCORECARDS)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        drop(full[0])
        assert carry_out(SCORECARDS) == Round(1, 0)


def test_the_calendar_refresh_asks_for_a_round(scorecard):
    run(tasks.CALENDAR_JOB)
    assert Job.objects.filter(kind=ROUND_JOB).count() == 1
