"""Plans: a dry run writes nothing, is shown, and is carried out as it was shown or not at all."""

from __future__ import annotations

import pytest

from appointments.models import (
    BulkRequest,
    DefaultTerminationReason,
    Transaction,
    TransactionBatch,
    TransactionNumber,
)
from appointments.services.asking.answer import answer_of
from appointments.services.asking.appointments import ask_appointments
from appointments.services.asking.plans import (
    PLAN_HEADER,
    approve_plan,
    plan_again,
    plan_counts,
    plan_rows,
)
from appointments.services.asking.terminations import ask_terminations
from core.errors import Conflict
from core.exports import csv_lines
from tests.appointments.asking import world
from tests.appointments.asking.world import ask, request
from tests.producers.cast import TESTER


def _plan(*requests, **flags) -> BulkRequest:
    bulk = ask_appointments(requests, dry_run=True, wait=True, actor=TESTER, **flags)
    return BulkRequest.objects.get(pk=bulk.pk)


def _carry_out(plan: BulkRequest) -> BulkRequest:
    return BulkRequest.objects.get(pk=approve_plan(plan, TESTER, wait=True).pk)


def test_a_dry_run_answers_the_same_with_ids_null_and_writes_nothing(ines):
    world.appointed(ines)
    wanted = (request(), request(npn="7"), request(cocode=world.FOX))
    planned = answer_of(_plan(*wanted))
    assert not Transaction.objects.exists()
    assert not TransactionBatch.objects.exists()
    assert not TransactionNumber.objects.exists()
    done = ask(*wanted)
    for entry in done["requests"]:
        entry["batch"] = None
        for line in entry["transactions"]:
            line["id"] = None
    same = ("requests", "counts", "cost")
    assert {name: planned[name] for name in same} == {name: done[name] for name in same}
    assert (planned["status"], done["status"]) == ("done", "done")


def test_the_plan_is_shown_in_the_order_asked_for_with_what_mends_a_refusal(ines):
    plan = _plan(request(npn="9999"), request(state="TX", loa_categories=["16"]), request())
    rows = list(plan_rows(plan))
    assert [(row.index, row.outcome, row.reason_code) for row in rows] == [
        (0, "error", "npn_not_found"),
        (1, "not_eligible", "required_license_not_found"),
        (2, "ready_to_submit", "in_good_standing"),
        (2, "ready_to_submit", "in_good_standing"),
    ]
    assert rows[1].fix
    assert rows[2].fix == ""


def test_the_plan_is_a_file(ines):
    text = "".join(csv_lines(PLAN_HEADER, (row.cells() for row in plan_rows(_plan(request())))))
    assert "1,,88100001,CA,77001,16,Life,Ready to submit,In Good Standing,,no,16.00,1.53" in text


def test_a_plan_counts_its_outcomes_by_reason(ines):
    plan = _plan(request(npn="1"), request(npn="2"), request())
    assert plan_counts(plan) == {
        ("error", "No producer has the NPN. Add the producer, then ask again."): 2,
        ("ready_to_submit", "In Good Standing"): 2,
    }


def test_a_plan_is_carried_out_as_shown(ines):
    done = _carry_out(_plan(request(loa_categories=["life", "health"])))
    assert (done.status, done.dry_run) == ("done", False)
    assert Transaction.objects.filter(bulk_request=done).count() == 4


def test_a_plan_is_carried_out_once(ines):
    plan = _plan(request())
    _carry_out(plan)
    with pytest.raises(Conflict):
        approve_plan(plan, TESTER, wait=True)


def test_what_is_no_plan_cannot_be_carried_out(ines):
    ask(request())
    with pytest.raises(Conflict):
        approve_plan(BulkRequest.objects.get(), TESTER, wait=True)


