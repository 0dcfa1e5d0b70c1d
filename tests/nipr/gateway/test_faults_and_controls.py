"""What goes wrong on demand, and the controls over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from nipr.client import RegistryClient
from nipr.errors import RegistryError
from nipr.simulator.testing import RunningSimulator
from nipr.wire.gateway import AnswerKind, read_reply
from tests.nipr.gateway.conftest import Post
from tests.nipr.gateway.samples import APPOINTMENT, BATCH, asked, make, sent


def control(simulator: RunningSimulator, method: str, name: str, body: Any = None) -> httpx.Response:
    return httpx.request(method, f"{simulator.base_url}/_simulator/{name}", json=body)


def effects(simulator: RunningSimulator) -> int:
    row = simulator.gateway.row(BATCH, "T-000001")
    return row["times_effected"] if row else 0


@pytest.mark.parametrize(
    ("fault", "effected"), [("drop_before", 0), ("drop_after", 1), ("drop_midway", 1), ("drip", 1)]
)
def test_without_a_whole_answer_the_outcome_is_unknown_whether_it_took_effect_or_not(
    simulator: RunningSimulator, client: RegistryClient, fault: str, effected: int
) -> None:
    simulator.fault(fault, service="gateway", seconds=5.0)
    with pytest.raises(RegistryError) as caught:
        client.post_gateway(sent(APPOINTMENT), timeout=1)
    assert caught.value.outcome_unknown
    assert effects(simulator) == effected


@pytest.mark.parametrize(("fault", "effected"), [("server_error", 0), ("error_after", 1)])
def test_an_error_status_tells_nothing_about_the_effect(
    simulator: RunningSimulator, client: RegistryClient, fault: str, effected: int
) -> None:
    simulator.fault(fault, service="gateway", operation="niprgw")
    post = client.post_gateway(sent(APPOINTMENT), timeout=5)
    assert post.status == 503
    assert not read_reply(post.body).readable
    assert effects(simulator) == effected


@pytest.mark.parametrize("fault", ["html_login", "truncated_xml", "malformed_xml"])
def test_an_answer_that_is_no_document_says_nothing(
    simulator: RunningSimulator, post: Post, fault: str
) -> None:
    simulator.fault(fault, service="gateway")
    reply = post(sent(APPOINTMENT))
    assert not reply.readable
    assert effects(simulator) == (fault != "html_login")


def test_a_wrong_reference_answers_one_under_the_key_of_the_other(
    simulator: RunningSimulator, post: Post
) -> None:
    simulator.fault("wrong_reference", service="gateway")
    first, second = post(sent(make(1), make(2, state="TX"))).answers
    assert (first.trans, first.state) == ("T-000002", "OR")
    assert (second.trans, second.state) == ("T-000001", "TX")


def test_a_wrong_reference_of_a_single_one_is_a_key_of_the_book_or_of_nobody(
    simulator: RunningSimulator, post: Post
) -> None:
    simulator.fault("wrong_reference", times=2, service="gateway")
    (nobody,) = post(sent(make(1))).answers
    (another,) = post(sent(make(2))).answers
    assert nobody.trans == "100000-TX"
    assert another.trans == "T-000001"


def test_a_document_may_be_cut_in_the_middle(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    simulator.fault("half_taken", service="gateway")
    four = [make(number) for number in range(4)]
    with pytest.raises(RegistryError):
        client.post_gateway(sent(*four), timeout=5)
    verdicts = [answer.verdict for answer in post(asked(*four)).answers]
    assert verdicts == [AnswerKind.APPROVED] * 2 + [AnswerKind.NOT_RECEIVED] * 2


def test_a_fault_may_strike_questions_alone(
    simulator: RunningSimulator, client: RegistryClient, post: Post
) -> None:
    simulator.fault("drop_after", service="gateway", operation="niprgw_question")
    assert [answer.verdict for answer in post(sent(APPOINTMENT)).answers] == [AnswerKind.APPROVED]
    with pytest.raises(RegistryError):
        client.post_gateway(asked(APPOINTMENT), timeout=5)


def test_a_fault_may_strike_now_and_then(simulator: RunningSimulator, client: RegistryClient) -> None:
    simulator.fault("server_error", times=None, service="gateway", probability=0.5)
    statuses = [client.post_gateway(sent(make(number)), timeout=5).status for number in range(40)]
    assert 8 < statuses.count(503) < 32


def test_a_wrong_password_is_a_status_and_has_no_effect(simulator: RunningSimulator) -> None:
    url = f"{simulator.base_url}/gateway-realtime/niprgw"
    reply = httpx.post(url, content=sent(APPOINTMENT), auth=("simulator", "wrong"))
    assert reply.status_code == 401
    assert effects(simulator) == 0


def test_the_policy_is_read_and_set_over_http(simulator: RunningSimulator, post: Post) -> None:
    body = {
        "polling": False,
        "review": 3,
        "visibility_delay": 1.5,
        "frozen": {"NJ": "2026-03-20"},
        "decline": [{"npn": "99000017", "text": "No."}],
    }
    shown = control(simulator, "POST", "gateway", body).json()
    assert shown == control(simulator, "GET", "gateway").json()
    assert (shown["polling"], shown["review"], shown["visibility_delay"]) == (False, 3, 1.5)
    assert shown["frozen"] == {"NJ": "2026-03-20"}
    assert shown["pair_3999_20001"] is True
    assert simulator.gateway.policy.decline[0].text == "No."


@pytest.mark.parametrize(
    "body",
    [
        {"poling": True},
        {"polling": "yes"},
        {"review": "soon"},
        {"review": -1},
        {"frozen": {"NJ": "spring"}},
        {"decline": [{"company": "x"}]},
        {"refuse": [{"kind": "renewal"}]},
        {"visibility_delay": "long"},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_and_changes_nothing(
    simulator: RunningSimulator, body: dict[str, Any]
) -> None:
    before = simulator.gateway.policy
    reply = control(simulator, "POST", "gateway", body)
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert simulator.gateway.policy == before


def test_one_is_decided_over_http(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(APPOINTMENT))
    said = {"batch": BATCH, "trans": "T-000001", "approve": False, "text": "No."}
    assert control(simulator, "POST", "gateway/decide", said).json()["status"] == "declined"
    assert control(simulator, "POST", "gateway/decide", said).status_code == 404
    assert control(simulator, "POST", "gateway/decide", {"batch": BATCH}).status_code == 400


def test_the_book_shows_transactions_beside_reports(simulator: RunningSimulator, post: Post) -> None:
    post(sent(APPOINTMENT))
    book = control(simulator, "GET", "book").json()
    row = book["transactions"][f"{BATCH}/T-000001"]
    assert (row["kind"], row["npn"], row["state"]) == ("appointment", "99000017", "OR")
    assert (row["cocode"], row["loa_code"], row["nipr_trans"]) == ("00101", "16", "50000001")
    assert book["gateway"] == {"count": 1, "state_cents": 1000, "nipr_cents": 153}
    assert "calls" in book


def test_a_reset_over_http_empties_the_gateway_too(simulator: RunningSimulator, post: Post) -> None:
    simulator.gateway.configure(review="manual")
    post(sent(APPOINTMENT))
    control(simulator, "POST", "reset")
    assert control(simulator, "GET", "book").json()["transactions"] == {}
    assert simulator.gateway.policy.review == "immediate"
