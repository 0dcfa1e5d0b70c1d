"""A request set for appointments, from the request to what is written and answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments.models import BulkRequest, Transaction, TransactionBatch
from appointments.services.asking.answer import answer_of, answer_text
from appointments.services.asking.appointments import ask_appointments
from core import clock
from core.audit.models import AuditEntry
from core.errors import InvalidInput, NotAllowed
from tests.appointments.asking import world
from tests.appointments.asking.world import ask, only, reasons, request, statuses
from tests.producers.cast import TESTER


def test_life_and_health_in_california_are_four_lines(ines):
    answer = ask(request(loa_categories=["life", "health"], external_id="hr-881"))
    (entry,) = answer["requests"]
    told = (entry["index"], entry["external_id"], entry["error"], entry["batch"])
    assert told == (0, "hr-881", None, "TB-000001")
    assert set(reasons(answer)) == {"16", "935", "936", "1081"}
    assert answer["counts"] == {"ready_to_submit": 4}
    assert answer["cost"] == {"state": "64.00", "nipr": "6.12", "total": "70.12", "billed_later": 0}


def test_a_transaction_is_answered_in_the_shape_of_the_api(ines):
    line = ask(request(loa_categories=["16"]))["requests"][0]["transactions"][0]
    decisions = line.pop("decisions")
    assert line == {
        "id": "GT-00000001",
        "kind": "appointment",
        "npn": world.NPN,
        "state": "CA",
        "cocode": world.HERON,
        "loa_code": "16",
        "loa": "Life",
        "status": "ready_to_submit",
        "eligibility_reason": {"code": "in_good_standing", "text": "In Good Standing"},
        "state_fee": "16.00",
        "nipr_fee": "1.53",
        "just_in_time": False,
    }
    assert {"rule", "outcome", "text", "facts", "source", "effective_from", "fix"} <= set(decisions[0])


def test_what_is_written_is_whole(ines):
    row = only(ask(request(loa_categories=["16"], effective_date="2027-01-15", external_id="hr-1")))
    assert (row.producer, row.company.cocode, row.npn, row.entity_type) == (
        ines,
        world.HERON,
        world.NPN,
        "individual",
    )
    assert (row.license_number, row.license_class_code, row.residency) == ("CA-88100001", "1", "R")
    assert (row.loa_category, row.agent_type, row.effective_date.isoformat()) == (
        "life",
        "producer",
        "2027-01-15",
    )
    assert (row.is_open, row.final_at, row.prepared_by_label, row.external_id) == (
        True,
        None,
        "tests",
        "hr-1",
    )
    assert (row.batch.producer, row.batch.state, row.batch.company) == (ines, "CA", row.company)


def test_keys_for_the_gateway_are_random_and_none_comes_twice(ines):
    ask(request(loa_categories=["life", "health"]))
    keys = set(Transaction.objects.values_list("gateway_key", flat=True))
    batches = set(TransactionBatch.objects.values_list("gateway_key", flat=True))
    assert len(keys) == 4
    assert all(len(key) == 20 and key.isalnum() for key in keys | batches)
    assert not keys & batches


def test_a_line_may_be_asked_for_by_its_code_or_its_name(ines):
    assert reasons(ask(request(loa_categories=["935"]))) == {"935": "in_good_standing"}
    assert reasons(ask(request(loa_categories=["part time FRATERNAL"]))) == {"1081": "in_good_standing"}


def test_a_line_of_two_categories_is_made_once_and_filed_under_the_first_asked_for(ines):
    answer = ask(request(loa_categories=["fraternal", "life"]))
    assert sorted(reasons(answer)) == ["1081", "16"]
    assert Transaction.objects.get(loa_code="1081").loa_category == "fraternal"


def test_one_batch_for_each_producer_state_and_company_of_a_request_set(ines):
    world.license_of(ines, "TX", residency="NR")
    answer = ask(
        request(loa_categories=["16"]),
        request(loa_categories=["16"], cocode=world.FOX),
        request(loa_categories=["935"]),
        request(loa_categories=["16"], state="TX"),
    )
    batches = [entry["batch"] for entry in answer["requests"]]
    assert batches[0] == batches[2]
    assert len(set(batches)) == 3


def test_the_same_asked_for_twice_in_a_set_is_a_duplicate(ines):
    answer = ask(request(), request())
    assert reasons(answer, 0) == {"16": "in_good_standing", "1081": "in_good_standing"}
    assert reasons(answer, 1) == {"16": "duplicate_transaction", "1081": "duplicate_transaction"}
    assert "Row 1" in answer["requests"][1]["transactions"][0]["decisions"][-1]["text"]


def test_the_same_asked_for_again_later_is_a_duplicate(ines):
    ask(request(loa_categories=["16"]))
    assert reasons(ask(request())) == {"16": "duplicate_transaction", "1081": "in_good_standing"}


def test_ineligible_ones_may_be_counted_without_being_written(ines):
    world.appointed(ines)
    answer = ask(request(), show_ineligible=False)
    assert reasons(answer) == {"1081": "in_good_standing"}
    assert answer["counts"] == {"not_eligible": 1, "ready_to_submit": 1}
    assert Transaction.objects.count() == 1


def test_ineligible_ones_are_written_and_cost_nothing(ines):
    world.appointed(ines)
    row = only(ask(request(loa_categories=["16"])))
    assert (row.status, row.is_open, row.cost_cents) == ("not_eligible", False, 0)
    assert row.final_at is not None


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("npn_not_found", {"npn": "99999999"}),
        ("npn_not_synced", {"last_synced_at": None, "sync_status": "not_started"}),
        ("npn_not_active", {"tracking": "inactive"}),
        ("no_active_line", {"loa_categories": ["travel"]}),
    ],
)
def test_a_checkpoint_that_fails_answers_the_request_without_a_transaction(ines, code, change):
    asked = {name: value for name, value in change.items() if name in ("npn", "loa_categories")}
    type(ines).objects.filter(pk=ines.pk).update(**{k: v for k, v in change.items() if k not in asked})
    (entry,) = ask(request(**asked))["requests"]
    assert entry["error"]["code"] == code
    assert (entry["batch"], entry["transactions"]) == (None, [])
    assert not Transaction.objects.exists()


def test_checkpoints_are_asked_in_their_order(ines):
    type(ines).objects.update(tracking="inactive", last_synced_at=None)
    (entry,) = ask(request(loa_categories=["travel"]))["requests"]
    assert entry["error"]["code"] == "npn_not_synced"
    type(ines).objects.update(last_synced_at=clock.now())
    (entry,) = ask(request(loa_categories=["travel"]))["requests"]
    assert entry["error"]["code"] == "npn_not_active"


def test_a_failed_sync_after_a_good_one_leaves_the_facts_good_enough(ines):
    type(ines).objects.update(sync_status="nipr_timeout")
    assert reasons(ask(request(loa_categories=["16"]))) == {"16": "in_good_standing"}


def test_a_producer_synced_without_licenses_is_judged(place):
    world.producer(sync_status="success_no_licenses")
    assert reasons(ask(request(loa_categories=["16"]))) == {"16": "required_license_not_found"}


def test_the_line_sits_on_the_license_that_expires_last(ines):
    world.license_of(ines, license_number="LONG", expiration_date=clock.today() + timedelta(days=900))
    assert only(ask(request(loa_categories=["16"]))).license_number == "LONG"


def test_an_open_one_of_a_person_who_may_not_submit_is_refused_before_anything_is_written(ines, leo):
    from core.actor import Actor

    with pytest.raises(NotAllowed):
        ask(request(), submit=True, actor=Actor.person(leo))
    assert not BulkRequest.objects.exists()


def test_a_request_set_is_audited_with_who_asked(ines, leo):
    from core.actor import Actor

    ask(request(), actor=Actor.person(leo))
    entries = AuditEntry.objects.filter(action__startswith="bulk_request.").order_by("pk")
    assert [entry.action for entry in entries] == ["bulk_request.asked", "bulk_request.ended"]
    assert {entry.actor_user_id for entry in entries} == {leo.pk}


def test_the_answer_in_pieces_is_the_answer(ines):
    import json

    bulk = ask_appointments([request(), request(npn="1")], actor=TESTER, wait=True)
    bulk.refresh_from_db()
    assert json.loads("".join(answer_text(bulk))) == json.loads(json.dumps(answer_of(bulk)))


def test_more_than_a_hundred_are_left_to_a_job_though_the_caller_waits(ines):
    bulk = ask_appointments([request()] * 101, actor=TESTER, wait=True)
    assert (bulk.status, answer_of(bulk)["requests"]) == ("queued", [])
    assert bulk.job_id is not None


def test_shapes_are_refused_with_a_path_for_each_fault(place):
    wrong = [
        request(npn="12x", state="XX", cocode="123", agent_type="broker", effective_date="soon"),
        request(loa_categories=["life", "Juggling"], colour="red"),
        {"npn": "1", "state": "CA"},
    ]
    with pytest.raises(InvalidInput) as refusal:
        ask(*wrong)
    assert {error["path"] for error in refusal.value.errors} == {
        "requests.0.npn",
        "requests.0.state",
        "requests.0.cocode",
        "requests.0.agent_type",
        "requests.0.effective_date",
        "requests.1.loa_categories.1",
        "requests.1.colour",
        "requests.2.cocode",
        "requests.2.loa_categories",
    }
    assert not BulkRequest.objects.exists()


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_set_has_one_to_ten_thousand_requests(place, count):
    with pytest.raises(InvalidInput):
        ask_appointments([request()] * count, actor=TESTER)


@pytest.mark.parametrize("given", [None, 7, "life", [7], ["x" * 201], {"life": 1}])
def test_lines_that_are_no_list_of_words_are_refused(place, given):
    with pytest.raises(InvalidInput) as refusal:
        ask(request(loa_categories=given))
    assert refusal.value.errors[0]["path"].startswith("requests.0.loa_categories")


def test_a_line_that_the_organisation_does_no_business_in_is_no_mistake(ines):
    from appointments.models import GatewayBusinessRule

    GatewayBusinessRule.objects.filter(state="CA", loa_code="16").update(active=False)
    (entry,) = ask(request(loa_categories=["Life"]))["requests"]
    assert entry["error"]["code"] == "no_active_line"


def test_rules_for_one_class_of_license_leave_others_out(ines):
    from appointments.models import GatewayBusinessRule

    GatewayBusinessRule.objects.filter(state="CA", loa_code="16").update(license_class_codes=["77"])
    assert reasons(ask(request(loa_categories=["16"]))) == {"16": "required_license_not_found"}
    world.license_of(ines, license_number="OTHER", license_class_code="77")
    assert statuses(ask(request(loa_categories=["16"]))) == ["ready_to_submit"]
