from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.errors import NotSent, RegistryError
from nipr.gateway import POST_PATH, REALTIME_PATH
from nipr.ledger import MemoryLedger, Outcome
from tests.nipr.far_side import Answer, FarSide

DOCUMENT = b"<NIPR/>"


def _client(url: str, ledger: MemoryLedger | None = None) -> RegistryClient:
    return RegistryClient(RegistryConfig(url, "user", "s3cret"), ledger or MemoryLedger())


def test_a_document_is_posted_as_xml_with_our_credentials(far_side: FarSide, client: RegistryClient) -> None:
    far_side.answer(Answer(b"<NIPR></NIPR>"))
    post = client.post_gateway(DOCUMENT, timeout=5)
    (asked,) = far_side.asked
    assert (post.status, post.body) == (200, b"<NIPR></NIPR>")
    assert (asked.method, asked.path, asked.body) == ("POST", POST_PATH, DOCUMENT)
    assert asked.headers["content-type"].startswith("text/xml")
    assert asked.headers["authorization"].startswith("Basic ")


def test_realtime_has_its_own_path(far_side: FarSide, client: RegistryClient) -> None:
    client.post_gateway(DOCUMENT, realtime=True, timeout=5)
    assert far_side.asked[0].path == REALTIME_PATH


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 500, 503])
def test_a_status_is_data_and_never_a_reason_to_post_again(
    far_side: FarSide, client: RegistryClient, status: int
) -> None:
    far_side.answer(Answer(b"no", status=status))
    post = client.post_gateway(DOCUMENT, timeout=5)
    assert (post.status, post.body) == (status, b"no")
    assert len(far_side.asked) == 1


@pytest.mark.parametrize("drop", ["before", "within"])
def test_a_connection_that_breaks_leaves_the_outcome_unknown_and_is_not_tried_again(
    far_side: FarSide, client: RegistryClient, drop: str
) -> None:
    far_side.answer(Answer(b"<NIPR></NIPR>" * 50, drop=drop))
    with pytest.raises(RegistryError) as caught:
        client.post_gateway(DOCUMENT, timeout=5)
    assert caught.value.outcome_unknown
    assert not isinstance(caught.value, NotSent)
    assert len(far_side.asked) == 1


@pytest.mark.parametrize(
    "slow",
    [Answer(b"late", delay=3.0), Answer(b"x" * 500, drip=0.05), Answer(drip_headers=True)],
    ids=["silent", "dripping", "dripping headers"],
)
def test_a_slow_registry_is_left_at_the_deadline(
    far_side: FarSide, client: RegistryClient, slow: Answer
) -> None:
    far_side.answer(slow)
    started = time.monotonic()
    with pytest.raises(RegistryError) as caught:
        client.post_gateway(DOCUMENT, timeout=0.5)
    assert time.monotonic() - started < 1.5
    assert caught.value.outcome_unknown
    assert len(far_side.asked) == 1


@pytest.fixture
def closed_port() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_refused_connection_was_surely_not_sent(closed_port: str) -> None:
    ledger = MemoryLedger()
    with _client(closed_port, ledger) as client, pytest.raises(NotSent) as caught:
        client.post_gateway(DOCUMENT, timeout=5)
    assert not caught.value.outcome_unknown
    assert ledger.notes[0].outcome == Outcome.FAILED


@pytest.mark.parametrize("address", ["http://no-such-host.invalid", "no-address-at-all", "ftp://127.0.0.1"])
def test_an_address_that_leads_nowhere_was_surely_not_sent(address: str) -> None:
    with _client(address) as client, pytest.raises(NotSent) as caught:
        client.post_gateway(DOCUMENT, timeout=5)
    assert not caught.value.outcome_unknown


def test_a_failed_tls_handshake_was_surely_not_sent(far_side: FarSide) -> None:
    with _client(far_side.url.replace("http://", "https://")) as client, pytest.raises(NotSent):
        client.post_gateway(DOCUMENT, timeout=5)
    assert far_side.asked == []


def test_a_post_is_in_the_ledger_before_it_leaves_and_costs_nothing_by_itself(far_side: FarSide) -> None:
    ledger, outcomes = MemoryLedger(), []
    far_side.answer(lambda _: outcomes.append(ledger.notes[0].outcome) or Answer(b"<NIPR/>"))
    with _client(far_side.url, ledger) as client:
        client.post_gateway(DOCUMENT, timeout=5)
    assert outcomes == [Outcome.PENDING]
    (note,) = ledger.notes
    assert (note.operation, note.outcome, note.price_cents, note.attempts) == (
        "gateway",
        Outcome.ANSWERED,
        0,
        1,
    )


def test_an_unknown_outcome_is_unknown_in_the_ledger_too(far_side: FarSide) -> None:
    ledger = MemoryLedger()
    far_side.answer(Answer(drop="before"))
    with _client(far_side.url, ledger) as client, pytest.raises(RegistryError):
        client.post_gateway(DOCUMENT, timeout=5)
    assert ledger.notes[0].outcome == Outcome.UNKNOWN


def test_each_post_has_a_connection_of_its_own(far_side: FarSide, client: RegistryClient) -> None:
    """A kept one may have died unnoticed; then nobody knows whether what was written into it arrived."""
    for _ in range(3):
        client.post_gateway(DOCUMENT, timeout=5)
    assert len({asked.port for asked in far_side.asked}) == 3


def test_posts_of_several_threads_do_not_disturb_each_other(
    far_side: FarSide, client: RegistryClient
) -> None:
    far_side.answer(lambda asked: Answer(asked.body))
    found: list[bool] = []

    def post(number: int) -> None:
        body = f"<NIPR>{number}</NIPR>".encode()
        found.append(client.post_gateway(body, timeout=10).body == body)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 12
