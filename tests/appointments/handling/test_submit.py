"""Submitting: what it costs, who may, and what must not leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import access
from appointments.models import Appointment, GatewayBusinessRule, GatewaySettings, Transaction
from appointments.services.handling.approving import approve
from appointments.services.handling.results import Cost
from appointments.services.handling.submit import CostChanged, cost_of, release, submit
from core import clock
from core.audit.models import AuditEntry
from producers.models import License, Producer
from rulebook.models import StateRule
from tests.appointments.handling.cast import (
    LEO,
    PIA,
    SUE,
    ids_of,
    may,
    sibling,
    statuses,
    transactions,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def test_what_is_agreed_to_leaves_after_the_cool_off_time():
    rows = transactions(2)
    before = clock.now()
    handled = submit(ids_of(rows), confirm_cents=2 * 1_753, actor=SUE)
    assert [(one.ok, one.status) for one in handled.results] == [(True, "queued")] * 2
    row = Transaction.objects.get(pk=rows[0].pk)
    assert (row.status_detail, row.submitted_by_user_id) == ("cool_off", SUE.user_id)
    assert timedelta(seconds=14) < row.send_after - before < timedelta(seconds=25)


def test_the_cost_tells_what_the_state_bills_later():
    StateRule.objects.filter(field="appointment_fee_usd").delete()
    rows = transactions(2)
    assert cost_of(ids_of(rows)) == Cost(0, 306, billed_later=2, count=2)


def test_a_fee_that_is_not_counted_by_line_is_counted_once_a_batch():
    StateRule.objects.filter(field="appointment_fee_per_line").delete()
    row = transactions(1)[0]
    other = sibling(row, loa_code="16", loa="Life", loa_category="life", county_code="001")
    assert cost_of([row.pk, other.pk]).state_cents == 1_600
    submit([row.pk], confirm_cents=1_753, actor=SUE)
    assert cost_of([other.pk]).state_cents == 0


def test_nothing_is_sent_when_the_cost_has_changed_and_the_cost_of_now_is_told():
    rows = transactions(2)
    rule = StateRule.objects.get(field="appointment_fee_usd")
    StateRule.objects.filter(pk=rule.pk).update(value="20.00")
    with pytest.raises(CostChanged) as refusal:
        submit(ids_of(rows), confirm_cents=2 * 1_753, actor=SUE)
    assert (refusal.value.code, refusal.value.cost.total_cents) == ("cost_changed", 2 * 2_153)
    assert statuses(rows) == ["ready_to_submit"] * 2
    submit(ids_of(rows), confirm_cents=2 * 2_153, actor=SUE)
    assert Transaction.objects.get(pk=rows[0].pk).state_fee_cents == 2_000


def test_a_caller_whose_cost_was_agreed_to_before_names_none():
    rows = transactions(1)
    assert submit(ids_of(rows), confirm_cents=None, actor=SUE).done


def test_an_unknown_id_and_a_wrong_state_are_answered_one_by_one():
    ready, queued = transactions(1)[0], transactions(1, "queued")[0]
    handled = submit([999_999, queued.pk, ready.pk], confirm_cents=1_753, actor=SUE)
    assert [one.code for one in handled.results] == ["not_found", "wrong_state", ""]
    wrong = handled.results[1]
    assert wrong.message == f"{queued.number} is “Queued”, so it cannot be submitted."
    assert (wrong.allowed, wrong.fix) == (("take_back",), "Possible now: Take back.")


def test_without_the_right_to_spend_nothing_moves():
    rows = transactions(2)
    handled = submit(ids_of(rows), confirm_cents=3_506, actor=LEO, has_right=may(access.PREPARE))
    assert [one.code for one in handled.results] == ["not_allowed"] * 2
    assert statuses(rows) == ["ready_to_submit"] * 2


def test_each_submission_is_audited_as_one_operation():
    rows = transactions(3)
    submit(ids_of(rows), confirm_cents=3 * 1_753, actor=SUE)
    entries = AuditEntry.objects.filter(action="transaction.submit")
    assert entries.count() == 3
    assert len({entry.operation_id for entry in entries}) == 1


# Second key


def test_above_the_limit_a_second_person_is_asked_and_then_it_leaves():
    GatewaySettings.objects.create(pk=1, second_key_above_cents=3_000)
    rows = transactions(2)
    handled = submit(ids_of(rows), confirm_cents=3_506, actor=SUE)
    assert [one.status for one in handled.results] == ["awaiting_approval"] * 2
    assert handled.results[0].message == "Above the cost limit: a second person approves it."
    assert approve(ids_of(rows), actor=PIA).done
    assert submit(ids_of(rows), confirm_cents=3_506, actor=SUE).results[0].status == "queued"


def test_the_limit_holds_for_the_whole_selection_of_which_these_are_a_part():
    GatewaySettings.objects.create(pk=1, second_key_above_cents=3_000)
    rows = transactions(1)
    handled = submit(ids_of(rows), confirm_cents=None, actor=SUE, selection_cents=3_001)
    assert handled.results[0].status == "awaiting_approval"


def test_exactly_the_limit_needs_no_second_key():
    GatewaySettings.objects.create(pk=1, second_key_above_cents=1_753)
    rows = transactions(1)
    assert submit(ids_of(rows), confirm_cents=1_753, actor=SUE).results[0].status == "queued"


def test_for_cause_never_leaves_on_one_key():
    row = transactions(1, kind="termination", reason="FRAUD", for_cause=True)[0]
    appoint(row.producer)
    assert submit([row.pk], confirm_cents=153, actor=SUE).results[0].status == "awaiting_approval"


def test_who_approved_does_not_submit():
    rows = transactions(1, approved_by_user_id=PIA.user_id, approved_by_label=PIA.label)
    assert submit(ids_of(rows), confirm_cents=1_753, actor=PIA).results[0].code == "same_person"
    assert submit(ids_of(rows), confirm_cents=1_753, actor=SUE).results[0].ok


# Facts that have changed since it was prepared


def appoint(producer: Producer) -> Appointment:
    return Appointment.objects.create(
        producer=producer,
        state="OR",
        company_key="77001",
        cocode="77001",
        loa_code="16",
        loa="Life",
        status="Appointed",
        known_from=clock.now(),
    )


def test_an_expired_license_keeps_it_here():
    rows = transactions(1)
    License.objects.update(expiration_date=clock.today() - timedelta(days=1))
    refused = submit(ids_of(rows), confirm_cents=1_753, actor=SUE).results[0]
    assert (refused.code, refused.status) == ("required_license_not_active", "ready_to_submit")
    assert refused.message == f"{rows[0].number} is not eligible any more: Required License Not Active."
    assert cost_of(ids_of(rows)) == Cost()


def test_what_fell_out_is_not_charged_and_the_cost_of_the_rest_is_asked_again():
    rows = transactions(2)
    appoint(rows[0].producer)
    with pytest.raises(CostChanged) as refusal:
        submit(ids_of(rows), confirm_cents=3_506, actor=SUE)
    assert [one.code for one in refusal.value.refused] == ["already_appointed"]
    handled = submit(ids_of(rows), confirm_cents=1_753, actor=SUE)
    assert [one.status for one in handled.results] == ["ready_to_submit", "queued"]


def test_a_line_that_was_switched_off_keeps_it_here():
    rows = transactions(1)
    GatewayBusinessRule.objects.update(active=False)
    assert submit(ids_of(rows), confirm_cents=1_753, actor=SUE).results[0].code == "no_active_line"


def test_a_producer_who_is_not_tracked_any_more_is_not_appointed():
    rows = transactions(1)
    Producer.objects.update(tracking="inactive")
    assert submit(ids_of(rows), confirm_cents=1_753, actor=SUE).results[0].code == "npn_not_active"


def test_a_termination_of_what_has_ended_meanwhile_is_not_sent():
    row = transactions(1, kind="termination", reason="VOLUNTARY")[0]
    assert submit([row.pk], confirm_cents=153, actor=SUE).results[0].code == "no_active_appointment"
    appoint(row.producer)
    assert submit([row.pk], confirm_cents=153, actor=SUE).results[0].status == "queued"


# Just in time


def test_a_late_release_leaves_and_says_that_it_is_late():
    late = {"just_in_time": True, "appoint_by": clock.today() - timedelta(days=1)}
    row = transactions(1, "held", **late)[0]
    one = release([row.pk], actor=SUE).results[0]
    assert (one.ok, one.status) == (True, "queued")
    assert one.message.startswith("It is late: the last day to file it was ")


def test_a_release_in_time_says_nothing():
    row = transactions(1, "held", just_in_time=True, appoint_by=clock.today())[0]
    assert not release([row.pk], actor=SUE, confirm_cents=1_753).results[0].message


def test_a_release_above_the_limit_needs_the_second_key_too():
    GatewaySettings.objects.create(pk=1, second_key_above_cents=1_000)
    row = transactions(1, "held", just_in_time=True)[0]
    assert release([row.pk], actor=SUE).results[0].status == "awaiting_approval"


# Numbers


@pytest.mark.parametrize("action", [cost_of, lambda ids: submit(ids, confirm_cents=None, actor=SUE)])
def test_three_and_sixty_take_the_same_queries(action, connection_queries):
    GatewaySettings.objects.create(pk=1, second_key_above_cents=10_000_000)
    few, many = transactions(3), transactions(60)
    assert connection_queries(lambda: action(ids_of(few))) == connection_queries(lambda: action(ids_of(many)))


def test_three_hundred_take_only_more_blocks_of_the_same_update(connection_queries):
    GatewaySettings.objects.create(pk=1, second_key_above_cents=10_000_000)
    few, many = transactions(3), transactions(300)
    needed = connection_queries(lambda: submit(ids_of(few), confirm_cents=None, actor=SUE))
    took = connection_queries(lambda: submit(ids_of(many), confirm_cents=None, actor=SUE))
    assert took - needed < 15