def test_a_plan_that_would_come_out_differently_stops_and_says_what_changed(ines):
    plan = _plan(request(loa_categories=["16", "935"]))
    world.appointed(ines)
    changed = _carry_out(plan)
    assert changed.status == "changed"
    assert "Row 1, Life was “Ready to submit: In Good Standing (16.00 + 1.53)”" in changed.message
    assert "is “Not eligible: Already appointed" in changed.message
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("field", ["appointment_fee_usd", "appoints_individuals"])
def test_another_cost_or_another_rule_is_a_change(ines, field):
    plan = _plan(request())
    world.rule("CA", field, {"appointment_fee_usd": "17", "appoints_individuals": "registry"}[field])
    assert _carry_out(plan).status == "changed"


def test_a_producer_who_vanished_is_a_change(ines):
    plan = _plan(request())
    type(ines).objects.update(tracking="inactive")
    message = _carry_out(plan).message
    assert "Row 1 is refused now: NIPR tracking of NPN 88100001 is inactive." in message


def test_another_plan_can_be_made_of_what_was_not_carried_out(ines):
    plan = _plan(request(loa_categories=["16"]))
    world.appointed(ines)
    changed = _carry_out(plan)
    fresh = BulkRequest.objects.get(pk=plan_again(changed, TESTER, wait=True).pk)
    assert (fresh.status, [row.reason_code for row in plan_rows(fresh)]) == ("planned", ["already_appointed"])
    assert _carry_out(fresh).status == "done"


def test_earlier_chunks_stay_and_the_rest_is_planned_again(ines, monkeypatch):
    """Two rows in two chunks; between them the second producer's appointment appears at the registry."""
    monkeypatch.setattr("appointments.services.asking.chunks.CHUNK", 1)
    other = world.licensed("88100002")
    plan = _plan(request(npn="88100002", loa_categories=["16"]), request(loa_categories=["16"]))
    world.appointed(other)
    changed = _carry_out(plan)
    assert (changed.status, changed.done) == ("changed", 1)
    assert [row.npn for row in Transaction.objects.all()] == [world.NPN]
    fresh = plan_again(changed, TESTER, wait=True)
    assert [row["npn"] for row in fresh.requests] == ["88100002"]


def test_ineligible_ones_that_are_not_shown_are_counted_in_the_plan_too(ines):
    world.appointed(ines)
    answer = answer_of(_plan(request(loa_categories=["16"]), show_ineligible=False))
    assert (answer["requests"][0]["transactions"], answer["counts"]) == ([], {"not_eligible": 1})


def test_what_is_asked_for_twice_in_a_plan_is_carried_out_as_shown(ines):
    assert _carry_out(_plan(request(), request())).status == "done"


def test_a_plan_of_terminations_is_carried_out_as_shown(ines):
    world.appointed(ines)
    plan = ask_terminations([world.ending(lines=["life"])], dry_run=True, wait=True, actor=TESTER)
    assert [(row.loa, row.outcome) for row in plan_rows(plan)] == [("Life", "ready_to_submit")]
    done = _carry_out(BulkRequest.objects.get(pk=plan.pk))
    assert (done.status, Transaction.objects.get().kind) == ("done", "termination")


def test_another_reason_by_default_is_a_change(ines):
    """What is sent would be another, though status and cost are the same."""
    world.appointed(ines, "TX")
    default = DefaultTerminationReason.objects.create(state="TX", reason="VOLUNTARY")
    blank = world.ending(state="TX", reason=None)
    plan = ask_terminations([blank], dry_run=True, wait=True, actor=TESTER)
    default.reason = "DEATH"
    default.save()
    changed = _carry_out(BulkRequest.objects.get(pk=plan.pk))
    assert (changed.status, Transaction.objects.count()) == ("changed", 0)
    assert "Something that the plan does not show has changed." in changed.message


def test_a_run_of_a_plan_that_died_before_it_began_leaves_the_plan_to_be_carried_out(ines):
    plan = _plan(request())
    BulkRequest.objects.filter(pk=approve_plan(plan, TESTER).pk).update(status="failed")
    assert _carry_out(plan).status == "done"
