"""Spending without the right to, without the second key, or twice."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from oauth2_provider.models import Application

from appointments.enums import BulkStatus
from appointments.gateway import locks
from appointments.models import BulkRequest, GatewaySettings, SubmissionAttempt, Transaction
from appointments.services.handling.approving import approve
from appointments.services.handling.desk import mend, take_back
from appointments.services.handling.submit import release, submit
from appointments.services.handling.unknown import write_off
from core import clock
from core.api.models import ClientScopes
from core.jobs.models import Job
from core.jobs.runner import run_job
from rulebook.fields import BY_NAME, Kind
from rulebook.models import StateRule
from tests.appointments.api.market import agent, one
from tests.appointments.handling.cast import LEO, PIA, SUE, ids_of, statuses, transactions
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def spender(market) -> Machine:
    """A client that may spend."""
    return Machine("read write submit")


def fee(value: str) -> None:
    StateRule.objects.filter(field="appointment_fee_usd").update(value=value)


def limit(cents: int) -> None:
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": cents})


def approved_at(price: int, count: int = 1) -> list[Transaction]:
    """Ready, with the second key turned for this price each."""
    rows = transactions(count)
    limit(1_000)
    assert submit(ids_of(rows), confirm_cents=price * count, actor=SUE).done
    assert statuses(rows) == ["awaiting_approval"] * count
    assert approve(ids_of(rows), actor=PIA).done
    return rows


# The second key is turned for an amount


def test_a_price_that_rose_after_the_approval_needs_the_second_key_again(world):
    rows = approved_at(1_753)
    fee("5000.00")
    answer = submit(ids_of(rows), confirm_cents=500_153, actor=SUE).results[0]
    assert (answer.status, statuses(rows)) == ("awaiting_approval", ["awaiting_approval"])
    assert approve(ids_of(rows), actor=PIA).done
    submit(ids_of(rows), confirm_cents=500_153, actor=SUE)
    assert statuses(rows) == ["queued"]


def test_a_price_that_fell_after_the_approval_does_not(world):
    rows = approved_at(1_753)
    fee("12.00")
    submit(ids_of(rows), confirm_cents=1_353, actor=SUE)
    assert statuses(rows) == ["queued"]


def test_a_price_that_rose_and_stays_within_the_limit_does_not(world):
    rows = approved_at(1_753)
    fee("17.00")
    limit(2_000)
    submit(ids_of(rows), confirm_cents=1_853, actor=SUE)
    assert statuses(rows) == ["queued"]


def test_made_ready_again_at_a_higher_price_it_needs_the_second_key_again(world):
    rows = approved_at(1_753)
    Transaction.objects.update(status="failed", is_open=True)
    fee("5000.00")
    assert mend(ids_of(rows), actor=LEO).done
    submit(ids_of(rows), confirm_cents=500_153, actor=SUE)
    assert statuses(rows) == ["awaiting_approval"]


def test_taken_back_and_dearer_it_needs_the_second_key_again(world):
    rows = approved_at(1_753)
    submit(ids_of(rows), confirm_cents=1_753, actor=SUE)
    assert take_back(ids_of(rows), actor=SUE).done
    fee("5000.00")
    submit(ids_of(rows), confirm_cents=500_153, actor=SUE)
    assert statuses(rows) == ["awaiting_approval"]


def test_an_approval_given_is_not_used_for_what_is_submitted_beside_it(world):
    rows = approved_at(1_753)
    fresh = transactions(1)
    submit(ids_of([*rows, *fresh]), confirm_cents=2 * 1_753, actor=SUE)
    assert statuses([*rows, *fresh]) == ["queued", "awaiting_approval"]


def test_release_above_the_limit_waits_for_the_second_key(world):
    rows = transactions(2, "held", just_in_time=True)
    limit(3_000)
    assert release(ids_of(rows), actor=SUE).done
    assert statuses(rows) == ["awaiting_approval"] * 2


# Rights that are gone


def queued_by(spender: Machine) -> Job:
    agent()
    answer = spender.post("/bulk-appointments", {"submit": True, "requests": [one()]}, key="k1")
    assert answer.status_code == 202
    return Job.objects.get(kind="appointments.bulk")


@pytest.mark.parametrize("how", ["deleted", "scope gone"])
def test_a_client_that_lost_its_rights_spends_nothing_by_a_job_that_waits(spender, how):
    job = queued_by(spender)
    if how == "deleted":
        Application.objects.filter(client_id=spender.client_id).delete()
    else:
        ClientScopes.objects.filter(application__client_id=spender.client_id).update(scopes="read write")
    run_job(job.pk)
    assert not Transaction.objects.exclude(status="ready_to_submit").exists()
    bulk = BulkRequest.objects.get()
    assert bulk.status == BulkStatus.FAILED
    assert bulk.message


def test_a_plan_that_submits_is_carried_out_by_nobody_without_the_right(spender, leo, client_of):
    agent()
    body = {"submit": True, "dry_run": True, "requests": [one()]}
    plan_id = spender.send("POST", "/bulk-appointments", body, Prefer="respond-sync").json()["id"]
    page = client_of(leo).post(f"/admin/request-sets/{plan_id}/approve/")
    assert page.status_code == 403
    assert not Transaction.objects.exists()


def test_a_plan_is_carried_out_once_by_two_tabs(spender, sue, client_of):
    agent()
    body = {"submit": True, "dry_run": True, "requests": [one()]}
    plan_id = spender.send("POST", "/bulk-appointments", body, Prefer="respond-sync").json()["id"]
    browser = client_of(sue)
    for _ in range(2):
        browser.post(f"/admin/request-sets/{plan_id}/approve/")
    assert BulkRequest.objects.filter(planned_from=plan_id).count() == 1


@pytest.mark.parametrize("flag", ["submit", "submit_just_in_time"])
@pytest.mark.parametrize("value", [True, "true", 1, "on", "yes", "T"])
def test_no_spelling_of_yes_lets_a_client_spend_that_may_only_write(market, flag, value):
    agent()
    clerk = Machine("read write")
    answer = clerk.post("/bulk-appointments", {flag: value, "requests": [one()]}, key="k1")
    assert answer.status_code in (400, 403)
    assert not BulkRequest.objects.exists()


# What may still arrive is not given up


def test_what_a_sender_still_holds_is_not_given_up(world):
    row = transactions(1, "unknown")[0]
    now = clock.now()
    attempt = SubmissionAttempt.objects.create(
        purpose="send",
        worker="w",
        epoch=uuid4(),
        send_number=1,
        claimed_at=now,
        lease_until=now,
        sending_at=now,
    )
    Transaction.objects.filter(pk=row.pk).update(attempt=attempt)
    with locks.holding(attempt.pk):
        assert write_off(row.pk, reason="lost", actor=PIA).code == "still_sending"
    assert statuses([row]) == ["unknown"]
    assert write_off(row.pk, reason="lost", actor=PIA).ok


# Idempotency


def test_the_key_of_another_client_is_no_key_of_mine(spender):
    agent()
    other = Machine("read write submit", "Other")
    body = {"requests": [one()]}
    first = spender.post("/bulk-appointments", body, key="same", Prefer="respond-sync").json()
    second = other.post("/bulk-appointments", body, key="same", Prefer="respond-sync").json()
    assert first["id"] != second["id"]
    (line,) = second["requests"][0]["transactions"]
    assert line["eligibility_reason"]["code"] == "duplicate_transaction"


def test_a_body_with_one_name_twice_spends_only_by_what_is_checked(market):
    agent()
    clerk = Machine("read write")
    raw = b'{"submit": false, "requests": [%s], "submit": true}' % json.dumps(one()).encode()
    assert clerk.send_raw("POST", "/bulk-appointments", raw).status_code == 403


# Prices that nobody can pay

FEES = [field for field in BY_NAME.values() if field.kind is Kind.MONEY]


@pytest.mark.parametrize("value", ["-5000.00", "99999999999.00", "1e9", "NaN", "Infinity", "0x10", "1.005"])
def test_a_fee_that_makes_no_sense_never_gets_on_file(value):
    assert FEES
    assert all(field.problem_with(value) for field in FEES)
