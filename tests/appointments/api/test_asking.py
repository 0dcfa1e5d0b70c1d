"""Asking in bulk: now or by a job, once a key, and only as far as one may spend."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import BulkRequest, Transaction
from core.api.models import IdempotencyKey
from core.audit.models import AuditEntry
from core.jobs.models import Job
from tests.appointments.api.market import agent, appointed, ask, end, one, open_market, run_jobs
from tests.at_once import at_once
from tests.core.api.machine import Machine

pytestmark = pytest.mark.django_db
APPOINTMENTS = "/bulk-appointments"


def test_without_being_asked_to_wait_a_job_does_it(clerk):
    agent()
    first = clerk.post(APPOINTMENTS, {"requests": [one(external_id="hr-881")]}, key="k1")
    assert first.status_code == 202
    assert first["Location"] == f"/api/v1/bulk-appointments/{first.json()['id']}"
    assert (first.json()["status"], first.json()["requests"]) == ("queued", [])
    waiting = clerk.get(first["Location"])
    assert (waiting.json()["status"], waiting["Retry-After"]) == ("queued", "1")
    run_jobs()
    done = clerk.get(first["Location"]).json()
    assert (done["status"], done["counts"]) == ("done", {"ready_to_submit": 1})
    assert done["cost"] == {"state": "16.00", "nipr": "1.53", "total": "17.53", "billed_later": 0}
    (request,) = done["requests"]
    assert (request["index"], request["external_id"], request["error"]) == (0, "hr-881", None)
    assert request["batch"] == "TB-000001"
    assert set(request["transactions"][0]) == {
        "id",
        "kind",
        "npn",
        "state",
        "cocode",
        "loa_code",
        "loa",
        "status",
        "eligibility_reason",
        "state_fee",
        "nipr_fee",
        "just_in_time",
        "decisions",
    }


def test_up_to_a_hundred_are_answered_at_once_where_that_is_preferred(clerk):
    agent()
    answer = ask(clerk, *[one()] * 100)
    assert (answer.status_code, answer["Preference-Applied"]) == (200, "respond-sync")
    assert [row["index"] for row in answer.json()["requests"]] == list(range(100))
    assert clerk.get(answer["Location"]).json() == answer.json()
    assert ask(clerk, *[one()] * 101).status_code == 202


@pytest.mark.parametrize("wish", ["Respond-Sync", "handling=lenient, respond-sync", "respond-sync; wait=5"])
def test_a_preference_may_stand_among_others(clerk, wish):
    agent()
    assert clerk.send("POST", APPOINTMENTS, {"requests": [one()]}, Prefer=wish).status_code == 200


def test_what_came_of_terminations_is_read_under_their_own_address(clerk):
    appointed(agent())
    answer = ask(clerk, end(), what="terminations")
    assert answer["Location"] == f"/api/v1/bulk-terminations/{answer.json()['id']}"
    assert clerk.get(answer["Location"]).json() == answer.json()
    assert clerk.get(f"/bulk-appointments/{answer.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    "place", ["/bulk-appointments/x", "/bulk-terminations/00000000-0000-0000-0000-000000000000"]
)
def test_an_answer_that_there_is_not_is_not_found(clerk, place):
    answer = clerk.get(place)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_set_has_one_to_ten_thousand_requests(clerk, count):
    answer = clerk.post(APPOINTMENTS, {"requests": [one()] * count}, key="k1")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "requests")


def test_ten_thousand_fit_into_a_body_and_their_answer_is_sent_in_pieces(clerk):
    agent()
    strangers = [
        one(
            npn=str(10_000_000 + number),
            external_id=f"hr-{number:05}" + "x" * 80,
            effective_date="2026-12-01",
        )
        for number in range(9_999)
    ]
    first = clerk.post(APPOINTMENTS, {"requests": [*strangers, one()]}, key="k1")
    assert first.status_code == 202
    run_jobs()
    answer = clerk.get(first["Location"])
    assert answer.streaming
    told = json.loads(b"".join(answer.streaming_content))
    assert (told["status"], told["counts"]) == ("done", {"ready_to_submit": 1})
    assert [row["index"] for row in told["requests"]] == list(range(10_000))
    assert {row["error"]["code"] for row in told["requests"][:-1]} == {"npn_not_found"}


def test_more_names_than_anybody_needs_are_refused(clerk):
    answer = clerk.post(APPOINTMENTS, {"requests": [one(loa_categories=["life"] * 100_001)]}, key="k1")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many")


def test_of_many_faults_a_thousand_are_told(clerk):
    answer = clerk.post(APPOINTMENTS, {"requests": [{**one(), "x": 1}] * 3_000}, key="k1")
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 1_000)


def test_asking_costs_the_same_queries_for_one_and_for_a_hundred(clerk):
    for number in range(100):
        agent(str(9_000 + number))
    ask(clerk, one(npn="9099"))
    counts = []
    for rows in ([one(npn="9000")], [one(npn=str(9_001 + number)) for number in range(98)]):
        with CaptureQueriesContext(connection) as asked:
            assert ask(clerk, *rows).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# Spending


@pytest.mark.parametrize("flag", ["submit", "submit_just_in_time"])
def test_spending_needs_the_scope_and_says_so(clerk, flag):
    agent()
    answer = ask(clerk, one(), **{flag: True})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert "“submit”" in answer.json()["detail"]
    assert not BulkRequest.objects.exists()


def test_ending_at_once_needs_the_scope_too(clerk):
    appointed(agent())
    assert ask(clerk, end(), what="terminations", submit=True).status_code == 403


def test_a_person_needs_the_right(market, client_of, leo, sue):
    agent()
    body, headers = {"requests": [one()], "submit": True}, {"Idempotency-Key": "k1", "Prefer": "respond-sync"}
    refused = client_of(leo).post("/api/v1/bulk-appointments", body, "application/json", headers=headers)
    assert refused.status_code == 403
    assert "Can submit transactions" in refused.json()["detail"]
    allowed = client_of(sue).post("/api/v1/bulk-appointments", body, "application/json", headers=headers)
    assert allowed.json()["counts"] == {"queued": 1}


def test_what_is_eligible_is_sent_and_just_in_time_ones_wait(spender):
    agent()
    answer = ask(spender, one(), one(state="TX"), one(npn="7"), submit=True).json()
    assert answer["counts"] == {"queued": 1, "held": 1}


def test_just_in_time_ones_are_sent_where_that_is_asked_for(spender):
    agent()
    answer = ask(spender, one(), one(state="TX"), submit_just_in_time=True).json()
    told = {line["state"]: line["status"] for row in answer["requests"] for line in row["transactions"]}
    assert told == {"CA": "ready_to_submit", "TX": "queued"}


def test_a_dry_run_sends_nothing(spender):
    agent()
    assert ask(spender, one(), submit=True, dry_run=True).json()["status"] == "done"
    assert not Transaction.objects.exists()


# Once


@pytest.mark.parametrize("path", ["/bulk-appointments", "/bulk-terminations"])
def test_without_a_key_nothing_is_asked_for(clerk, path):
    answer = clerk.http.post(
        f"/api/v1{path}",
        {"requests": [one()]},
        "application/json",
        headers={"Authorization": f"Bearer {clerk.token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize("wish", ["", "respond-sync"])
def test_the_same_again_is_answered_the_same_to_the_byte(clerk, wish):
    agent()
    first, again = (clerk.post(APPOINTMENTS, {"requests": [one()]}, key="k1", Prefer=wish) for _ in range(2))
    assert first.content == again.content
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert BulkRequest.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(clerk):
    agent()
    clerk.post(APPOINTMENTS, {"requests": [one()]}, key="k1")
    other = clerk.post(APPOINTMENTS, {"requests": [one(state="TX")]}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_that_is_no_longer_kept_asks_for_nothing_a_second_time(clerk):
    agent()
    first = clerk.post(APPOINTMENTS, {"requests": [one()]}, key="k1", Prefer="respond-sync")
    IdempotencyKey.objects.all().delete()
    again = clerk.post(APPOINTMENTS, {"requests": [one()]}, key="k1", Prefer="respond-sync")
    assert (again.status_code, again.json()) == (200, first.json())
    assert (BulkRequest.objects.count(), Transaction.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"requests": [one(state="TX")]},
        {"requests": [one(), one()]},
        {"requests": [one()], "dry_run": True},
    ],
)
def test_a_key_that_is_no_longer_kept_is_not_taken_for_another_request(clerk, body):
    agent()
    clerk.post(APPOINTMENTS, {"requests": [one()]}, key="k1")
    IdempotencyKey.objects.all().delete()
    other = clerk.post(APPOINTMENTS, body, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    ending = clerk.post("/bulk-terminations", {"requests": [end()]}, key="k1")
    assert ending.status_code == 422


def test_keys_of_two_clients_do_not_meet_and_their_business_does(clerk):
    agent()
    other = Machine("read write", name="Other")
    first, second = (ask_with("k1", each) for each in (clerk, other))
    assert [line["status"] for line in lines(first)] == ["ready_to_submit"]
    assert [line["eligibility_reason"]["code"] for line in lines(second)] == ["duplicate_transaction"]
    assert BulkRequest.objects.count() == 2


def test_a_crash_leaves_a_key_that_works_again(clerk):
    agent()
    first = ask_with("k1", clerk)
    BulkRequest.objects.filter(pk=first.json()["id"]).update(status="done")
    IdempotencyKey.objects.update(status=None, body=b"", leased_until=timezone.now() - timedelta(seconds=1))
    again = ask_with("k1", clerk)
    assert again.json() == first.json()
    assert BulkRequest.objects.count() == 1


def ask_with(key: str, api: Machine):
    return api.post(APPOINTMENTS, {"requests": [one()]}, key=key, Prefer="respond-sync")


def lines(answer):
    return [line for row in answer.json()["requests"] for line in row["transactions"]]


def test_who_asked_is_in_the_audit_trail(clerk):
    agent()
    answer = ask_with("k1", clerk).json()
    entry = AuditEntry.objects.get(action="bulk_request.asked", subject_id=answer["id"])
    assert (entry.actor_kind, entry.actor_label) == ("api_client", "Payroll")


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
class TestAtOnce:
    """Threads of their own."""

    @pytest.fixture(autouse=True)
    def _market(self, transactional_db):
        open_market()
        agent()

    def test_of_fifty_equal_requests_one_has_the_effect(self):
        api = Machine("read write")
        answers = at_once(lambda _: ask_with("k1", api), threads=50)
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
        assert (BulkRequest.objects.count(), Transaction.objects.count()) == (1, 1)
        assert ask_with("k1", api).status_code == 200

    def test_of_fifty_equal_requests_one_job_is_made(self):
        api = Machine("read write")
        answers = at_once(lambda _: api.post(APPOINTMENTS, {"requests": [one()]}, key="k1"), threads=50)
        assert {answer.status_code for answer in answers} <= {202, 409}
        assert (BulkRequest.objects.count(), Job.objects.count()) == (1, 1)

    def test_of_the_same_business_under_twenty_keys_one_transaction_is_open(self):
        api = Machine("read write")
        answers = at_once(lambda number: ask_with(f"k{number}", api), threads=20)
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert Transaction.objects.filter(is_open=True).count() == 1
        codes = [
            line["eligibility_reason"]["code"]
            for each in answers
            if each.status_code == 200
            for line in lines(each)
        ]
        assert codes.count("in_good_standing") == 1
        assert set(codes) <= {"in_good_standing", "duplicate_transaction"}
