"""Appointments that ended for cause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.models import Appointment
from appointments.notices import APPOINTMENTS
from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from core.notices.rounds import Round, carry_out
from producers.models import Change, Producer
from rulebook.models import TerminationReason

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(leo: User) -> Producer:
    return Producer.objects.create(npn="88100001", first_name="Ines", last_name="Abernathy", owner=leo)


def ended(producer: Producer, reason: str, *, days_ago: int = 3, **fields) -> Appointment:
    given = {
        "state": "OR",
        "company_key": "77001",
        "cocode": "77001",
        "company_name": "Heron Life",
        "loa_code": "16",
        "status": "Terminated",
        "status_date": clock.today() - timedelta(days=days_ago),
        "known_from": clock.now(),
    }
    return Appointment.objects.create(producer=producer, termination_reason=reason, **(given | fields))


def test_many_lines_ended_for_cause_are_one_notice_to_the_owner(ines, leo):
    ended(ines, "For Cause")
    ended(ines, "For Cause", loa_code="935")
    assert [carry_out(APPOINTMENTS), carry_out(APPOINTMENTS)] == [Round(1, 0), Round(0, 0)]
    notice = Notice.objects.get()
    assert notice.title == "Ines Abernathy: Heron Life ended the appointment in OR for cause"
    assert (notice.user, notice.severity) == (leo, "urgent")
    assert notice.url.endswith("?tab=appointments")


@pytest.mark.parametrize("reason", ["Voluntary termination", "Cancelled, not for cause", ""])
def test_other_ends_are_no_news(ines, reason):
    ended(ines, reason)
    assert carry_out(APPOINTMENTS) == Round(0, 0)


def test_the_rule_book_says_which_reasons_are_for_cause(ines):
    ended(ines, "Misappropriation")
    assert carry_out(APPOINTMENTS).told == 0
    TerminationReason.objects.create(slug="M", label="misappropriation", for_cause="yes")
    assert carry_out(APPOINTMENTS).told == 1


def test_an_old_end_is_news_only_when_a_sync_found_it(ines):
    row = ended(ines, "For Cause", days_ago=400)
    assert carry_out(APPOINTMENTS).told == 0
    Change.objects.create(
        producer=ines, kind="appointment", effect="changed", state="OR", subject="x", known_at=row.known_from
    )
    assert carry_out(APPOINTMENTS).told == 1


def test_it_stays_told_until_somebody_takes_it_off(ines):
    ended(ines, "For Cause")
    carry_out(APPOINTMENTS)
    Appointment.objects.all().delete()
    assert carry_out(APPOINTMENTS) == Round(0, 0)
