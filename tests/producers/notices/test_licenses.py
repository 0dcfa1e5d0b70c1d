"""Licences to renew and licences that ran out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from core import clock
from core.notices.models import Notice, NoticeMatter
from core.notices.rounds import Round, carry_out
from core.notices.services import mail_pending
from producers.models import License, Producer
from producers.notices import LICENSES
from producers.notices.licenses import EXPIRED, OPENED, expires_in
from producers.notices.wording import day
from rulebook.models import StateRule
from tests.producers.cast import give_license, put_on_file


def in_days(days: int):
    return clock.today() + timedelta(days=days)


def give(producer: Producer, days: int, state: str = "OR", **fields) -> License:
    return give_license(producer, state, expiration_date=in_days(days), **fields)


def later(days: int):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


def codes() -> list[str]:
    return list(Notice.objects.filter(acknowledged_at=None).values_list("code", flat=True))


# When


def test_nothing_is_said_while_the_window_is_known_to_be_shut(ines):
    give(ines, 61)
    assert carry_out(LICENSES) == Round(0, 0)


def test_the_window_that_opens_is_told_once_and_stands_for_the_days_left(ines):
    give(ines, 60)
    assert [carry_out(LICENSES), carry_out(LICENSES)] == [Round(1, 0), Round(0, 0)]
    assert codes() == [OPENED]
    assert "The renewal window is open." in Notice.objects.get().body


def test_a_window_that_is_not_known_is_told_by_days_alone_and_says_so(ines):
    give(ines, 85, "WY")
    carry_out(LICENSES)
    assert codes() == [expires_in(90)]
    assert "When the renewal window opens is not known (WY)." in Notice.objects.get().body


@pytest.mark.parametrize(
    ("days", "band"), [(90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7)]
)
def test_a_licence_is_told_by_the_nearest_number_of_days_alone(ines, days, band):
    give(ines, days, "WY")
    carry_out(LICENSES)
    assert codes() == [expires_in(band)]


def test_each_step_takes_the_place_of_the_one_before(ines):
    give(ines, 60)
    for days, expected in ((0, OPENED), (30, expires_in(30)), (53, expires_in(7)), (61, EXPIRED)):
        with later(days):
            carry_out(LICENSES)
            assert codes() == [expected], days
    assert Notice.objects.count() == 4


def test_a_night_that_was_missed_is_made_up_for(ines):
    give(ines, 92, "WY")
    assert carry_out(LICENSES).told == 0
    with later(3):
        assert carry_out(LICENSES).told == 1
    with later(67):
        carry_out(LICENSES)
        assert codes() == [expires_in(30)]


def test_a_late_sight_of_an_open_window_tells_the_days(ines):
    give(ines, 20)
    carry_out(LICENSES)
    assert codes() == [expires_in(30)]


def test_a_window_longer_than_ninety_days_is_told_when_it_opens(ines):
    StateRule.objects.update(value="120")
    give(ines, 118)
    carry_out(LICENSES)
    assert codes() == [OPENED]


def test_a_perpetual_licence_is_never_told(ines):
    give_license(ines, expiration_date=None)
    assert carry_out(LICENSES) == Round(0, 0)


def test_whom_nobody_tracks_nobody_is_told_of(ines):
    Producer.objects.update(tracking="inactive")
    give(ines, 5)
    assert carry_out(LICENSES) == Round(0, 0)


# Until when


def test_a_renewed_licence_closes_its_notice(ines):
    license_ = give(ines, 20)
    carry_out(LICENSES)
    License.objects.filter(pk=license_.pk).update(expiration_date=in_days(750))
    assert carry_out(LICENSES) == Round(0, 1)


def test_a_new_version_of_the_same_licence_is_not_told_again(ines):
    license_ = give(ines, 20)
    carry_out(LICENSES)
    License.objects.filter(pk=license_.pk).update(known_to=clock.now())
    license_.pk, license_.known_from, license_.updated_date = None, clock.now(), clock.today()
    license_.save(force_insert=True)
    assert carry_out(LICENSES) == Round(0, 0)


def test_an_expired_licence_that_another_has_replaced_is_no_news(ines):
    give(ines, -10)
    give(ines, 700, license_number="NEW-1")
    assert carry_out(LICENSES) == Round(0, 0)


def test_what_expired_more_than_a_year_ago_is_no_news(ines):
    give(ines, -400)
    assert carry_out(LICENSES) == Round(0, 0)


# To whom, and how


def test_the_owner_is_told_in_plain_words_and_led_to_the_licence(ines, leo):
    give(ines, 20)
    carry_out(LICENSES)
    notice = Notice.objects.get()
    assert notice.user == leo
    assert notice.title == "Ines Abernathy: OR license OR-88100001 expires within 30 days"
    assert notice.body == f"It expires on {day(in_days(20))}. The renewal window is open."
    assert notice.url == reverse("producers:page", args=[ines.pk]) + "?tab=licenses"


def test_producers_without_an_owner_are_told_to_those_who_may_change_them(ines, leo, otto):
    Producer.objects.update(owner=None)
    give(ines, 20)
    carry_out(LICENSES)
    notice = Notice.objects.get()
    assert (notice.user, notice.audience_right) == (None, "producers.change_producer")
    assert leo.has_perm(notice.audience_right)
    assert not otto.has_perm(notice.audience_right)
    assert "for want of an owner" in notice.body


def test_many_licences_are_one_notice_that_leads_to_their_list(ines, leo, specialist):
    other = put_on_file("88100002", owner=leo)
    Producer.objects.update(tracking="active")
    for days in (20, 25):
        give(ines, days, license_number=f"N{days}")
    give(other, 28, "WY")
    carry_out(LICENSES)
    notice = Notice.objects.get()
    assert notice.title == "3 licenses expire within 30 days"
    assert f"The first expires on {day(in_days(20))}. OR 2, WY 1." in notice.body
    assert "open for 2; when it opens is not known in WY" in notice.body
    page = specialist.get(notice.url).text
    assert all(number in page for number in ("N20", "N25", "WY-88100002"))


@pytest.mark.parametrize(("days", "shown"), [(59, OPENED), (-1, EXPIRED)])
def test_every_list_a_notice_leads_to_shows_what_it_counts(ines, specialist, days, shown):
    for number in ("A1", "A2"):
        give(ines, days, license_number=number)
    carry_out(LICENSES)
    notice = Notice.objects.get(code=shown)
    page = specialist.get(notice.url).text
    assert all(number in page for number in ("A1", "A2"))


def test_urgent_ones_are_mailed_to_their_owner_without_a_tax_number(ines):
    Producer.objects.update(ssn_last4="6789")
    give(ines, 5)
    carry_out(LICENSES)
    assert mail_pending() == 1
    [sent] = mail.outbox
    assert sent.bcc == ["leo@example.com"]
    assert "6789" not in sent.subject + sent.body


def test_the_same_queries_for_a_thousand_producers_as_for_one(ines, leo, django_assert_num_queries):
    carry_out(LICENSES)
    give(ines, 20)
    with django_assert_num_queries(16):
        carry_out(LICENSES)
    producers = Producer.objects.bulk_create(
        Producer(npn=str(70000 + n), last_name=f"P{n}", sort_name=f"p{n}", owner=leo) for n in range(1000)
    )
    License.objects.bulk_create(
        License(
            producer=producer,
            state="OR",
            license_number=f"L{producer.npn}",
            active=True,
            expiration_date=in_days(25),
            known_from=clock.now(),
        )
        for producer in producers
    )
    with django_assert_num_queries(16):
        assert carry_out(LICENSES) == Round(1, 0)
    assert NoticeMatter.objects.count() == 1001
