"""Transactions as they are read: found, paged, one by one, and as they came to be."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Transaction
from tests.appointments.api.market import agent, appointed, ask, end, one, ready
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(clerk) -> list[str]:
    """An appointment that is ready, one that is held, one that is not eligible, and a termination."""
    appointed(agent(), "PA")
    ready(clerk, one(external_id="hr-1"), one(state="TX", external_id="hr-2"), one(cocode="99999"))
    ask(clerk, end(state="PA", reason="VOLUNTARY"), what="terminations")
    return [f"GT-0000000{number}" for number in range(1, 5)]


def found(api, **query: str) -> list[str]:
    answer = api.get("/transactions", query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_the_newest_come_first(clerk, several):
    assert found(clerk) == several[::-1]


READY, HELD, NOT_ELIGIBLE, ENDING = ("CA", "77001"), ("TX", "77001"), ("CA", "99999"), ("PA", "77001")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "held"}, [HELD]),
        ({"kind": "termination"}, [ENDING]),
        ({"npn": "88100001"}, [READY, NOT_ELIGIBLE, ENDING, HELD]),
        ({"npn": "7"}, []),
        ({"state": "TX"}, [HELD]),
        ({"cocode": "99999"}, [NOT_ELIGIBLE]),
        ({"external_id": "hr-1"}, [READY]),
        ({"batch": "TB-999999"}, []),
        ({"batch": "nonsense"}, []),
        ({"kind": "appointment", "state": "CA"}, [READY, NOT_ELIGIBLE]),
        ({"q": "hr-2"}, [HELD]),
    ],
)
def test_filters_find_what_they_say(clerk, several, query, expected):
    rows = clerk.get("/transactions", query).json()["results"]
    assert sorted((row["state"], row["cocode"]) for row in rows) == expected


def test_those_of_one_batch_are_found_by_its_number(clerk, several):
    for row in clerk.get("/transactions").json()["results"]:
        assert found(clerk, batch=row["batch"]) == [row["id"]]


def test_those_of_one_bulk_request_are_found_by_its_id(clerk, several):
    bulk = clerk.get(f"/transactions/{several[0]}").json()["bulk_request"]
    assert len(found(clerk, bulk_request=bulk)) == 3
    assert clerk.get("/transactions", {"bulk_request": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"), [("status", "lost"), ("kind", "spell"), ("state", "ZZ"), ("page_size", "1001")]
)
def test_a_filter_that_cannot_be_understood_is_refused(clerk, several, name, value):
    answer = clerk.get("/transactions", {name: value})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, name)


def test_links_lead_through_the_pages(clerk, several):
    seen, address = [], "/transactions?page_size=3"
    while address:
        page = clerk.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == several[::-1]


def test_a_page_costs_the_same_queries_for_one_row_and_for_many(clerk, several):
    clerk.get("/transactions")
    counts = []
    for size in ("1", "4"):
        with CaptureQueriesContext(connection) as asked:
            clerk.get("/transactions", {"page_size": size})
        counts.append(len(asked))
    assert counts == [2, 2]  # the token and the rows


def test_one_tells_all_that_is_known_of_it(clerk, several):
    row = clerk.get(f"/transactions/{several[0]}").json()
    (said,) = [each for each in clerk.get("/transactions").json()["results"] if each["id"] == row["id"]]
    assert {name: row[name] for name in said} == said
    assert set(row) - set(said) == {"allowed", "timeline"}
    assert row["batch"].startswith("TB-")
    assert (row["nipr_message"], row["validation_errors"], row["rejection_response"]) == ("", [], "")
    assert (row["charged_state_fee"], row["charged_nipr_fee"], row["charged_on"]) == (None, None, None)
    assert (row["prepared_by"], row["submitted_by"], row["approved_by"]) == ("Payroll", "", "")


def test_what_the_gateway_said_stands_in_its_places(clerk, several):
    Transaction.objects.filter(pk=1).update(
        status="failed",
        status_detail="refused",
        nipr_message="Validation failed",
        validation_errors=[{"code": "2010", "text": "The license is not there"}],
        rejection_response="",
        charged_state_fee_cents=0,
    )
    row = clerk.get("/transactions/GT-00000001").json()
    assert (row["status"], row["status_detail"]) == ("failed", "refused")
    assert row["status_text"] == "NIPR refused the document; nothing was charged."
    assert row["validation_errors"] == [{"code": "2010", "text": "The license is not there"}]
    assert row["charged_state_fee"] == "0.00"


def test_its_way_is_told_from_the_beginning(spender):
    agent()
    (number,) = ready(spender, one())
    spender.post("/transactions/submit", {"ids": [number], "confirm_cost": "17.53"}, key="k1")
    spender.post("/transactions/take-back", {"ids": [number]})
    told = spender.get(f"/transactions/{number}").json()["timeline"]
    assert [(each["event"], each["status"], each["by"]) for each in told] == [
        ("asked", "ready_to_submit", "Payroll"),
        ("submit", "queued", "Payroll"),
        ("take_back", "ready_to_submit", "Payroll"),
    ]
    assert told[1]["status_detail"] == "cool_off"
    assert all(each["at"].endswith("Z") for each in told)


def test_what_may_be_done_is_what_this_caller_may_do(clerk, spender):
    agent()
    (number,) = ready(clerk, one())
    assert clerk.get(f"/transactions/{number}").json()["allowed"] == ["hold", "close"]
    assert spender.get(f"/transactions/{number}").json()["allowed"] == ["submit", "hold", "close"]


def test_what_has_not_changed_is_not_sent_again(clerk, several):
    first = clerk.get(f"/transactions/{several[0]}")
    same = clerk.get(f"/transactions/{several[0]}", **{"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    clerk.post("/transactions/close", {"ids": several[:1]})
    assert clerk.get(f"/transactions/{several[0]}", **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "number", ["GT-00009999", "1", "gt-00000001", "GT-1", "GT-" + "9" * 400, "TB-000001"]
)
def test_a_number_that_names_nothing_is_not_found(clerk, several, number):
    answer = clerk.get(f"/transactions/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_client_that_may_not_read_reads_nothing(several):
    assert Machine("write").get("/transactions").status_code == 403
