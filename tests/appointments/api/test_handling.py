"""Submit, release, approve, close and take back over REST: each transaction answered on its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import GatewaySettings, Transaction
from core import clock
from rulebook.models import StateRule
from tests.appointments.api.market import (
    HEALTH,
    agent,
    appointed,
    ask,
    end,
    license_,
    one,
    open_market,
    ready,
    status_of,
)
from tests.at_once import at_once
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db
SUBMIT, RELEASE = "/transactions/submit", "/transactions/release"


@pytest.fixture
def prepared(spender) -> list[str]:
    """Two appointments that are ready, at 17.53 each."""
    agent("88100001")
    agent("88100002")
    return ready(spender, one(), one(npn="88100002"))


def submit(api: Machine, numbers: list[str], cost: object = "35.06", **headers: str):
    return api.send("POST", SUBMIT, {"ids": numbers, "confirm_cost": cost}, **headers)


def told(answer) -> list[tuple[str, bool, str | None]]:
    return [(each["id"], each["ok"], each["code"]) for each in answer.json()["results"]]


# Submitting


def test_what_is_agreed_to_is_sent(spender, prepared):
    answer = submit(spender, prepared)
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {"id": number, "ok": True, "status": "queued", "code": None, "message": "", "allowed": []}
            for number in prepared
        ],
        "done": 2,
        "refused": 0,
    }


@pytest.mark.parametrize("cost", ["35.05", "35.07", "0", "35.06000000000000001", "99999999.99"])
def test_another_cost_than_that_of_now_sends_nothing(spender, prepared, cost):
    answer = submit(spender, prepared, cost)
    if answer.status_code == 400:
        assert answer.json()["errors"][0]["path"] == "confirm_cost"
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "cost_changed")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["cost"] == {
            "state": "32.00",
            "nipr": "3.06",
            "total": "35.06",
            "billed_later": 0,
        }
    assert {status_of(number) for number in prepared} == {"ready_to_submit"}


def test_a_cost_that_has_changed_uses_no_key_up(spender, prepared):
    assert submit(spender, prepared, "1.00", **{"Idempotency-Key": "k1"}).status_code == 409
    assert submit(spender, prepared, "1.00", **{"Idempotency-Key": "k1"}).status_code == 409


@pytest.mark.parametrize(
    "cost", [None, "", "x", "NaN", "Infinity", "-1.00", "1e99", True, [], {}, "1.005", 10**300]
)
def test_a_cost_that_is_none_is_refused(spender, prepared, cost):
    answer = submit(spender, prepared, cost)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "confirm_cost")


def test_without_a_cost_nothing_is_sent(spender, prepared):
    answer = spender.post(SUBMIT, {"ids": prepared}, key="k1")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "confirm_cost")


@pytest.mark.parametrize("path", [SUBMIT, RELEASE])
def test_without_a_key_nothing_is_sent(spender, prepared, path):
    body = {"ids": prepared, "confirm_cost": "35.06"}
    headers = {"Authorization": f"Bearer {spender.token}"}
    answer = spender.http.post(f"/api/v1{path}", body, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize("what", ["submit", "release", "take-back", "approve"])
def test_a_client_that_may_not_spend_is_told_what_it_lacks(clerk, what):
    answer = clerk.post(f"/transactions/{what}", {"ids": ["GT-00000001"], "confirm_cost": "1.00"}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert "“submit”" in answer.json()["detail"]


def test_each_is_answered_on_its_own(spender, prepared):
    submit(spender, prepared[:1], "17.53")
    numbers = [*prepared, "GT-00009999", "nonsense", prepared[1]]
    answer = submit(spender, numbers, "17.53")
    assert told(answer) == [
        (prepared[0], False, "wrong_state"),
        (prepared[1], True, None),
        ("GT-00009999", False, "not_found"),
        ("nonsense", False, "not_found"),
        (prepared[1], True, None),
    ]
    first, *_, nobody, _last = answer.json()["results"]
    assert (first["status"], first["allowed"]) == ("queued", ["take_back"])
    assert (nobody["status"], nobody["message"]) == (None, "There is no transaction “nonsense”.")
    assert (answer.json()["done"], answer.json()["refused"]) == (2, 3)


def test_the_same_submission_again_is_answered_the_same_and_sends_nothing_more(spender, prepared):
    first, again = (submit(spender, prepared, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.content == again.content
    assert Transaction.objects.get(pk=1).status == "queued"


def test_what_costs_much_waits_for_a_second_person(spender, prepared, client_of, pia, leo):
    GatewaySettings.objects.update_or_create(pk=1, defaults={"second_key_above_cents": 3_000})
    assert {each["status"] for each in submit(spender, prepared).json()["results"]} == {"awaiting_approval"}
    refused = spender.post("/transactions/approve", {"ids": prepared})
    assert [code for _number, _ok, code in told(refused)] == ["same_person", "same_person"]
    assert (
        client_of(leo).post("/api/v1/transactions/approve", {"ids": prepared}, "application/json").status_code
        == 403
    )
    approved = client_of(pia).post("/api/v1/transactions/approve", {"ids": prepared}, "application/json")
    assert [each["status"] for each in approved.json()["results"]] == ["ready_to_submit"] * 2
    assert submit(spender, prepared).json()["done"] == 2
    assert {status_of(number) for number in prepared} == {"queued"}


def test_who_prepared_does_not_approve(spender):
    appointed(agent())
    (line,) = ask(spender, end(reason="FRAUD"), what="terminations").json()["requests"][0]["transactions"]
    assert told(spender.post("/transactions/approve", {"ids": [line["id"]]})) == [
        (line["id"], False, "same_person")
    ]
    other = Machine("read write submit", name="Other")
    assert told(other.post("/transactions/approve", {"ids": [line["id"]]})) == [(line["id"], True, None)]


def test_without_the_documents_that_the_state_wants_it_is_not_approved(spender):
    appointed(agent())
    StateRule.objects.create(jurisdiction_id="CA", field="termination_document_reasons", value="FRAUD")
    (line,) = ask(spender, end(reason="FRAUD"), what="terminations").json()["requests"][0]["transactions"]
    other = Machine("read write submit", name="Other")
    (answer,) = other.post("/transactions/approve", {"ids": [line["id"]]}).json()["results"]
    assert (answer["ok"], answer["code"]) == (False, "wrong_state")
    assert "documents" in answer["message"]


# Releasing, taking back, closing


@pytest.fixture
def held(spender) -> str:
    agent()
    (number,) = ready(spender, one(state="TX"))
    assert status_of(number) == "held"
    return number


def test_what_was_held_is_released(spender, held):
    assert told(spender.post(RELEASE, {"ids": [held]}, key="k1")) == [(held, True, None)]
    assert status_of(held) == "queued"


def test_a_release_may_name_a_cost_too(spender, held):
    answer = spender.post(RELEASE, {"ids": [held], "confirm_cost": "9.99"}, key="k1")
    assert (answer.status_code, answer.json()["cost"]["billed_later"]) == (409, 1)
    assert spender.post(RELEASE, {"ids": [held], "confirm_cost": "1.53"}, key="k2").status_code == 200


def test_the_first_business_starts_the_clock(clerk, held):
    day = clock.today() - timedelta(days=3)
    body = {"ids": [held], "first_business_date": day.isoformat()}
    assert told(clerk.post("/transactions/first-business", body)) == [(held, True, None)]
    row = clerk.get(f"/transactions/{held}").json()
    assert (row["first_business_date"], row["appoint_by"]) == (
        day.isoformat(),
        (day + timedelta(days=30)).isoformat(),
    )
    clerk.post("/transactions/first-business", {"ids": [held], "first_business_date": None})
    assert clerk.get(f"/transactions/{held}").json()["appoint_by"] is None


def test_first_business_in_the_future_is_refused(clerk, held):
    body = {"ids": [held], "first_business_date": (clock.today() + timedelta(days=1)).isoformat()}
    answer = clerk.post("/transactions/first-business", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "first_business_date")


def test_what_has_not_left_can_be_taken_back(spender, prepared):
    submit(spender, prepared)
    assert spender.post("/transactions/take-back", {"ids": prepared}).json()["done"] == 2
    assert {status_of(number) for number in prepared} == {"ready_to_submit"}


def test_closing_is_answered_one_by_one(clerk, spender, prepared):
    submit(spender, prepared[:1], "17.53")
    answer = clerk.post("/transactions/close", {"ids": prepared, "reason": "Left the agency"})
    assert told(answer) == [(prepared[0], False, "wrong_state"), (prepared[1], True, None)]
    last = clerk.get(f"/transactions/{prepared[1]}").json()["timeline"][-1]
    assert (last["event"], last["status"], last["reason"], last["by"]) == (
        "close",
        "closed",
        "Left the agency",
        "Payroll",
    )


# Bodies

ACTIONS = ["submit", "release", "take-back", "approve", "close", "first-business"]
MORE = {"submit": {"confirm_cost": "0"}, "first-business": {"first_business_date": None}}


@pytest.mark.parametrize("what", ACTIONS)
@pytest.mark.parametrize(
    "ids", [None, [], {}, "GT-00000001", [None], [[]], [{}], [""], ["x" * 41], ["x"] * 1_001, 1]
)
def test_ids_that_are_none_are_refused(spender, what, ids):
    answer = spender.post(f"/transactions/{what}", {"ids": ids, **MORE.get(what, {})}, key="k1")
    assert (answer.status_code, answer.json()["errors"][0]["path"].split(".")[0]) == (400, "ids")


@pytest.mark.parametrize("what", ACTIONS)
@pytest.mark.parametrize(
    "number", ["GT-0", "gt-00000001", "GT-000000001", "GT-" + "9" * 18, "GT-٠٠٠٠٠٠٠١", "TB-000001", "1", " "]
)
def test_a_number_that_names_nothing_is_not_found(spender, what, number):
    answer = spender.post(f"/transactions/{what}", {"ids": [number], **MORE.get(what, {})}, key="k1")
    assert (answer.status_code, told(answer)) == (200, [(number, False, "not_found")])


def test_a_thousand_are_handled_at_once_with_as_many_queries_as_two(spender):
    for number in range(12):
        license_(agent(str(9_000 + number)), "CA", line=HEALTH)
    both = {"loa_categories": ["life", "health"]}
    numbers = ready(spender, *[one(npn=str(9_000 + number), **both) for number in range(12)])
    counts = []
    for part in (numbers[:2], numbers[2:]):
        with CaptureQueriesContext(connection) as asked:
            assert spender.post("/transactions/close", {"ids": part}).json()["refused"] == 0
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert spender.post("/transactions/close", {"ids": numbers + ["GT-00099999"] * 900}).status_code == 200


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_of_fifty_submissions_under_one_key_one_is_carried_out(transactional_db):
    open_market()
    agent()
    api = Machine("read write submit")
    numbers = ready(api, one())
    answers = at_once(lambda _: submit(api, numbers, "17.53", **{"Idempotency-Key": "k1"}), threads=50)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert status_of(numbers[0]) == "queued"


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_of_twenty_submissions_one_sends(transactional_db):
    open_market()
    agent()
    api = Machine("read write submit")
    numbers = ready(api, one())
    answers = at_once(
        lambda number: submit(api, numbers, "17.53", **{"Idempotency-Key": f"k{number}"}), threads=20
    )
    assert sum(answer.status_code == 200 and answer.json()["done"] for answer in answers) == 1
