"""The eight checks against the simulator: in each of the ways the real gateway might turn out to behave."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from nipr.client import RegistryClient, RegistryConfig
from nipr.conformance import Conformance, Finding, Outcome, Subject
from nipr.conformance.line import hang_up, is_simulator
from nipr.gateway import GatewayPost
from nipr.simulator.testing import RunningSimulator
from tests.contract.conftest import ClientFactory

FROZEN = {"NJ": "2026-03-12"}
"""Ten days from the simulator's first day."""
HELD = Subject(frozen_state="NJ")


def findings(simulator: RunningSimulator, client_at: ClientFactory, **options: Any) -> dict[int, Finding]:
    client: RegistryClient = client_at(simulator.base_url)
    config = RegistryConfig(simulator.base_url, simulator.username, simulator.password)

    def post(body: bytes, realtime: bool) -> GatewayPost:
        return client.post_gateway(body, realtime=realtime, timeout=10)

    settings = {"subject": HELD, "pause": 0.1, **options}
    subject = settings.pop("subject")
    checks = Conformance(subject, post, lambda body: hang_up(config, body), **settings)
    return {finding.number: finding for finding in checks.run()}


def policy(simulator: RunningSimulator, **changes: Any) -> None:
    """Over HTTP, as for a simulator of another process."""
    url = f"{simulator.base_url}/_simulator/gateway"
    assert httpx.post(url, json={"frozen": FROZEN, **changes}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"review": "poll"},
        {"review": "manual"},
        {"review": 3},
        {"polling": False},
        {"polling": False, "pair_3999_20001": False},
        {"decline": [{"state": "OR", "text": "No."}]},
    ],
    ids=str,
)
def test_all_eight_pass(
    simulator: RunningSimulator, client_at: ClientFactory, changes: dict[str, Any]
) -> None:
    policy(simulator, **changes)
    found = findings(simulator, client_at)
    assert {finding.outcome for finding in found.values()} == {Outcome.PASSED}, found
    assert list(found) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_they_cost_each_key_once(simulator: RunningSimulator, client_at: ClientFactory) -> None:
    policy(simulator)
    findings(simulator, client_at)
    rows = simulator.gateway.book()["transactions"].values()
    assert max(row["times_effected"] for row in rows) == 1


def test_they_tell_polling_on_from_polling_off(simulator: RunningSimulator, client_at: ClientFactory) -> None:
    policy(simulator)
    assert "Polling is on" in findings(simulator, client_at)[1].said
    policy(simulator, polling=False)
    assert "Polling is off" in findings(simulator, client_at)[1].said


def test_a_gateway_that_does_not_see_at_once_what_it_took_fails(
    simulator: RunningSimulator, client_at: ClientFactory
) -> None:
    policy(simulator, visibility_delay=60)
    found = findings(simulator, client_at)
    assert found[1].outcome is Outcome.FAILED
    assert found[2].outcome is Outcome.FAILED
    assert found[5].outcome is Outcome.FAILED
    assert "was not recognised" in found[1].said


def test_without_a_freeze_the_last_question_stays_open(
    simulator: RunningSimulator, client_at: ClientFactory
) -> None:
    assert findings(simulator, client_at, subject=Subject())[8].outcome is Outcome.NOT_CHECKED
    over = findings(simulator, client_at, subject=Subject(frozen_state="TX"))
    assert over[8].outcome is Outcome.FAILED


def test_a_key_of_long_ago_can_be_asked_about(simulator: RunningSimulator, client_at: ClientFactory) -> None:
    policy(simulator)
    findings(simulator, client_at)
    key = next(iter(simulator.gateway.book()["transactions"]))
    batch, trans = key.split("/")
    simulator.move(3)
    assert findings(simulator, client_at, remembered=(batch, trans))[5].outcome is Outcome.PASSED
    assert findings(simulator, client_at, remembered=("B", "T"))[5].outcome is Outcome.FAILED


@pytest.mark.parametrize("fault", ["html_login", "truncated_xml", "server_error", "wrong_reference"])
def test_a_gateway_that_answers_nonsense_passes_nothing(
    simulator: RunningSimulator, client_at: ClientFactory, fault: str
) -> None:
    simulator.fault(fault, times=None, service="gateway")
    outcomes = {finding.outcome for finding in findings(simulator, client_at).values()}
    assert outcomes == {Outcome.FAILED}


def test_the_simulator_is_told_from_a_registry(simulator: RunningSimulator) -> None:
    assert is_simulator(RegistryConfig(simulator.base_url))
    assert not is_simulator(RegistryConfig("https://{service}.registry.example"))
    assert not is_simulator(RegistryConfig(f"{simulator.base_url}/elsewhere"))
    assert not is_simulator(RegistryConfig("http://127.0.0.1:9"))
