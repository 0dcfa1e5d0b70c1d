"""What people are told of transactions and of the gateway, without looking for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import access
from appointments.models import GatewayState, Transaction
from appointments.notices import GATEWAY, JUST_IN_TIME, TRANSACTIONS, WATCHES
from core import clock
from core.notices.models import Notice
from core.notices.rounds import Round, carry_out
from producers.models import Producer
from tests.appointments.handling.cast import transactions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def held(days: int, status: str = "held", **fields) -> Transaction:
    by = clock.today() + timedelta(days=days)
    return transactions(1, status, just_in_time=True, appoint_by=by, **fields)[0]


# Just in time


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (5, "just_in_time.soon"),
        (2, "just_in_time.soon"),
        (1, "just_in_time.last_day"),
        (0, "just_in_time.last_day"),
        (-1, "just_in_time.ran_out"),
        (-400, "just_in_time.ran_out"),
    ],
)
def test_the_clock_warns_five_days_and_one_day_before_and_when_it_ran_out(days, code):
    held(days)
    assert [carry_out(JUST_IN_TIME).told, carry_out(JUST_IN_TIME).told] == [1, 0]
    assert Notice.objects.get().code == code


def test_six_days_before_nobody_is_told():
    held(6)
    transactions(1, "held", just_in_time=True)
    assert carry_out(JUST_IN_TIME) == Round(0, 0)


def test_a_day_later_the_next_warning_comes_and_the_first_one_goes():
    row = held(2)
    carry_out(JUST_IN_TIME)
    Transaction.objects.filter(pk=row.pk).update(appoint_by=clock.today() + timedelta(days=1))
    assert carry_out(JUST_IN_TIME) == Round(1, 1)


def test_what_has_left_is_no_matter_any_more():
    row = held(1)
    carry_out(JUST_IN_TIME)
    Transaction.objects.filter(pk=row.pk).update(status="queued")
    assert carry_out(JUST_IN_TIME) == Round(0, 1)


def test_the_owner_is_told_with_the_day_and_what_to_do(leo):
    row = held(1)
    Producer.objects.filter(pk=row.producer_id).update(owner=leo)
    carry_out(JUST_IN_TIME)
    notice = Notice.objects.get()
    assert (notice.user, notice.url, notice.by_mail) == (leo, row.get_absolute_url(), True)
    assert "appointment with Heron Life Insurance Co in OR for Life: last day" in notice.body
    assert "Release it" in notice.body


def test_many_are_told_in_one_notice_to_those_who_may_submit():
    for _ in range(3):
        held(4)
    carry_out(JUST_IN_TIME)
    notice = Notice.objects.get()
    assert notice.title == "3 just-in-time appointments due within five days"
    assert notice.audience_right == access.SUBMIT


# Transactions


@pytest.mark.parametrize(
    ("status", "detail", "code", "right"),
    [
        ("unknown", "needs_person", "transaction.needs_person", access.APPROVE),
        ("awaiting_approval", "above_limit", "transaction.awaiting_approval", access.APPROVE),
        ("declined", "", "transaction.declined", access.PREPARE),
        ("failed", "refused", "transaction.failed", access.PREPARE),
    ],
)
def test_what_stands_still_is_told_to_who_can_move_it(status, detail, code, right):
    row = transactions(1, status, status_detail=detail)[0]
    assert [carry_out(TRANSACTIONS).told, carry_out(TRANSACTIONS).told] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.code, notice.audience_right, notice.url) == (code, right, row.get_absolute_url())
    Transaction.objects.filter(pk=row.pk).update(status="closed")
    assert carry_out(TRANSACTIONS) == Round(0, 1)


def test_an_unknown_one_that_is_still_asked_about_needs_nobody():
    transactions(1, "unknown", status_detail="no_answer")
    transactions(1, "submitted")
    assert carry_out(TRANSACTIONS) == Round(0, 0)


def test_a_decline_quotes_the_state():
    transactions(1, "declined", rejection_response="License not found at the state.")
    carry_out(TRANSACTIONS)
    assert "NIPR says: “License not found at the state.”" in Notice.objects.get().body


def test_what_fails_again_is_told_again():
    row = transactions(1, "failed")[0]
    for status, told in (("failed", 1), ("queued", 0), ("failed", 1)):
        Transaction.objects.filter(pk=row.pk).update(status=status)
        assert carry_out(TRANSACTIONS).told == told


# The gateway


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fenced_since": 0, "fenced_why": "Restored"}, "gateway.fenced"),
        ({"cap_reached_at": 0}, "gateway.cap_reached"),
        ({"paused_since": 0, "paused_why": "By Pia."}, "gateway.paused"),
        ({"paused_since": 11, "paused_until": 0}, "gateway.paused"),
    ],
)
def test_a_gateway_that_sends_nothing_is_told_once_until_it_goes_on(fields, code):
    moments = {
        name: clock.now() - timedelta(minutes=value) if isinstance(value, int) else value
        for name, value in fields.items()
    }
    state = GatewayState.objects.create(pk=1, **moments)
    assert [carry_out(GATEWAY).told, carry_out(GATEWAY).told] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.code, notice.audience_right, notice.severity) == (code, access.APPROVE, "urgent")
    GatewayState.objects.filter(pk=state.pk).update(**dict.fromkeys(moments, None) | _texts(moments))
    assert carry_out(GATEWAY) == Round(0, 1)


def _texts(moments: dict) -> dict:
    return {name: "" for name in moments if name.endswith("_why")}


def test_a_short_pause_of_the_breaker_is_no_news():
    now = clock.now()
    GatewayState.objects.create(pk=1, paused_since=now, paused_until=now + timedelta(minutes=1))
    assert carry_out(GATEWAY) == Round(0, 0)


def test_nothing_is_told_before_there_is_a_gateway():
    assert carry_out(GATEWAY) == Round(0, 0)


@pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.name)
def test_sixty_take_the_queries_of_twelve(watch, connection_queries):
    def many(count):
        for status in ("unknown", "awaiting_approval", "declined", "failed"):
            transactions(count, status, status_detail="needs_person" if status == "unknown" else "")
        transactions(count, "held", just_in_time=True, appoint_by=clock.today())
        return connection_queries(lambda: list(watch.look(clock.today())))

    assert many(12) == many(60)
