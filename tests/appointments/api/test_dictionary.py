"""Every row of the dictionary of eligibility, as a client of the API is told it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from appointments.models import BulkRequest, DefaultTerminationReason, Transaction
from core import clock
from producers.models import License, Producer, ProducerAssignment
from tests.appointments.api.market import (
    EGRET,
    HEALTH,
    HERON,
    IBIS,
    STORK,
    agent,
    appointed,
    ask,
    asked,
    end,
    license_,
    one,
)

pytestmark = pytest.mark.django_db
Arrange = Callable[[Producer], Any]


def nothing(_ines: Producer) -> None:
    """As she is."""


def expire(ines: Producer) -> None:
    License.objects.filter(producer=ines, state="CA").update(
        expiration_date=clock.today() - timedelta(days=1)
    )


def expires_today(ines: Producer) -> None:
    License.objects.filter(producer=ines, state="CA").update(expiration_date=clock.today())


def move_away(ines: Producer) -> None:
    License.objects.filter(producer=ines, state="CA").update(residency="NR")


def assign(ines: Producer) -> None:
    ProducerAssignment.objects.create(producer=ines, states=["CA"], loa_categories=["life"], cocodes=[STORK])


LINES: list[tuple[str, Arrange, dict[str, Any], str, str, str]] = [
    (
        "a CoCode that nobody has",
        nothing,
        {"cocode": "99999"},
        "cocode_not_found",
        "CoCode Not Found",
        "not_eligible",
    ),
    (
        "a state the company is not set up for",
        nothing,
        {"state": "NV"},
        "company_does_not_appoint_in_state",
        "Heron Life does not appoint in the requested State: NV",
        "not_eligible",
    ),
    (
        "a category the company does not support",
        nothing,
        {"cocode": EGRET},
        "company_does_not_appoint_loas",
        "Company Does Not Appoint for requested loas",
        "not_eligible",
    ),
    (
        "a state that appoints firms only",
        nothing,
        {"state": "PA"},
        "entity_type_not_appointed",
        "",
        "not_eligible",
    ),
    (
        "and a company that then records it",
        nothing,
        {"state": "PA", "cocode": IBIS},
        "entity_type_not_appointed",
        "",
        "recorded",
    ),
    (
        "no assignment where one is required",
        nothing,
        {"cocode": STORK},
        "outside_producer_assignment",
        "",
        "not_eligible",
    ),
    (
        "an assignment where one is required",
        assign,
        {"cocode": STORK},
        "in_good_standing",
        "In Good Standing",
        "ready_to_submit",
    ),
    (
        "a line that no license carries",
        nothing,
        {"loa_categories": ["health"]},
        "required_license_not_found",
        "Required License Not Found",
        "not_eligible",
    ),
    (
        "a license that expired yesterday",
        expire,
        {},
        "required_license_not_active",
        "Required License Not Active",
        "not_eligible",
    ),
    (
        "a license that expires today",
        expires_today,
        {},
        "in_good_standing",
        "In Good Standing",
        "ready_to_submit",
    ),
    (
        "no license at home",
        move_away,
        {},
        "no_active_resident_license",
        "No Active Resident License",
        "not_eligible",
    ),
    ("an appointment that stands", appointed, {}, "already_appointed", "Already appointed", "not_eligible"),
    ("nothing in the way", nothing, {}, "in_good_standing", "In Good Standing", "ready_to_submit"),
    ("first business to come", nothing, {"state": "TX"}, "in_good_standing", "In Good Standing", "held"),
    ("a registry state", nothing, {"state": "OR"}, "in_good_standing", "In Good Standing", "recorded"),
]


@pytest.mark.parametrize(
    ("name", "arrange", "request_", "code", "text", "status"), LINES, ids=[each[0] for each in LINES]
)
def test_a_line_is_answered_with_its_reason(clerk, name, arrange, request_, code, text, status):
    arrange(agent())
    (line,) = asked(clerk, one(**request_))["transactions"]
    assert (line["eligibility_reason"]["code"], line["status"]) == (code, status)
    assert text in line["eligibility_reason"]["text"]
    assert line["decisions"]
    assert clerk.get(f"/transactions/{line['id']}").json()["eligibility_reason"]["code"] == code


def test_a_line_that_is_under_way_is_a_duplicate(clerk):
    agent()
    assert asked(clerk, one())["transactions"][0]["status"] == "ready_to_submit"
    (second,) = asked(clerk, one())["transactions"]
    assert (second["eligibility_reason"]["code"], second["status"]) == (
        "duplicate_transaction",
        "not_eligible",
    )


def test_every_decision_says_by_which_rule_and_what_would_mend_it(clerk):
    expire(agent())
    (line,) = asked(clerk, one())["transactions"]
    assert {"rule", "outcome", "text", "facts", "source", "effective_from", "fix"} <= set(
        line["decisions"][-1]
    )
    assert any(decision["fix"] for decision in line["decisions"])


@pytest.mark.parametrize(
    ("fields", "request_", "code"),
    [
        ({}, {"npn": "7"}, "npn_not_found"),
        ({"last_synced_at": None, "sync_status": "not_started"}, {}, "npn_not_synced"),
        ({"tracking": "inactive"}, {}, "npn_not_active"),
        ({}, {"agent_type": "adjuster"}, "no_active_line"),
    ],
)
def test_a_checkpoint_that_fails_answers_the_request(clerk, fields, request_, code):
    agent(**fields)
    answer = asked(clerk, one(external_id="hr-881", **request_))
    assert (answer["error"]["code"], answer["batch"], answer["transactions"]) == (code, None, [])
    assert answer["error"]["message"]
    assert (answer["index"], answer["external_id"]) == (0, "hr-881")
    assert not Transaction.objects.exists()


WRONG = [None, 0, -1, 10**300, 1.5, True, "", "x" * 3000, "İ\u202e", [], [[]], {}, {"a": [1]}]
FIELDS = ["npn", "state", "cocode", "loa_categories", "agent_type", "effective_date", "external_id"]
TERMINATIONS: list[tuple[str, dict[str, Any], str, str]] = [
    ("no such appointment", {"state": "PA"}, "no_active_appointment", "not_eligible"),
    ("no reason", {"reason": None}, "reason_required", "not_eligible"),
    ("a reason of another state", {"reason": "DEATH"}, "reason_not_accepted", "not_eligible"),
    ("a day to come", {"effective_date": "2099-01-01"}, "future_date_not_accepted", "not_eligible"),
    ("a day too long ago", {"effective_date": "2026-01-01"}, "backdated_too_far", "not_eligible"),
    (
        "a date where the state sets it",
        {"state": "TX", "reason": None, "effective_date": "2026-11-01"},
        "backdating_not_accepted",
        "not_eligible",
    ),
    ("nothing in the way", {}, "in_good_standing", "ready_to_submit"),
    ("a state that takes no reason", {"state": "TX", "reason": None}, "in_good_standing", "ready_to_submit"),
    ("for cause", {"reason": "FRAUD"}, "documents_required", "awaiting_approval"),
]


@pytest.mark.parametrize(
    ("name", "request_", "code", "status"), TERMINATIONS, ids=[each[0] for each in TERMINATIONS]
)
def test_an_appointment_is_ended_or_it_is_said_why_not(clerk, name, request_, code, status):
    ines = agent()
    appointed(ines)
    appointed(ines, "TX")
    (line,) = asked(clerk, end(**request_), what="terminations")["transactions"]
    assert (line["kind"], line["eligibility_reason"]["code"], line["status"]) == ("termination", code, status)


def test_of_a_producer_that_is_not_tracked_nothing_is_ended(clerk):
    appointed(agent(tracking="inactive"))
    answer = asked(clerk, end(), what="terminations")
    told = (
        [answer["error"]["code"]]
        if answer["error"]
        else [each["eligibility_reason"]["code"] for each in answer["transactions"]]
    )
    assert told == ["npn_not_active"]


def test_an_ending_that_is_under_way_is_a_duplicate(clerk):
    appointed(agent())
    assert asked(clerk, end(), what="terminations")["transactions"][0]["status"] == "ready_to_submit"
    (second,) = asked(clerk, end(), what="terminations")["transactions"]
    assert second["eligibility_reason"]["code"] == "duplicate_transaction"


def test_without_a_reason_the_one_of_the_state_is_taken(clerk):
    appointed(agent())
    DefaultTerminationReason.objects.create(state="CA", reason="VOLUNTARY")
    (line,) = asked(clerk, end(reason=None), what="terminations")["transactions"]
    assert clerk.get(f"/transactions/{line['id']}").json()["reason"] == "VOLUNTARY"


@pytest.mark.parametrize("lines", [["16"], ["Life"], ["life"], ["16", "Life", "life"]])
def test_lines_go_by_code_name_or_category(clerk, lines):
    ines = agent()
    appointed(ines)
    appointed(ines, line=HEALTH)
    ended = asked(clerk, end(lines=lines), what="terminations")["transactions"]
    assert [line["loa_code"] for line in ended] == ["16"]


def test_a_dry_run_answers_the_same_and_writes_nothing(clerk):
    agent()
    plan = ask(clerk, one(), one(npn="7"), dry_run=True).json()
    assert not Transaction.objects.exists()
    done = ask(clerk, one(), one(npn="7")).json()
    assert clerk.get(f"/bulk-appointments/{plan['id']}").json() == plan
    (line,) = plan["requests"][0]["transactions"]
    assert (line.pop("id"), plan["requests"][0]["batch"]) == (None, None)
    assert (plan["counts"], plan["cost"]) == (done["counts"], done["cost"])
    (written,) = done["requests"][0]["transactions"]
    assert line == {name: value for name, value in written.items() if name != "id"}
    assert plan["requests"][1] == done["requests"][1]


def test_lines_that_are_not_eligible_can_be_left_out(clerk):
    agent()
    answer = ask(clerk, one(loa_categories=["life", "health"]), show_ineligible=False).json()
    assert [line["status"] for line in answer["requests"][0]["transactions"]] == ["ready_to_submit"]
    assert not Transaction.objects.filter(status="not_eligible").exists()


def test_fees_are_text_and_one_the_state_bills_is_null(clerk):
    agent()
    answer = ask(clerk, one(), one(state="TX")).json()
    told = [
        (line["state_fee"], line["nipr_fee"]) for row in answer["requests"] for line in row["transactions"]
    ]
    assert told == [("16.00", "1.53"), (None, "1.53")]
    assert answer["cost"] == {"state": "16.00", "nipr": "3.06", "total": "19.06", "billed_later": 1}


def test_a_batch_is_a_producer_a_state_and_a_company(clerk):
    license_(agent(), "CA", line=HEALTH)
    answer = ask(
        clerk, one(loa_categories=["life", "health"]), one(cocode=EGRET, loa_categories=["health"])
    ).json()
    batches = [row["batch"] for row in answer["requests"]]
    assert len(set(batches)) == 2
    rows = clerk.get("/transactions", {"batch": batches[0]}).json()["results"]
    assert {row["cocode"] for row in rows} == {HERON}
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"state": "ZZ"}, "state"),
        ({"loa_categories": ["cars"]}, "loa_categories.0"),
        ({"loa_categories": []}, "loa_categories"),
        ({"loa_categories": "life"}, "loa_categories"),
        ({"agent_type": "spy"}, "agent_type"),
        ({"cocode": "7700"}, "cocode"),
        ({"npn": "x"}, "npn"),
        ({"npn": ""}, "npn"),
        ({"effective_date": "tomorrow"}, "effective_date"),
        ({"external_id": "x" * 101}, "external_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_fault_is_named_by_its_place_and_nothing_is_written(clerk, request_, path):
    answer = ask(clerk, one(), one(**request_))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert [fault["path"] for fault in answer.json()["errors"]] == [f"requests.1.{path}"]
    assert not BulkRequest.objects.exists()


@pytest.mark.parametrize(
    "value", [None, 0, -1, 10**300, 1.5, True, "", "x" * 3000, "İ\u202e", [], [[]], {}, {"a": [1]}]
)
@pytest.mark.parametrize(
    "name", ["npn", "state", "cocode", "loa_categories", "agent_type", "effective_date", "external_id"]
)
def test_a_request_of_any_wrong_type_is_refused_or_harmless(clerk, name, value):
    assert ask(clerk, one(**{name: value})).status_code < 500


@pytest.mark.parametrize("value", [None, 0, -1, 1.5, True, "", "x" * 3000, [], [[]], {}])
@pytest.mark.parametrize("name", ["lines", "reason", "effective_date"])
def test_an_ending_of_any_wrong_type_is_refused_or_harmless(clerk, name, value):
    assert ask(clerk, end(**{name: value}), what="terminations").status_code < 500


@pytest.mark.parametrize("name", ["appointment_id", "county_code"])
def test_what_only_screens_say_cannot_be_said_here(clerk, name):
    assert ask(clerk, end(**{name: 1}), what="terminations").status_code == 400
