from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from nipr.models import RegistryCall
from nipr.simulator.testing import RunningSimulator
from tests.nipr.far_side import Answer, FarSide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_simulator(settings: Settings, simulator: RunningSimulator) -> RunningSimulator:
    settings.NIPR_URL_TEMPLATE = simulator.base_url
    settings.NIPR_USERNAME, settings.NIPR_PASSWORD = simulator.username, simulator.password
    return simulator


def check(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("check_gateway", *arguments, stdout=out, pause=0.1, **options)
    return out.getvalue()


@pytest.mark.usefixtures("at_simulator")
def test_each_finding_is_printed_and_each_post_is_in_the_ledger() -> None:
    said = check().splitlines()
    assert [line[:2] for line in said[:8]] == [f"{number}." for number in range(1, 9)]
    assert said[-1] == "Not checked: 8. Everything else passed."
    calls = RegistryCall.objects.filter(operation="gateway", reason="Gateway conformance")
    assert calls.count() > 15
    assert set(calls.values_list("outcome", "price_cents")) == {("answered", 0)}


def test_with_a_frozen_state_everything_is_checked(at_simulator: RunningSimulator, tmp_path: Path) -> None:
    at_simulator.gateway.configure(frozen={"NJ": "2026-03-12"})
    subject = tmp_path / "subject.json"
    subject.write_text(json.dumps({"frozen_state": "NJ", "customer": "00TEST"}))
    assert check("--subject", str(subject)).splitlines()[-1].startswith("All passed")


def test_a_failure_ends_in_an_error_that_says_what_to_do(at_simulator: RunningSimulator) -> None:
    at_simulator.gateway.configure(visibility_delay=60)
    with pytest.raises(CommandError, match="Leave the handling of unknown outcomes to people"):
        check()


def test_a_registry_that_is_not_the_simulator_is_left_alone(settings: Settings, far_side: FarSide) -> None:
    settings.NIPR_URL_TEMPLATE = far_side.url
    far_side.answer(Answer(b"<html></html>", content_type="text/html"))
    with pytest.raises(CommandError, match="--yes-this-is-a-test-account"):
        check()
    assert {asked.method for asked in far_side.asked} == {"GET"}


def test_a_test_account_is_checked_when_somebody_vouches_for_it(
    settings: Settings, far_side: FarSide
) -> None:
    settings.NIPR_URL_TEMPLATE = far_side.url
    far_side.answer(Answer(b"<NIPR/>"))
    with pytest.raises(CommandError, match="Failed: 1, 2, 3"):
        check("--yes-this-is-a-test-account")
    assert "POST" in {asked.method for asked in far_side.asked}


@pytest.mark.usefixtures("at_simulator")
def test_a_subject_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "subject.json"
    wrong.write_text('{"npm": "1"}')
    with pytest.raises(CommandError, match="Not known: npm"):
        check("--subject", str(wrong))
    with pytest.raises(CommandError, match="BATCH/TRANS"):
        check("--remembered", "T1")
