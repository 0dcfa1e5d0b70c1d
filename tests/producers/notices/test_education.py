"""Continuing education that is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.notices.models import Notice
from core.notices.rounds import Round, carry_out
from producers.models import License, LicenseLine
from producers.notices import EDUCATION
from producers.notices.wording import day
from tests.producers.cast import give_license


def due_in(days: int, credits_needed: int | None = 12) -> None:
    LicenseLine.objects.update(
        ce_renewal_date=clock.today() + timedelta(days=days), ce_credits_needed=credits_needed
    )


@pytest.fixture(autouse=True)
def _licensed(ines) -> None:
    give_license(ines, lines=2)


def test_credits_due_within_sixty_days_are_told_once_for_a_licence_with_several_lines():
    due_in(60)
    assert [carry_out(EDUCATION), carry_out(EDUCATION)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get()
    assert notice.title == "Ines Abernathy: OR license OR-88100001: continuing education is due"
    until = day(clock.today() + timedelta(days=60))
    assert notice.body == f"12 credits of continuing education still to be earned by {until}."


@pytest.mark.parametrize(("days", "needed"), [(61, 12), (30, 0), (30, None)])
def test_nothing_is_said_before_that_or_when_no_credits_are_needed(days, needed):
    due_in(days, needed)
    assert carry_out(EDUCATION) == Round(0, 0)


def test_a_day_that_passed_in_a_night_that_was_missed_is_told_still():
    due_in(-2)
    assert carry_out(EDUCATION) == Round(1, 0)


def test_it_closes_when_the_credits_are_earned():
    due_in(10)
    carry_out(EDUCATION)
    due_in(10, 0)
    assert carry_out(EDUCATION) == Round(0, 1)


def test_a_licence_that_is_not_active_earns_no_credits():
    due_in(10)
    License.objects.update(active=False)
    assert carry_out(EDUCATION) == Round(0, 0)


def test_several_lead_to_their_list(ines, specialist):
    give_license(ines, "WY")
    due_in(20)
    carry_out(EDUCATION)
    notice = Notice.objects.get()
    assert notice.title == "Continuing education is due for 2 licenses"
    assert "WY-88100001" in specialist.get(notice.url).text
