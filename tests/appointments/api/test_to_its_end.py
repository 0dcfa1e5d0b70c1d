"""From asking over the API to the registry's answer, against a registry on a socket."""

from __future__ import annotations

import pytest

from appointments.gateway import send
from appointments.models import Transaction
from tests.appointments.api.market import agent, appointed, ask, end, one
from tests.appointments.gateway.conftest import _simulator, registry  # noqa: F401 - a registry on a socket
from tests.appointments.gateway.world import set_gateway

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def far(registry, market):  # noqa: F811
    """The registry; what is submitted leaves at once."""
    set_gateway(cool_off_seconds=0)
    agent()
    return registry


def effected() -> int:
    """How many transactions were charged."""
    return Transaction.objects.exclude(charged_nipr_fee_cents=None).count()


def read(api, answer):
    (number,) = [line["id"] for row in answer.json()["requests"] for line in row["transactions"]]
    return api.get(f"/transactions/{number}").json()


def test_an_appointment_is_asked_for_sent_and_approved_once(far, spender):
    body = {"requests": [one(external_id="hr-881")], "submit": True}
    first, again = (
        spender.post("/bulk-appointments", body, key="k1", Prefer="respond-sync") for _ in range(2)
    )
    assert first.content == again.content
    assert send.send_due() == 1
    assert send.send_due() == 0
    row = read(spender, first)
    assert (row["status"], row["external_id"], row["charged_nipr_fee"]) == ("approved", "hr-881", "1.53")
    assert row["nipr_transaction"]
    assert row["final_at"]
    assert [each["status"] for each in row["timeline"]] == [
        "ready_to_submit",
        "queued",
        "submitting",
        "approved",
    ]
    assert spender.get(first["Location"]).json()["counts"] == {"approved": 1}
    assert effected() == 1


def test_an_approved_one_is_not_asked_for_again_before_the_registry_shows_it(far, spender):
    ask(spender, one(), submit=True)
    send.send_due()
    (line,) = ask(spender, one(), submit=True).json()["requests"][0]["transactions"]
    assert line["eligibility_reason"]["code"] == "duplicate_transaction"


def test_a_termination_goes_the_same_way(far, spender):
    appointed(agent("88100002"))
    answer = ask(spender, end(npn="88100002"), what="terminations", submit=True)
    send.send_due()
    row = read(spender, answer)
    assert (row["kind"], row["status"], row["reason"]) == ("termination", "approved", "VOLUNTARY")


def test_a_decline_is_told_in_the_words_of_the_state(far, spender):
    far.gateway.configure(decline=[{"text": "The applicant owes a filing."}])
    answer = ask(spender, one(), submit=True)
    send.send_due()
    row = read(spender, answer)
    assert row["status"] == "declined"
    assert "The applicant owes a filing." in row["rejection_response"]
    assert row["allowed"] == ["close"]
