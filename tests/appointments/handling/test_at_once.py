"""Two or twenty act on the same transactions at the same moment: one of them moves each."""

from __future__ import annotations

from uuid import uuid4

import pytest

from appointments.gateway import locks
from appointments.models import Appointment, GatewayBusinessRule, SubmissionAttempt, Transaction
from appointments.services.handling.approving import approve
from appointments.services.handling.desk import close, mend, take_back
from appointments.services.handling.results import Handled
from appointments.services.handling.submit import CostChanged, submit
from appointments.services.handling.unknown import not_there
from appointments.services.settings.rules import set_business_rules
from core import clock
from core.audit.models import AuditEntry
from tests.appointments.handling.cast import (
    LEO,
    PIA,
    SUE,
    build_world,
    ids_of,
    sibling,
    statuses,
    transactions,
)
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world(transactional_db: None) -> None:
    build_world()


def moved(answers: list[object]) -> int:
    return sum(len(answer.done) for answer in answers if isinstance(answer, Handled))


def test_of_twenty_who_submit_the_same_one_does():
    rows = transactions(5)
    calls = [lambda: submit(ids_of(rows), confirm_cents=5 * 1_753, actor=SUE)] * 20
    assert moved(all_at_once(*calls)) == 5
    assert AuditEntry.objects.filter(action="transaction.submit").count() == 5
    assert set(statuses(rows)) == {"queued"}


@pytest.mark.parametrize("round_", range(5))
def test_selections_that_overlap_send_each_once(round_):
    rows = ids_of(transactions(6))
    first = lambda: submit(rows[:4], confirm_cents=None, actor=SUE)  # noqa: E731
    second = lambda: submit(rows[:1:-1], confirm_cents=None, actor=SUE)  # noqa: E731
    assert moved(all_at_once(first, second, first, second)) == 6


@pytest.mark.parametrize("round_", range(10))
def test_submitting_and_closing_at_once_does_one_of_both(round_):
    row = transactions(1)[0]
    answers = all_at_once(
        lambda: submit([row.pk], confirm_cents=1_753, actor=SUE), lambda: close([row.pk], actor=LEO)
    )
    assert moved(answers) == 1
    row.refresh_from_db()
    assert row.status in {"queued", "closed"}


@pytest.mark.parametrize("round_", range(10))
def test_taking_back_and_closing_never_loses_what_is_queued(round_):
    row = transactions(1, "queued")[0]
    answers = all_at_once(
        lambda: take_back([row.pk], actor=SUE),
        lambda: close([row.pk], actor=LEO),
        lambda: submit([row.pk], confirm_cents=None, actor=SUE),
    )
    row.refresh_from_db()
    assert moved(answers) >= 1
    assert row.status in {"ready_to_submit", "closed", "queued"}
    assert AuditEntry.objects.filter(action="transaction.take_back").count() == 1


def test_of_two_approvers_one_turns_the_key():
    row = transactions(1, "awaiting_approval")[0]
    assert moved(all_at_once(*[lambda: approve([row.pk], actor=PIA)] * 4)) == 1


def test_a_fact_that_comes_in_between_keeps_it_here():
    row = transactions(1)[0]
    Appointment.objects.create(
        producer=row.producer, state="OR", company_key="77001", cocode="77001", loa_code="16",
        status="Appointed", known_from=clock.now(),
    )  # fmt: skip
    answers = all_at_once(*[lambda: submit([row.pk], confirm_cents=None, actor=SUE)] * 3)
    assert moved(answers) == 0
    assert Transaction.objects.get(pk=row.pk).status == "ready_to_submit"


def test_who_comes_late_with_an_old_cost_is_told_and_moves_nothing():
    rows = transactions(2)
    submit([rows[0].pk], confirm_cents=1_753, actor=SUE)
    with pytest.raises(CostChanged):
        submit(ids_of(rows), confirm_cents=2 * 1_753, actor=SUE)
    assert statuses(rows) == ["queued", "ready_to_submit"]


def test_while_its_sender_lives_nobody_says_that_it_is_not_there():
    attempt = SubmissionAttempt.objects.create(
        purpose="send", worker="w", epoch=uuid4(), send_number=1, claimed_at=clock.now(), lease_until=clock.now()
    )  # fmt: skip
    row = transactions(1, "unknown", attempt=attempt)[0]
    with locks.holding(attempt.pk):
        assert not_there(row.pk, reason="NIPR wrote so", actor=PIA).code == "still_sending"
    assert not_there(row.pk, reason="NIPR wrote so", actor=PIA).status == "ready_to_submit"


def test_rules_set_at_once_are_one_of_both_sets():
    one, other = [{"loa_code": "16"}], [{"loa_code": "935"}, {"loa_code": "11"}]
    all_at_once(
        *[lambda: set_business_rules("TX", one, actor=LEO)] * 2,
        *[lambda: set_business_rules("TX", other, actor=LEO)] * 2,
    )
    codes = sorted(GatewayBusinessRule.objects.filter(state="TX").values_list("loa_code", flat=True))
    assert codes in (["16"], ["11", "935"])


@pytest.mark.parametrize("round_", range(5))
def test_of_two_that_ask_for_the_same_one_is_made_ready_whoever_is_first(round_):
    row = transactions(1, "failed")[0]
    other = sibling(row, loa_code="16", loa="Life", loa_category="life", status="failed")
    calls = [lambda: mend([row.pk], actor=LEO), lambda: mend([other.pk], actor=LEO)]
    assert moved(all_at_once(*calls)) == 1
    assert sorted(statuses([row, other])) == ["failed", "ready_to_submit"]
